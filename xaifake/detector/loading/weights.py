"""Weights without a model: a builder makes the model, and the file's weights are put where their names say.

Keras reads its older weight files (``layer_names``, ``weight_names``) by position, and the position of a weight inside a
nested backbone depends on which layers were frozen when the file was saved: loaded into a model that is frozen otherwise,
equal shapes are swapped without a word. Here each weight is matched by name instead, so freezing does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from xaifake.detector.loading.naming import named_like
from xaifake.errors import ModelFileError

NUMBERED = re.compile(r"^(.*?)(?:_(\d+))?$")
"""A layer's name and the number that Keras appends to it."""
Key = tuple[str, int, str]
"""Layer name without its number, rank of the number among layers of that name, and the weight's own name."""


def load_weights(model: Any, path: Path, name: str) -> None:
    """Put a file's weights into a model of either Keras major.

    Args:
        model: a built model of the architecture that was saved.
        path: ``.weights.h5``, the older weights file, or a whole HDF5 model, under any name.
        name: what refusals call the file.

    Raises:
        ModelFileError: the file does not hold this model's weights.
    """
    with h5py.File(path) as file:
        group = file.get("model_weights", file)
        if "layer_names" in group.attrs:
            _assign(group, model, name)
            finalise(model)
            return
    with named_like(path, ".weights.h5") as named:  # saved by object path, which freezing leaves alone
        model.load_weights(str(named))


def finalise(model: Any) -> None:
    """Let every Normalization layer take up the statistics that were read from an HDF5 file.

    Both Keras majors do so for the outermost layers only: a nested EfficientNet would be left without them, in silence.
    """
    for layer in model._flatten_layers():  # noqa: SLF001 - the one accessor that both Keras majors and all model kinds share
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()


def _assign(group: h5py.Group, model: Any, path: str) -> None:
    if _text(group.attrs.get("keras_version", "1")).startswith("1"):
        raise ModelFileError(f"Weights of Keras 1 cannot be read; save them again with Keras 2. Received: {path}")
    saved = saved_layers(group)
    layers = [layer for layer in model.layers if layer.weights]
    if len(saved) != len(layers):
        raise ModelFileError(
            f"The builder's model has {len(layers)} layers with weights and the file {len(saved)}: "
            f"--builder must return the architecture that was saved. Received: {path}"
        )
    for (name, weights), layer in zip(saved, layers, strict=True):
        targets = dict(zip(keys([_path(weight) for weight in layer.weights]), layer.weights, strict=True))
        sources = dict(zip(keys(weights), (group[name][weight][()] for weight in weights), strict=True))
        _must_match(sources, targets, f"{name} in {path}", f"{layer.name} of the builder's model")
        for key, value in sources.items():
            targets[key].assign(value)


def saved_layers(group: h5py.Group) -> list[tuple[str, list[str]]]:
    """The layers with weights of an older weights file, or of the weights of an HDF5 model, and their weights' names."""
    saved = [(name, _names(group[name], "weight_names")) for name in _names(group, "layer_names")]
    return [(name, weights) for name, weights in saved if weights]


def keys(names: Sequence[str]) -> list[Key]:
    """Names of one layer's weights in a form that does not depend on Keras' automatic numbering or on its major.

    >>> keys(["conv2d_7/kernel:0", "conv2d_9/kernel:0"]) == keys(["net/conv2d/kernel", "net/conv2d_1/kernel"])
    True
    """
    parts = [("/" + name.removesuffix(":0")).rsplit("/", 2)[-2:] for name in names]
    if len({layer for layer, _ in parts}) == 1:
        parts = [["", weight] for _, weight in parts]  # one layer, whatever its builder calls it
    numbers: dict[str, set[int]] = {}
    split = []
    for layer, weight in parts:
        base, digits = NUMBERED.findall(layer)[0]
        number = int(digits or 0)
        numbers.setdefault(base, set()).add(number)
        split.append((base, number, weight.removeprefix("depthwise_")))
    return [(base, sorted(numbers[base]).index(number), weight) for base, number, weight in split]


def _must_match(sources: dict[Key, Any], targets: dict[Key, Any], file: str, model: str) -> None:
    if sources.keys() != targets.keys():
        raise ModelFileError(
            f"The weights of {model} and of the file bear different names, so they cannot be matched safely: "
            f"--builder must name its layers as they were named when saved. Received: {file}"
        )
    for key, value in sources.items():
        if np.shape(value) != tuple(targets[key].shape):
            raise ModelFileError(
                f"The weight {key[2]} of {model} must have shape {tuple(targets[key].shape)}; --builder must return the "
                f"architecture that was saved. Received: {np.shape(value)} for {file}"
            )


def _path(weight: Any) -> str:
    """``layer/kernel``: Keras 3 calls it the path, Keras 2 the name."""
    return str(getattr(weight, "path", None) or weight.name)


def _names(group: h5py.Group, attribute: str) -> list[str]:
    """An attribute that Keras cuts into numbered pieces when it is too long for HDF5."""
    if attribute in group.attrs:
        return [_text(name) for name in group.attrs[attribute]]
    pieces: list[Any] = []
    while f"{attribute}{len(pieces)}" in group.attrs:
        pieces.append(group.attrs[f"{attribute}{len(pieces)}"])
    return [_text(name) for piece in pieces for name in piece]


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
