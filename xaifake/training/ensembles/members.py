"""A detector as a part of another model: its preprocessing, its layers and its reading, up to the FAKE logit, in Keras 3.

Only built-in layers and operations come in, so that the file loads in safe mode with no code of its own. The domain's own
definition is what runs: `xaifake.interfaces.Domain` is asked with Keras' operations in place of NumPy's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from xaifake import plugins
from xaifake.detector.engine import Detector
from xaifake.detector.heads import ACTIVATIONS, fake_score
from xaifake.detector.inspection.architecture import RESHAPED, SAME
from xaifake.detector.resizing import parse_spec
from xaifake.errors import NotADetectorError
from xaifake.records import Contract, Head
from xaifake.training.ensembles.operations import Operations
from xaifake.training.ensembles.porting import in_keras_3

PURE = ("Activation", "Softmax", "Sigmoid")
"""Heads that compute nothing but their activation."""
NETWORK = "network"
"""What a member's own layers are found under: ``MEMBER/network/LAYER``."""
STANDARDISING = {"standardise": False, "statistics": None, "sha256": None}
"""Options of domains that count after the plane."""


def plane_of(contract: Contract) -> Contract:
    """The contract of what a detector sees before it is standardised: views in 0..255, or its own coefficients."""
    plain = replace(contract, mean=(0.0,), std=(1.0,), head="sigmoid", fake_index=(1,), fake_when="high", threshold=0.5)
    if contract.domain_name == "pixel":
        return replace(plain, range=(0.0, 255.0), channels="rgb")
    domain = plugins.make("domain", contract.domain)
    options = {name: value for name, value in STANDARDISING.items() if hasattr(domain, name)}
    return replace(plain, domain=plugins.spec_of(replace(domain, **options)))


def member(name: str, detector: Detector, given: Contract) -> Any:
    """A Keras 3 model from what a contract such as `plane_of` makes of a view to the detector's FAKE logit, (N, 1).

    Raises:
        NotADetectorError: its layers cannot be had, or not in Keras 3.
    """
    model, path = detector.model, detector.file.path
    if not getattr(model, "inputs", None) or not getattr(model, "outputs", None):
        raise NotADetectorError(
            "A member must be a functional or Sequential model, whose layers an ensemble can take up; what others would do "
            f"together xaifake compare tells. Received: {path}"
        )
    import keras  # after the model, with which TensorFlow comes in silence

    domain = plugins.make("domain", given.domain)
    inputs = keras.Input(domain.shape(given), name="views")
    fed = _fed(inputs, detector.contract, given)
    return keras.Model(inputs, _logit(in_keras_3(model, path), fed, detector), name=name)


def resized(views: Any, contract: Contract) -> Any:
    """Views (N, h, w, 3) at a contract's size: by its filter as tf.image has it, which for OpenCV's and Pillow's is near."""
    import keras

    if tuple(views.shape[1:3]) == contract.size:
        return views
    way = parse_spec(contract.resize)
    return keras.ops.image.resize(
        views, contract.size, interpolation=way.filter, antialias=way.antialias or way.library == "pil"
    )


def _fed(inputs: Any, contract: Contract, given: Contract) -> Any:
    """What the detector's model receives, from the plane of the contract given."""
    operations = Operations()
    domain = plugins.make("domain", contract.domain)
    plane = inputs
    if given.domain_name == "pixel":
        plane = domain.plane(resized(inputs, contract), contract, operations)
    return domain.encode(plane, contract, operations)


def _logit(network: Any, fed: Any, detector: Detector) -> Any:
    import keras

    before, head = _before_head(network, fed)
    if head is None and detector.contract.head != "logit":
        raise NotADetectorError(
            "The member's last step is neither a sigmoid nor a softmax, so its logit cannot be had. "
            f"Received: {detector.file.path}, head {detector.contract.head}"
        )
    scores = keras.layers.Flatten(name="scores")(before) if len(before.shape) > 2 else before
    units = scores.shape[-1]
    each = [scores] if units == 1 else [scores[:, unit : unit + 1] for unit in range(units)]
    return fake_score(each, head or "logit", detector.contract, _any_of)


def _any_of(scores: Sequence[Any]) -> Any:
    from keras import ops

    return ops.logsumexp(ops.concatenate(list(scores), axis=1), axis=1, keepdims=True)


def _before_head(model: Any, fed: Any, depth: int = 0) -> tuple[Any, Head | None]:
    """What a model computes before its last sigmoid or softmax, however deeply that is nested, and which of them it is."""
    import keras

    def until(tensor: Any) -> Any:
        """What the model computes up to one of its tensors."""
        if any(tensor is one for one in model.inputs):
            return fed
        part = keras.Model(model.inputs, tensor, name=f"{NETWORK}_{depth + 1}" if depth else NETWORK)
        return part([fed] * len(model.inputs) if len(model.inputs) > 1 else fed)

    last, source = _made(model.outputs[0])
    while _changes_nothing(last):
        last, source = _made(source)
    if isinstance(last, keras.Model):
        return _before_head(last, until(source), depth + 1)
    head = _head_of(last)
    if head is None:
        return until(model.outputs[0]), None
    return until(source) if type(last).__name__ in PURE else _without_activation(last, until(source)), head


def _made(tensor: Any) -> tuple[Any, Any]:
    """The operation that gave a tensor, and the first tensor that it took; itself where it took none."""
    operation, node, _ = tensor._keras_history  # noqa: SLF001 - Keras' own functions walk a graph by it
    taken = operation._inbound_nodes[node].input_tensors  # noqa: SLF001 - likewise
    return operation, taken[0] if taken else tensor


def _changes_nothing(operation: Any) -> bool:
    name = type(operation).__name__.lower()
    return name in SAME | RESHAPED or (name == "activation" and _activation(operation) == "linear")


def _activation(operation: Any) -> str:
    """The activation that an operation ends in, or is."""
    activation = getattr(operation, "activation", operation)
    return str(getattr(activation, "__name__", type(activation).__name__)).lower()


def _head_of(operation: Any) -> Head | None:
    return {name.lower(): head for name, head in ACTIVATIONS.items()}.get(_activation(operation))


def _without_activation(layer: Any, features: Any) -> Any:
    """What a layer gives before its activation."""
    linear = type(layer).from_config({**layer.get_config(), "activation": "linear"})
    before = linear(features)
    linear.set_weights(layer.get_weights())
    return before
