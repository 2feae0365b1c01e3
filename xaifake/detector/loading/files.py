"""The model of an inspected file: which Keras reads it, and what it needs beside the file."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from xaifake.detector.inspection.record import Inspection
from xaifake.detector.loading.naming import named_like
from xaifake.detector.loading.operators import has_operators, load_with_operators
from xaifake.detector.loading.saved_models import FrozenGraph
from xaifake.detector.loading.user_code import built, custom_objects_of
from xaifake.detector.loading.weights import finalise, load_weights
from xaifake.detector.runtime import keras, tensorflow
from xaifake.errors import ModelFileError, UsageError, XaifakeError

SUFFIXES = {"keras 3 .keras": ".keras", "keras 2 .keras": ".keras", "keras 3 hdf5": ".h5", "keras 2 hdf5": ".h5"}
WEIGHTS = ("legacy weights", "weights.h5")
HOLDING_WEIGHTS = (*WEIGHTS, "keras 2 hdf5", "keras 3 hdf5")

Objects = str | Path | ModuleType | Mapping[str, Any] | None


def load_model_of(
    inspection: Inspection,
    *,
    builder: str | Callable[[], Any] | None = None,
    custom_objects: Objects = None,
    allow_unsafe: bool = False,
) -> Any:
    """The Keras model of an inspected file, not compiled; a `FrozenGraph` for a SavedModel that no Keras reads back.

    Raises:
        ModelFileError: it cannot be rebuilt from the file.
        UsageError: the file needs a builder or custom objects.
    """
    path = Path(inspection.path)
    if inspection.format == "unknown":
        raise ModelFileError(
            "This is no model that Keras saved: give a .keras or HDF5 file, or a SavedModel folder. "
            f"Received: {inspection.path}"
        )
    if inspection.format in WEIGHTS and builder is None:
        raise UsageError(
            "This file holds weights without a model: name the function that builds it, --builder MODULE:FUNCTION. "
            f"Received: {inspection.path}"
        )
    if builder is not None and inspection.format not in HOLDING_WEIGHTS:
        raise UsageError(
            "--builder is for weights in HDF5; this file brings its own model: leave it out. "
            f"Received: {inspection.path}, {inspection.format}"
        )
    tensorflow(inspection.keras_major)  # before the user's code imports it, with messages and with another tf.keras
    objects = custom_objects_of(custom_objects)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras' advice to whoever saved the file
            if builder is not None:
                model = built(builder)
                load_weights(model, path)
                return model
            if inspection.format == "savedmodel":
                return FrozenGraph(path)
            return _keras_model(inspection, path, objects, safe_mode=not allow_unsafe)
    except XaifakeError:
        raise
    except Exception as error:
        raise ModelFileError(
            f"Keras {inspection.keras_major or ''} cannot rebuild this model: {_first_line(error)}. "
            f"Received: {inspection.path}"
        ) from error


def _keras_model(inspection: Inspection, path: Path, objects: dict[str, Any], *, safe_mode: bool) -> Any:
    module = keras(inspection.keras_major or 3)
    missing = [name for name in inspection.custom if name not in objects and not module.saving.get_registered_object(name)]
    if missing:
        raise UsageError(
            f"The model needs custom objects, {', '.join(missing)}: name the module that defines them, "
            f"--custom-objects MODULE. Received: {inspection.path}"
        )
    if inspection.format == "keras 3 hdf5" and has_operators(inspection.config):
        model = load_with_operators(path, inspection.config or {}, objects, safe_mode=safe_mode)
    else:
        with named_like(path, SUFFIXES.get(inspection.format, "")) as named:
            model = module.models.load_model(str(named), custom_objects=objects, compile=False, safe_mode=safe_mode)
    if "hdf5" in inspection.format:
        finalise(model)
    return model


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:300].rstrip(". ")
