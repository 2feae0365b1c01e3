"""SavedModels that no Keras reads back: the serving function, turned into one graph without variables.

The graph is put into the engine's own graph operation by operation, so the head's logit and gradients to the input are
there as in any model; layers are not, so nothing can be tapped. `keras.layers.TFSMLayer` would hide the head.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xaifake.detector.inspection.record import TensorSpec
from xaifake.detector.runtime import tensorflow
from xaifake.errors import NotADetectorError

ENDPOINT = "serving_default"


class FrozenGraph:
    """A SavedModel's serving function. Call it inside a traced function, with a float batch.

    Attributes:
        specs_in: name and shape of each input. Each is fed the same batch.
        specs_out: name and shape of each output.

    Args:
        path: the folder.
        name: what refusals call it.
    """

    def __init__(self, path: Path, name: str) -> None:
        tf = tensorflow()
        from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

        loaded = tf.saved_model.load(str(path))  # its variables live as long as this name
        signatures = loaded.signatures
        if ENDPOINT not in signatures:
            raise NotADetectorError(
                f"A SavedModel is asked through its signature {ENDPOINT}; model.export writes one. "
                f"Received: {', '.join(signatures) or 'no signature'} in {name}"
            )
        _must_repeat(signatures[ENDPOINT], name)
        function = convert_variables_to_constants_v2(signatures[ENDPOINT])
        self.specs_in = tuple(_spec(tensor) for tensor in function.inputs)
        self.specs_out = tuple(_spec(tensor) for tensor in function.outputs)
        self._graph = function.graph.as_graph_def()
        self._inputs = [(tensor.name, tensor.dtype) for tensor in function.inputs]
        self._outputs = [tensor.name for tensor in function.outputs]

    def __call__(self, batch: Any) -> list[Any]:
        """The outputs for a batch (N, H, W, C), one tensor each."""
        tf = tensorflow()
        fed = {name: tf.cast(batch, dtype) for name, dtype in self._inputs}
        found: list[Any] = tf.graph_util.import_graph_def(self._graph, fed, self._outputs, name="detector")
        return found


def _must_repeat(function: Any, name: str) -> None:
    """Keras 3 exports RandomFlip and its like as they work in training, so that the file scores at random."""
    operations = {node.op for inner in function.graph.as_graph_def().library.function for node in inner.node_def}
    if any("Random" in name or "Assign" in name for name in operations):
        raise NotADetectorError(
            "This SavedModel changes its input at random or keeps a state, so no score of it repeats: export the model "
            f"without its random layers, or give its .keras file. Received: {name}"
        )


def _spec(tensor: Any) -> TensorSpec:
    shape = () if tensor.shape.rank is None else tuple(tensor.shape.as_list())
    return TensorSpec(tensor.name.partition(":")[0], shape, tensor.dtype.name)
