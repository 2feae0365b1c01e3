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
from pathlib import Path
from types import MappingProxyType
from typing import Any

from xaifake.detector.engine import Detector
from xaifake.records import Contract, Provenance, View, digest

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
    detector: Detector,
    view: View,
    options: Mapping[str, Any],
    files: Mapping[str, str],
    command: Sequence[str] = (),
    started: str | None = None,
) -> Provenance:
    """The provenance of one explained view; ``options`` in JSON's own types, ``files`` the others' SHA-256."""
    return Provenance(
        pixels_sha256=digest(view.face.picture.pixels),
        input_sha256=digest(detector.input(view.pixels[None])),
        contract_sha256=contract_digest(detector.contract),
        options_sha256=options_digest(options),
        options=options,
        machine=machine_of(detector),
        command=tuple(command),
        started=started,
        files_sha256={**detector.code, **files},
    )


def contract_digest(contract: Contract) -> str:
    """SHA-256 of a contract's fields."""
    return options_digest(asdict(contract))


def options_digest(options: Mapping[str, Any]) -> str:
    """SHA-256 of options as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(dict(options), sort_keys=True).encode()).hexdigest()


def machine_of(detector: Detector) -> Mapping[str, Any]:
    """What it ran on, and that the model was shut in a process of its own there, where it was."""
    return MappingProxyType({**machine(), **({"isolated": True} if detector.runtimes.isolated else {})})


@functools.cache
def machine() -> Mapping[str, Any]:
    """What it ran on."""
    system = f"{platform.system()} {platform.release()}"
    return MappingProxyType({"system": system, "processor": platform.machine(), "cores": os.cpu_count()})


@functools.cache
def versions() -> Mapping[str, str]:
    """The versions of everything that a number in a case depends on."""
    found = {"python": platform.python_version(), "machine": platform.machine(), "xaifake_source": _source()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return MappingProxyType(found)


def _source() -> str:
    """The beginning of the SHA-256 of xaifake's own source: a checkout may hold another than its version says."""
    package = Path(__file__).parents[1]
    content = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        content.update(f"{path.relative_to(package).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return content.hexdigest()[:16]
