"""Keras 3 HDF5 files with operators in them (``x / 127.5 - 1``, `keras.ops`, MobileNetV3): Keras 3.15 cannot read these.

Such a file names an operator by its bare class name, so ``Add`` is taken for the layer of that name, and others are not
found at all. The config is read as JSON and each operator is given the module that a ``.keras`` file would give it.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xaifake.detector.loading.naming import named_like
from xaifake.detector.runtime import keras

OPERATIONS = ("numpy", "nn", "math", "core", "image", "linalg")
"""The modules of ``keras.src.ops`` that hold operators."""
MODELS = {"Functional": "keras.src.models.functional", "Sequential": "keras.src.models.sequential"}


def has_operators(config: Mapping[str, Any] | None) -> bool:
    """Whether the config of a Keras 3 HDF5 file holds operators."""
    return config is not None and any(_is_operator(entry) for entry in _entries(config))


def load_with_operators(path: Path, config: Mapping[str, Any], custom_objects: Mapping[str, Any], *, safe_mode: bool) -> Any:
    """The model of a Keras 3 HDF5 file, its operators told from layers of the same name."""
    placed: dict[str, Any] = json.loads(json.dumps(config))
    modules = [importlib.import_module(f"keras.src.ops.{name}") for name in OPERATIONS]
    for entry in _entries(placed):
        name = entry["class_name"]
        if _is_operator(entry):
            home = next((module.__name__ for module in modules if hasattr(module, name)), None)
        else:
            home = MODELS.get(name)
        if home and "module" not in entry:
            entry.update(module=home, registered_name=name)
    model = keras(3).saving.deserialize_keras_object(placed, custom_objects, safe_mode=safe_mode)
    with named_like(path, ".h5") as named:
        model.load_weights(str(named))
    return model


def _entries(entry: Mapping[str, Any]) -> list[Any]:
    """The config of a model and of all layers in it, at any depth."""
    config = entry.get("config")
    inner = config.get("layers", []) if isinstance(config, Mapping) else []
    return [entry, *(found for layer in inner for found in _entries(layer))]


def _is_operator(entry: Mapping[str, Any]) -> bool:
    """A layer's config says whether it is trainable, an operator's does not."""
    config = entry.get("config")
    silent = isinstance(config, Mapping) and "trainable" not in config and "layers" not in config
    return silent and "module" not in entry and entry["class_name"] != "InputLayer"
