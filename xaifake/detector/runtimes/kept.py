"""Choices and converted models that are kept, so that later runs of a model score by the same runtime, and at once.

An entry is a JSON file named by the SHA-256 of all that the choice depends on, and beside it the graphs, whose own SHA-256
stand in the entry: what is damaged or was put there by others is not used. The folder may be deleted at any time.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import json
import logging
import os
import platform
from pathlib import Path
from typing import Any

from xaifake.detector.runtimes.by_onnx import Converted, cores
from xaifake.detector.runtimes.choosing import Choice
from xaifake.detector.runtimes.conversion import OPSET
from xaifake.errors import OutputError
from xaifake.images import write_whole
from xaifake.records import Contract

FORMAT = 1
"""Raised whenever the same model and contract would be converted, compared or chosen otherwise."""
PACKAGES = ("xaifake", "tensorflow", "keras", "tf-keras", "tf2onnx", "onnxruntime")
BESIDE = ("resize", "crop", "threshold")
"""Fields of the contract that come before the graph or after it."""
LOG = logging.getLogger(__name__)
said: set[Path] = set()
"""Folders of which it was said that they cannot be written."""


def folder() -> Path:
    """Where choices are kept: ``$XAIFAKE_CACHE``, else ``xaifake`` in ``$XDG_CACHE_HOME`` or in ``~/.cache``."""
    own = os.environ.get("XAIFAKE_CACHE")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "xaifake")


def key_of(model: str, contract: Contract) -> str:
    """The SHA-256 of all that a choice depends on.

    Args:
        model: what tells the model from all others: the SHA-256 of its file or of its graph, and which of them.
        contract: how it is fed and read.
    """
    fields = {name: value for name, value in dataclasses.asdict(contract).items() if name not in BESIDE}
    machine = [platform.machine(), cores(), Path("/dev/nvidiactl").exists(), os.environ.get("CUDA_VISIBLE_DEVICES")]
    facts = [FORMAT, OPSET, model, fields, machine, versions()]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def read(key: str) -> Choice | None:
    """The choice that is kept under a key; None where there is none, or none whole."""
    try:
        entry = json.loads(_path(key, "json").read_text("utf-8"))
        graphs = {name: _graph(key, name, digest) for name, digest in entry.pop("graphs").items()}
        layer = entry.pop("layer")
        converted = Converted(graphs["score"], graphs.get("tap"), layer) if graphs else None
        choice = Choice(**entry, converted=converted)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        LOG.debug("no choice of a runtime under %s: %s", key, error)
        return None
    is_whole = choice.fastest in ("tensorflow", "onnxruntime") and isinstance(choice.bytes_per_view, int)
    return choice if is_whole else None


def write(key: str, choice: Choice) -> None:
    """Keep a choice. A folder that cannot be written is no failure; it is said once."""
    converted = choice.converted
    graphs = {"score": converted.score} if converted else {}
    if converted and converted.tap:
        graphs["tap"] = converted.tap
    entry: dict[str, Any] = {
        "fastest": choice.fastest,
        "reason": choice.reason,
        "bytes_per_view": choice.bytes_per_view,
        "seconds": dict(choice.seconds),
        "layer": converted.layer if converted else None,
        "graphs": {name: hashlib.sha256(graph).hexdigest() for name, graph in graphs.items()},
    }
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, graph in graphs.items():
            write_whole(_path(key, f"{name}.onnx"), graph)
        write_whole(_path(key, "json"), json.dumps(entry, indent=2).encode())
    except (OSError, OutputError) as error:
        if folder() not in said:
            said.add(folder())
            LOG.warning("The choice of a runtime cannot be kept, so it is made again each time (XAIFAKE_CACHE): %s", error)


def _path(key: str, suffix: str) -> Path:
    return folder() / f"{key}.{suffix}"


def _graph(key: str, name: str, digest: str) -> bytes:
    graph = _path(key, f"{name}.onnx").read_bytes()
    if hashlib.sha256(graph).hexdigest() != digest:
        raise ValueError(f"{name}.onnx is not what was written")
    return graph


def versions() -> dict[str, str]:
    """The versions of everything that runs a model."""
    return {package: _version(package) for package in PACKAGES}


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
