"""HDF5 files: whole models of either Keras, and weights alone in the old layout and the new."""

from __future__ import annotations

import json
import math
from itertools import islice
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from xaifake.detector.inspection.bounds import JSON_BYTES, RISKS, parsed
from xaifake.detector.inspection.formats import ACCEPTED, damaged
from xaifake.detector.inspection.record import Stored
from xaifake.detector.inspection.storage import hdf5_risks
from xaifake.detector.inspection.versions import major
from xaifake.errors import ModelError, ModelFileError

NEW_WEIGHTS = {"layers", "vars", "_layer_checkpoint_dependencies"}
"""Groups at the root of weights as Keras stores them since 2.12; subclassed models name theirs freely but for ``vars``."""

LEGACY_WEIGHTS = {"layer_names", "layer_names0"}
"""Keras spreads the names of very many layers over numbered attributes, as one holds 64 KB at most."""


def read_hdf5(path: Path) -> Stored:
    """What an HDF5 file tells of itself.

    Raises:
        ModelFileError: damaged, or no file of Keras'.
    """
    try:
        with h5py.File(path, "r") as file:
            return _stored(file, path)
    except ModelError:
        raise
    except Exception as error:  # h5py answers damage with nearly every type of exception
        raise damaged(path, "HDF5", error) from error


def _stored(file: h5py.File, path: Path) -> Stored:
    attributes = set(file.attrs)
    version = _text(file, "keras_version", path) if "keras_version" in attributes else None
    risks = tuple(islice(hdf5_risks(file, path.stat().st_size), RISKS))
    if "model_config" in attributes:
        config = parsed(_text(file, "model_config", path), "model config", str(path))
        return Stored("keras 3 hdf5" if major(version, config) == 3 else "keras 2 hdf5", version, config, risks)
    if attributes & LEGACY_WEIGHTS:
        return Stored("legacy weights", version, None, risks)
    if NEW_WEIGHTS & set(file):
        return Stored("weights.h5", version, None, risks)
    raise ModelFileError(f"This HDF5 file was not saved by Keras; {ACCEPTED}. Received: {path}")


def _text(file: h5py.File, name: str, path: Path) -> str:
    """A text attribute, however old Keras and its HDF5 library put it: str, bytes, or an array of one of them."""
    attribute = h5py.h5a.open(file.id, name.encode())
    if attribute.get_storage_size() > JSON_BYTES or math.prod(attribute.shape) > 1:
        raise ModelFileError(f"The file's {name} is larger than any model's. Received: {path}")
    value: Any = file.attrs[name]
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    if isinstance(value, bytes):
        value = value.decode("utf-8")
    return value if isinstance(value, str) else json.dumps(value)
