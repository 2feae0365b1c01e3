"""How much memory one view takes on its way through a traced graph."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

SHARES = frozenset({"Identity", "IdentityN", "Reshape", "Squeeze", "ExpandDims", "StopGradient", "PreventGradient"})
"""Operations whose output lies where their input does."""
SHAPES = frozenset({"Shape", "ShapeN", "Size", "Rank"})
"""Operations that read no values: what only they read is not kept for them."""
SCRATCH = 2
"""Times the largest output that a kernel may take besides: convolutions lay out their input and output anew."""
SLACK = 5 / 4
"""What parallel operations and an allocator's gaps add to what must be kept."""


def bytes_per_view(graph: Any) -> int:
    """About how many bytes each view of a batch takes while a graph runs, rather too many than too few.

    Operations run as they were traced, and a tensor is kept until its last reader has run; what no output needs is never
    computed. Only tensors whose length is that of the batch count, since all others are there once.

    On a CPU, six of Keras' applications took between 0.62 and 0.96 of this bound for each view that a batch grew by, forward
    and with gradients (docs/decisions/0013).

    Args:
        graph: of a concrete function of TensorFlow whose batch is of open length.
    """
    peak, largest = _peak(graph)
    return math.ceil(SLACK * peak + SCRATCH * largest)


def bytes_of_weights(graph: Any) -> int:
    """Bytes of the variables and constants that a traced graph holds."""
    constants = (out for step in graph.get_operations() if step.type == "Const" for out in step.outputs)
    return sum(tensor.dtype.size * math.prod(tensor.shape.as_list()) for tensor in (*graph.variables, *constants))


def _peak(graph: Any) -> tuple[int, int]:
    """The most bytes kept at once, and the largest output, both for one view."""
    needed = _needed(graph)
    operations = [operation for operation in graph.get_operations() if operation in needed]
    last = {_home(tensor).ref(): place for place, operation in enumerate(operations) for tensor in _read(operation)}
    dying: dict[int, int] = {}
    for reference, place in last.items():
        dying[place] = dying.get(place, 0) + _bytes(reference.deref())
    kept = peak = largest = 0
    for place, operation in enumerate(operations):
        if operation.type not in SHARES:
            born = sum(_bytes(tensor) for tensor in operation.outputs)
            inner = max((_peak(function) for function in _called(operation)), default=(0, 0))
            kept += born
            peak, largest = max(peak, kept + inner[0]), max(largest, born, inner[1])
        kept -= dying.get(place, 0)
    return peak, largest


def _needed(graph: Any) -> set[Any]:
    """The operations that the graph's outputs depend on."""
    needed: set[Any] = set()
    waiting = [tensor.op for tensor in graph.outputs]
    while waiting:
        operation = waiting.pop()
        if operation not in needed:
            needed.add(operation)
            waiting += [tensor.op for tensor in _read(operation)]
    return needed


def _read(operation: Any) -> Iterator[Any]:
    """The tensors whose values an operation reads."""
    return iter(()) if operation.type in SHAPES else iter(operation.inputs)


def _home(tensor: Any) -> Any:
    """The tensor in whose memory this one lies."""
    while tensor.op.type in SHARES and len(tensor.op.inputs):
        tensor = tensor.op.inputs[min(tensor.value_index, len(tensor.op.inputs) - 1)]
    return tensor


def _called(operation: Any) -> Iterator[Any]:
    """The graphs of the functions that an operation calls: branches, loops, functions within the model."""
    for value in operation.node_def.attr.values():
        for name in [value.func.name] if value.func.name else [function.name for function in value.list.func]:
            yield operation.graph._get_function(name).graph  # noqa: SLF001 - TensorFlow has no public way to ask


def _bytes(tensor: Any) -> int:
    """Of one view; 0 for what does not grow with the batch."""
    sides = tensor.shape.as_list() if tensor.shape.rank is not None else []
    return tensor.dtype.size * math.prod(side or 1 for side in sides) if None in sides else 0
