"""How a case came about: what was read, asked and run, in digests and versions that another examiner can compare."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.detector.engine import Detector
from xaifake.records import Contract, Provenance, View

PACKAGES = (
    "xaifake",
    "tensorflow",
    "keras",
    "tf-keras",
    "onnxruntime",
    "tf2onnx",
    "numpy",
    "scipy",
    "pillow",
    "opencv-python",
    "scikit-image",
    "shap",
    "lime",
)


def provenance_of(
    detector: Detector, view: View, options: Mapping[str, Any], command: Sequence[str] = (), started: str | None = None
) -> Provenance:
    """The provenance of one explained view; ``options`` in JSON's own types."""
    return Provenance(
        pixels_sha256=digest(view.face.picture.pixels),
        input_sha256=digest(detector.input(view.pixels[None])),
        contract_sha256=contract_digest(detector.contract),
        options_sha256=options_digest(options),
        options=options,
        machine=machine(),
        command=tuple(command),
        started=started,
    )


def digest(array: NDArray[Any]) -> str:
    """SHA-256 of an array's dtype, shape and numbers."""
    content = hashlib.sha256(f"{array.dtype.str} {array.shape}".encode())
    content.update(np.ascontiguousarray(array).data)
    return content.hexdigest()


def contract_digest(contract: Contract) -> str:
    """SHA-256 of a contract's fields."""
    return options_digest(asdict(contract))


def options_digest(options: Mapping[str, Any]) -> str:
    """SHA-256 of options as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(dict(options), sort_keys=True).encode()).hexdigest()


@functools.cache
def machine() -> Mapping[str, Any]:
    """What it ran on."""
    system = f"{platform.system()} {platform.release()}"
    return MappingProxyType({"system": system, "processor": platform.machine(), "cores": os.cpu_count()})


@functools.cache
def versions() -> Mapping[str, str]:
    """The versions of everything that a number in a case depends on."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return MappingProxyType(found)
