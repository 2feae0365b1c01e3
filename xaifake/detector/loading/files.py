"""The model of an inspected file: which Keras reads it, and what it needs beside the file."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from xaifake.detector.inspection.bounds import shown
from xaifake.detector.inspection.record import Inspection
from xaifake.detector.inspection.risks import custom_names
from xaifake.detector.loading.naming import inspected_bytes, suffix_of
from xaifake.detector.loading.operators import has_operators, load_with_operators
from xaifake.detector.loading.saved_models import FrozenGraph
from xaifake.detector.loading.user_code import built, custom_objects_of
from xaifake.detector.loading.weights import finalise, load_weights
from xaifake.detector.runtime import keras, tensorflow
from xaifake.errors import ModelFileError, UsageError, XaifakeError

WEIGHTS = ("legacy weights", "weights.h5")
NAMED = 20
HOLDING_WEIGHTS = (*WEIGHTS, "keras 2 hdf5", "keras 3 hdf5")

Objects = str | Path | ModuleType | Mapping[str, Any] | None


def load_model_of(
    inspection: Inspection,
    *,
    builder: str | Callable[[], Any] | None = None,
    custom_objects: Objects = None,
    allow_unsafe: bool = False,
    settled: bool = False,
) -> Any:
    """The Keras model of an inspected file, not compiled; a `FrozenGraph` for a SavedModel that no Keras reads back.

    ``settled``: the file is already a copy of one's own of what was inspected, under a name that Keras goes by.

    Raises:
        ModelFileError: it cannot be rebuilt from the file.
        UsageError: the file needs a builder or custom objects.
    """
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
    suffix = suffix_of(inspection, built=builder is not None)
    try:
        with warnings.catch_warnings(), inspected_bytes(inspection, suffix, trusted=allow_unsafe or settled) as path:
            warnings.simplefilter("ignore")  # Keras' advice to whoever saved the file
            if builder is not None:
                model = built(builder)
                load_weights(model, path, inspection.path)
                return model
            if inspection.format == "savedmodel" or (inspection.format == "keras 2 savedmodel" and not allow_unsafe):
                return FrozenGraph(path, inspection.path)
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
    asked = dict.fromkeys(custom_names(inspection.config or {}))
    missing = [shown(name) for name in asked if name not in objects and not module.saving.get_registered_object(name)]
    if missing:
        named, more = ", ".join(missing[:NAMED]), f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        raise UsageError(
            f"The model needs custom objects, {named}{more}: name the module that defines them, "
            f"--custom-objects MODULE. Received: {inspection.path}"
        )
    if inspection.format == "keras 3 hdf5" and has_operators(inspection.config):
        model = load_with_operators(path, inspection.config or {}, objects, safe_mode=safe_mode)
    else:
        model = module.models.load_model(str(path), custom_objects=objects, compile=False, safe_mode=safe_mode)
    if "hdf5" in inspection.format:
        finalise(model)
    return model


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:300].rstrip(". ")
