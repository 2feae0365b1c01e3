"""Whether a model brings raw pixels, 0..255, to scale by itself: read off the first steps after its input.

Only numbers tell. ``Rescaling(1/255)`` takes raw pixels; ``Rescaling(2, offset=-1)`` takes what is in 0..1 already.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from xaifake.detector.inspection.layers import Layer, backwards, is_reference

SMALL, LARGE = 1 / 16, 16.0
"""A factor below the first, or a divisor, mean or offset above the second, belongs to pixels of 0..255."""
WEIGHTED = ("dense", "conv", "embedding", "lstm", "gru", "attention")
"""From the first layer with weights on, numbers are no pixels any more."""
DIVIDE = {"truedivide", "truediv", "divide", "realdiv", "div"}
MULTIPLY = {"multiply", "mul"}
SHIFT = {"subtract", "sub", "add", "addv2", "bias_add", "biasadd"}


def scales_inside(model: Layer) -> bool:
    """Whether the model takes raw pixels, by the first step that says anything about it."""
    for layer in reversed(list(backwards(model))):
        if any(word in layer.operation for word in WEIGHTED):
            return False
        answer = _takes_raw(layer)
        if answer is not None:
            return answer
    return False


def _takes_raw(layer: Layer) -> bool | None:
    operation, config = layer.operation, layer.config
    if operation == "rescaling":
        return _is_small(_numbers(config.get("scale"))) or _is_large(_numbers(config.get("offset")))
    if operation == "normalization":  # without a mean in the config it was adapted, on pictures as they were read
        return config.get("mean") is None or _is_large(_numbers(config["mean"]))
    constants = _numbers(layer.nodes) + _numbers(config.get("constants"))
    if not constants:
        return None
    if operation in DIVIDE:
        return _is_large(constants)
    if operation in MULTIPLY:
        return _is_small(constants)
    return True if operation in SHIFT and _is_large(constants) else None


def _is_large(numbers: list[int | float]) -> bool:
    return any(abs(number) >= LARGE for number in numbers)


def _is_small(numbers: list[int | float]) -> bool:
    return any(0 < abs(number) <= SMALL for number in numbers)


def _numbers(value: Any) -> list[int | float]:
    """The first constants among the arguments of an operator; references to layers are none."""
    return list(islice(_constants(value), 16))


def _constants(nodes: Any) -> Iterator[int | float]:
    stack = [nodes]
    while stack:
        value = stack.pop()
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield value
        elif isinstance(value, dict):
            if value.get("class_name") != "__keras_tensor__":
                stack.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            if is_reference(value):
                value = value[2:] if value[0] == "_CONSTANT_VALUE" else value[3:]
            stack.extend(reversed(value))
