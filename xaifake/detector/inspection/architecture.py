"""What a config tells of a model: inputs, outputs, and the head that gives the score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xaifake.detector.inspection.bounds import shown
from xaifake.detector.inspection.layers import Layer, backwards
from xaifake.detector.inspection.record import TensorSpec
from xaifake.records import Head

Shape = tuple[int | None, ...]

MAX_RANK = 8
HEADS: dict[str | None, Head] = {"sigmoid": "sigmoid", "softmax": "softmax"}
KERNELS = {"conv1d": 3, "conv2d": 4, "conv3d": 5}
"""Rank of what a convolution gives, by the end of its class name (``SeparableConv2D``); ``Conv2DTranspose`` likewise."""

SAME = {
    "identity", "dropout", "spatialdropout2d", "alphadropout", "gaussiandropout", "gaussiannoise", "activityregularization",
    "cast", "stopgradient", "stop_gradient", "ensure_shape", "sharpnessawareminimization",
}  # fmt: skip
"""They change neither values nor shape when a model scores."""
RESHAPED = {"flatten", "reshape", "squeeze", "expand_dims", "expanddims"}
"""They change the shape only."""
AFFINE = {
    "batchnormalization", "globalaveragepooling1d", "globalaveragepooling2d", "globalaveragepooling3d",
    "averagepooling1d", "averagepooling2d", "averagepooling3d", "upsampling2d",
}  # fmt: skip
"""A logit stays one through these, a probability does not stay a probability."""
ACTIVATIONS = {
    "activation", "softmax", "sigmoid", "relu", "leakyrelu", "prelu", "elu", "leaky_relu", "tanh", "layernormalization",
}  # fmt: skip
"""They keep the shape."""
POOLED = {f"global{kind}pooling{rank}d" for kind in ("average", "max") for rank in (1, 2, 3)}
PICTURES = {"maxpooling2d", "averagepooling2d", "upsampling2d", "zeropadding2d", "cropping2d", "resizing", "depthwiseconv2d"}


def inputs_of(model: Layer) -> tuple[TensorSpec, ...]:
    """What the model takes, where the file states it."""
    layers = {layer.name: layer for layer in model.inner}
    found = [_input(layers[name]) for name in model.inputs]
    if found and all(found):
        return tuple(spec for spec in found if spec)
    stated = model.config.get("build_input_shape") or model.build_shape
    shape = _shape(stated)
    return (TensorSpec(shown(model.inputs[0] if model.inputs else model.name), shape),) if shape else ()


def outputs_of(model: Layer) -> tuple[TensorSpec, ...]:
    """The model's outputs by name; a shape as far as the config tells it, else empty."""
    return tuple(TensorSpec(shown(name), _output_shape(backwards(model, name))) for name in model.outputs)


def head_of(model: Layer) -> Head:
    """What the last step of the first output is."""
    mixed = False
    for layer in backwards(model):
        operation = layer.operation
        activation = _activation(layer)
        if activation in HEADS:
            return "unknown" if mixed else HEADS[activation]
        if operation in AFFINE:
            mixed = True
        elif operation in ("dense", "einsumdense") or _kernel_rank(operation):
            return "logit" if activation == "linear" else "unknown"
        elif operation not in SAME | RESHAPED and activation != "linear":
            return "unknown"
    return "unknown"


def _input(layer: Layer) -> TensorSpec | None:
    config = layer.config
    shape = _shape(config.get("batch_shape") or config.get("batch_input_shape"))
    if shape:
        return TensorSpec(shown(layer.name), shape, _dtype(config.get("dtype")))
    if layer.inner:
        return next(iter(inputs_of(layer)), None)
    shape = _shape(layer.build_shape)
    return TensorSpec(shown(layer.name), shape) if shape else None


def _shape(value: Any) -> Shape:
    """A batch shape, or an empty one where the value is none."""
    if not isinstance(value, list) or not 0 < len(value) <= MAX_RANK:
        return ()
    if not all(side is None or (type(side) is int and 0 <= side < 2**31) for side in value):
        return ()
    return None, *value[1:]


def _dtype(value: Any) -> str:
    if isinstance(value, dict):
        config = value.get("config")
        value = config.get("name") if isinstance(config, dict) else None
    return shown(value, 32) if isinstance(value, str) else "float32"


def _activation(layer: Layer) -> str | None:
    """The activation that a layer is or ends in, in lower case; None where it has no word on it."""
    if layer.operation in ("sigmoid", "softmax"):
        return layer.operation
    value = layer.config.get("activation")
    if isinstance(value, dict):
        value = value["config"] if value.get("class_name") == "function" else value.get("class_name")
    return value.lower() if isinstance(value, str) else None


def _output_shape(path: Iterator[Layer]) -> Shape:
    """Shape of what a path ends in, read backwards until the rank is known."""
    units: int | None = None
    known = False
    for layer in path:
        operation, config = layer.operation, layer.config
        rank = _kernel_rank(operation)
        if operation == "inputlayer":
            shape = _shape(config.get("batch_shape") or config.get("batch_input_shape"))
            return (*shape[:-1], units if known else shape[-1]) if shape else ()
        if operation in ("dense", "einsumdense") or rank:
            if not known:
                units, known = _count(config.get("units", config.get("filters"))), True
            if rank:
                return _of_rank(rank, units)
            built = _shape(layer.build_shape)
            if built:
                return _of_rank(len(built), units)
        elif operation == "reshape":
            target = config.get("target_shape")
            if not isinstance(target, list) or not 0 < len(target) < MAX_RANK:
                return ()
            return _of_rank(len(target) + 1, units if known else _count(target[-1]))
        elif operation == "flatten" or (operation in POOLED and known):
            return _of_rank(2, units)
        elif operation in PICTURES and known:
            return _of_rank(4, units)
        elif operation in POOLED:
            return _of_rank(2, _channels(path))
        elif operation not in SAME | ACTIVATIONS | AFFINE:
            break
    return _of_rank(2, units) if known else ()


def _channels(path: Iterator[Layer]) -> int | None:
    """How many channels come out of what is left of a path; pooling once more does not change them."""
    shape = _output_shape(layer for layer in path if layer.operation not in POOLED)
    return shape[-1] if shape else None


def _kernel_rank(operation: str) -> int | None:
    if operation.startswith("depthwise"):
        return None
    return next((rank for kernel, rank in KERNELS.items() if kernel in operation), None)


def _of_rank(rank: int, units: int | None) -> Shape:
    return (*(None,) * (rank - 1), units)


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 < value < 2**31 else None
