"""Looking into a model while it runs: any layer's output, at any depth, in both Keras majors.

Every layer's ``call`` is wrapped on the instance while the whole model is traced once, and unwrapped again even on error.
So nothing is rebuilt, no graph is cut, and nested, Sequential, functional and subclassed models are all the same.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from xaifake.errors import NotADetectorError, UnknownNameError

PASSIVE = (
    "Pooling",
    "Dropout",
    "Flatten",
    "Reshape",
    "Padding",
    "Cropping",
    "Rescaling",
    "Resizing",
    "Input",
    "Random",
)
"""Layers that only move or drop what an earlier layer computed: never the automatic choice."""
SMALLEST_GRID = 4
"""The automatic choice keeps at least this many rows and columns where any layer does."""


@dataclass(frozen=True, eq=False)
class LayerCall:
    """One call of one layer: its path (``outer/inner``), its class, its output and whether it holds other layers."""

    path: str
    class_name: str
    output: Any
    is_container: bool

    @property
    def name(self) -> str:
        """The layer's own name: the last part of its path."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def grid(self) -> tuple[int, int] | None:
        """Rows and columns of the output where it is (N, rows, columns, channels) with known sizes."""
        shape = getattr(self.output, "shape", None)
        if shape is None or shape.rank != 4 or shape[1] is None or shape[2] is None:
            return None
        return int(shape[1]), int(shape[2])


def children(layer: Any) -> list[Any]:
    """The layers directly inside a layer or model."""
    return list(layer._flatten_layers(include_self=False, recursive=False)) if hasattr(layer, "_flatten_layers") else []  # noqa: SLF001 - the one accessor that both Keras majors and all model kinds share


def layers_of(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Path and layer of everything inside a model, outer before inner."""
    for layer in children(model):
        path = prefix + layer.name
        yield path, layer
        yield from layers_of(layer, path + "/")


@contextmanager
def recorded(model: Any) -> Iterator[list[LayerCall]]:
    """Collect the calls of all layers, in the order in which they finish, while the model runs inside the block."""
    calls: list[LayerCall] = []
    before: list[tuple[Any, Any]] = []
    seen: set[int] = set()
    try:
        for path, layer in layers_of(model):
            if id(layer) in seen:
                continue
            seen.add(id(layer))
            before.append((layer, vars(layer).get("call")))
            vars(layer)["call"] = _recording(layer.call, path, layer, calls)
        yield calls
    finally:
        for layer, call in before:
            if call is None:
                vars(layer).pop("call", None)
            else:
                vars(layer)["call"] = call


def _recording(call: Callable[..., Any], path: str, layer: Any, calls: list[LayerCall]) -> Callable[..., Any]:
    is_container = bool(children(layer))

    @functools.wraps(call)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        output = call(*args, **kwargs)
        calls.append(LayerCall(path, type(layer).__name__, output, is_container))
        return output

    return wrapped


def choose(calls: Sequence[LayerCall], name: str | None) -> LayerCall:
    """The call to tap: by name or path (a dotted name is a name), or the last one that still has a grid.

    Without a name: the last computing layer whose grid is at least 4 × 4; where none is, the one with the largest grid.
    Layers that only pool, pad or drop are passed over. A shared layer is tapped at its last call.

    Raises:
        UnknownNameError: no layer, or several, of that name.
        NotADetectorError: no layer has a grid, so Grad-CAM has nothing to show.
    """
    tappable = [call for call in calls if call.grid is not None and max(call.grid) > 1]
    if name is not None:
        return _named(calls, tappable, name)
    own = [c for c in tappable if not c.is_container and not any(word in c.class_name for word in PASSIVE)] or tappable
    if not own:
        raise NotADetectorError(
            "No layer of this model is open to a look with a grid (rows, columns, channels), so Grad-CAM has nothing to "
            f"show; use --methods shap,lime. Received: {len(calls)} layers that can be seen"
        )
    wide = [call for call in own if min(call.grid or (0, 0)) >= SMALLEST_GRID]
    return wide[-1] if wide else max(own, key=lambda call: min(call.grid or (0, 0)))


def _named(calls: Sequence[LayerCall], tappable: Sequence[LayerCall], name: str) -> LayerCall:
    by_path = {call.path: call for call in tappable}
    found = [by_path[name]] if name in by_path else [call for call in by_path.values() if call.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(call.path for call in found)
        raise UnknownNameError(f"Several layers have that name; say which: {several}. Received: {name}")
    if any(name in (call.path, call.name) for call in calls):
        raise UnknownNameError(f"That layer's output is no grid of rows, columns and channels. Received: {name}")
    raise UnknownNameError(
        f"There is no layer of that name; the last ones with a grid are: {', '.join(list(by_path)[-5:])}. Received: {name}"
    )
