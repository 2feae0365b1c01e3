"""A model with other weights in the same graphs: nothing is copied but the weights, and the model itself is never touched.

A traced graph reads its weights through placeholders that stand for the model's variables. Here the graph is put into a new
function in which some of them stand for new variables. So models of both Keras majors, nested, subclassed and with the
user's own layers are all the same, and nothing is traced twice.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.detector.footprint import bytes_of_weights
from xaifake.detector.room import Room
from xaifake.detector.runtimes.by_tensorflow import TensorFlowRuntime
from xaifake.detector.runtimes.tracing import Graph, Traced
from xaifake.detector.tapping import layers_of
from xaifake.errors import ModelError
from xaifake.memory import shown
from xaifake.records import Contract

LOG = logging.getLogger(__name__)

Variables = Mapping[int, Any]
"""The new variable for each handle that a graph captures, by the handle's id."""


def redrawn(
    runtime: TensorFlowRuntime, share: float, seed: int, contract: Contract, path: str, room: Room
) -> TensorFlowRuntime | None:
    """A runtime of the same model whose last layers have new weights.

    Source: cascading randomisation, Adebayo and others 2018, section 3. Layers stand in the order in which the picture
    passes them. Deviation: weights are not drawn from an initialiser, which not every file tells; each array's own numbers
    change their places by chance, and those of kernels (arrays of two axes and more) their signs. So the size of the weights
    stays, variances of a batch normalisation stay above zero, and scores stay finite; what was learned is gone, the answer
    to plain brightness with it.

    Args:
        runtime: of the trained model.
        share: of the layers that have weights, 0 to 1, counted from the score.
        seed: of the draws. A layer gets the same weights whatever the share.
        contract: the model's.
        path: what to call the copy in refusals.
        room: what the memory ceiling leaves.

    Returns:
        None where the graph holds no weights that could be others (a SavedModel's are constants), or no memory is left.
    """
    layers = _layers(runtime)
    needed = bytes_of_weights(runtime.score_graph.graph)
    if not layers or needed > room.left:
        LOG.info("%s is not randomised: %d layers with weights, %s", path, len(layers), shown(needed))
        return None
    chosen = list(reversed(layers))[: math.ceil(round(share * len(layers), 6))]
    tf, variables = runtime.traced.tf, {}
    for number, layer in enumerate(chosen):
        random = np.random.default_rng([seed, number])
        for handle, variable in layer:
            variables[id(handle)] = tf.Variable(shuffled(variable.numpy(), random), trainable=False, dtype=variable.dtype)
    return _Redrawn(runtime, variables, contract, path, room)


def shuffled(values: NDArray[Any], random: np.random.Generator) -> NDArray[Any]:
    """The same numbers in other places, those of kernels with signs by chance; only what cannot differ stays as it is."""
    is_kernel = values.ndim > 1 and np.issubdtype(values.dtype, np.floating)
    if not values.any() or (not is_kernel and np.ptp(values) == 0):
        return values
    drawn = values
    while np.array_equal(drawn, values):
        drawn = random.permutation(values.ravel()).reshape(values.shape)
        if is_kernel:
            drawn = drawn * random.choice(np.array([-1, 1], values.dtype), values.shape)
    return drawn


def _layers(runtime: TensorFlowRuntime) -> list[list[tuple[Any, Any]]]:
    """The handles and variables of each layer, in the order in which the graph first reads one of them.

    A variable that belongs to no layer is a layer by itself.
    """
    graph = runtime.score_graph.graph
    by_handle = {id(variable.handle): variable for variable in graph.variables}
    first: dict[Any, int] = {}
    for place, step in enumerate(graph.get_operations()):
        for tensor in step.inputs:
            first.setdefault(tensor.ref(), place)
    read = [(first[inner.ref()], outer) for outer, inner in graph.captures if inner.ref() in first]
    owners = dict(_owners(runtime.model))
    layers: dict[Any, list[tuple[Any, Any]]] = {}
    for _, handle in sorted(read, key=lambda pair: pair[0]):
        if id(handle) in by_handle:
            layers.setdefault(owners.get(id(handle), id(handle)), []).append((handle, by_handle[id(handle)]))
    return list(layers.values())


def _owners(model: Any) -> Iterator[tuple[int, str]]:
    """The handle of each weight and the layer it belongs to; the innermost one comes last."""
    for path, layer in [("", model), *layers_of(model)]:
        for weight in getattr(layer, "weights", ()):
            variable = weight if hasattr(weight, "handle") else weight.value
            yield id(variable.handle), path


class _Redrawn(TensorFlowRuntime):
    """The graphs of another runtime with other variables."""

    def __init__(self, trained: TensorFlowRuntime, variables: Variables, contract: Contract, path: str, room: Room) -> None:
        super().__init__(lambda: _no_model(path), contract, path, room)
        self._trained = trained
        self._variables = variables

    @cached_property
    def traced(self) -> Traced:
        return self._trained.traced

    @cached_property
    def score_graph(self) -> Graph:
        return self._rewired(self._trained.score_graph)

    @cached_property
    def gradient_graph(self) -> Graph:
        return self._rewired(self._trained.gradient_graph)

    def tap_graph(self, layer: str | None) -> tuple[str, Graph]:
        if layer not in self._taps:
            path, graph = self._trained.tap_graph(layer)
            self._taps[layer] = path, self._rewired(graph)
        return self._taps[layer]

    def _rewired(self, traced: Graph) -> Graph:
        """The same graph, in which the placeholders of captured handles stand for the new variables."""
        tf, captures = self.traced.tf, traced.graph.captures
        placeholders = {inner.name for _, inner in captures}
        (views,) = [tensor for tensor in traced.inputs if tensor.name not in placeholders]
        outputs, steps = [tensor.name for tensor in traced.outputs], traced.graph.as_graph_def()

        def rewired(batch: Any) -> list[Any]:
            graph = tf.compat.v1.get_default_graph()
            handles = {inner.name: graph.capture(self._handle(outer)) for outer, inner in captures}
            found: list[Any] = tf.graph_util.import_graph_def(steps, {**handles, views.name: batch}, outputs, name="")
            return found

        return tf.function(rewired, input_signature=[tf.TensorSpec(views.shape, views.dtype)]).get_concrete_function()

    def _handle(self, captured: Any) -> Any:
        """What now stands where the model's handle, or another tensor from outside, stood."""
        variable = self._variables.get(id(captured))
        return captured if variable is None else variable.handle


def _no_model(path: str) -> Any:
    raise ModelError(f"A randomised copy has graphs and weights, and no Keras model. Received: {path}")
