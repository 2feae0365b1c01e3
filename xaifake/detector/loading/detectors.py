"""From a model file, or a model in memory, to a detector: inspect, refuse, load by what was found, complete the contract."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from xaifake.detector.contract import checked, find_contract, infer, read_contract
from xaifake.detector.engine import Detector
from xaifake.detector.inspection import inspect_model
from xaifake.detector.inspection.record import Inspection
from xaifake.detector.isolation.closing import must_be_possible
from xaifake.detector.loading.assembling import assembled
from xaifake.detector.loading.files import Objects, load_model_of
from xaifake.detector.loading.live import completed, major_of
from xaifake.detector.loading.user_code import code_digests
from xaifake.detector.room import Room
from xaifake.detector.runtimes import Runtimes
from xaifake.detector.runtimes.answering import must_be_runtime
from xaifake.errors import UnsafeModelError
from xaifake.memory import ceiling_of
from xaifake.records import Contract, ModelFile

LOG = logging.getLogger(__name__)


def load_detector(
    path: str | Path,
    *,
    contract: str | Path | Contract | None = None,
    builder: str | Callable[[], Any] | None = None,
    custom_objects: Objects = None,
    allow_unsafe: bool = False,
    isolate: bool = False,
    runtime: str = "auto",
    memory: int | str | None = None,
    **fields: Any,
) -> Detector:
    """Load a detector from whatever Keras saved it as; nothing in the file is run before it is inspected.

    Args:
        path: a ``.keras`` or HDF5 file under any name, weights, or a SavedModel folder.
        contract: a contract or its file; without one, ``MODEL.contract.toml`` beside the model where there is one.
        builder: for weights only: ``module:function``, or the function, that returns the model.
        custom_objects: the model's own classes and functions: a module, its name or path, or names → objects.
        allow_unsafe: load a model that can run code from its file.
        isolate: load and ask it in a process of its own that can read little else, write nothing and reach nobody; builder
            and custom objects are then named by text. See `xaifake.detector.isolation`.
        runtime: what scores: ``tensorflow``, ``onnxruntime``, or ``auto``, the one that was faster on this machine when many
            views were first asked for; until then TensorFlow. See `xaifake.detector.runtimes`.
        memory: ceiling of what the whole process holds: bytes, or a size as text (``2GB``); half of what is free without it.
        **fields: single fields of `Contract`, which win over the file's: ``size=128, fake_when="low"``.

    Returns:
        The detector; what of its contract nobody stated is in its ``assumptions``.

    Raises:
        UnsafeModelError: loading could run code from the file.
        IsolationError: no process can be closed here, or the model's has ended.
        ModelFileError: not a model, or damaged.
        NotADetectorError: the model does not score pictures.
        ContractError: the contract is wrong or does not fit the model.
        UsageError: an argument that cannot be used, or a missing one that this file needs.
        MissingLibraryError: the runtime is not installed.
        MemoryCeilingError: the model does not fit under the ceiling.
    """
    from xaifake.detector.isolation.answering import shut_in  # it loads by this package, too

    must_be_runtime(runtime)
    ceiling_of(memory)
    if isolate:
        must_be_possible()
    stated = _stated(path, contract, fields)
    inspection = _inspected(path, stated, allow_unsafe=allow_unsafe)
    how: dict[str, Any] = {"builder": builder, "custom_objects": custom_objects, "allow_unsafe": allow_unsafe}
    LOG.info("%s is %s; stated of its contract: %s", path, inspection.format, ", ".join(stated) or "nothing")
    made = (shut_in if isolate else assembled)(inspection, stated, runtime=runtime, room=Room(memory), **how)
    file = ModelFile(str(path), inspection.sha256, inspection.format, made.keras_major)
    return Detector(made.runtimes, made.contract, file, made.assumptions, code_digests(builder, custom_objects))


def inspect_detector(
    path: str | Path,
    *,
    contract: str | Path | Contract | None = None,
    allow_unsafe: bool = False,
    isolate: bool = False,
    runtime: str = "auto",
    memory: int | str | None = None,
    **fields: Any,
) -> Inspection:
    """What a model file says of itself, where `load_detector` would not refuse it before TensorFlow starts.

    Arguments and refusals are those of `load_detector`; nothing is loaded.
    """
    must_be_runtime(runtime)
    ceiling_of(memory)
    if isolate:
        must_be_possible()
    return _inspected(path, _stated(path, contract, fields), allow_unsafe=allow_unsafe)


def load_inspected(
    path: str | Path,
    stated: Mapping[str, Any],
    *,
    builder: str | Callable[[], Any] | None = None,
    custom_objects: Objects = None,
    allow_unsafe: bool = False,
) -> tuple[Inspection, Any]:
    """Inspect a model file, load it, and complete the inspection by what the loaded model tells.

    Arguments and refusals are those of `load_detector`; ``stated`` are fields of the contract, so that what is no detector
    by them is refused before TensorFlow starts.
    """
    inspection = _inspected(path, stated, allow_unsafe=allow_unsafe)
    model = load_model_of(inspection, builder=builder, custom_objects=custom_objects, allow_unsafe=allow_unsafe)
    return completed(inspection, model), model


def wrap_model(
    model: Any,
    *,
    name: str = "model in memory",
    contract: str | Path | Contract | None = None,
    runtime: str = "tensorflow",
    memory: int | str | None = None,
    **fields: Any,
) -> Detector:
    """Make a detector of a Keras 2 or Keras 3 model that is already in memory.

    Args:
        model: functional, Sequential or subclassed.
        name: what to call it in records and reports; its SHA-256 is that of its weights' bytes.
        contract: as in `load_detector`.
        runtime: as in `load_detector`.
        memory: as in `load_detector`; what the process holds already counts.
        **fields: as in `load_detector`; a model that was never built on a shape needs ``size``.

    Raises:
        UsageError: it is no Keras model.
        NotADetectorError: the model does not score pictures.
        ContractError: the contract is wrong or does not fit the model.
    """
    major = major_of(model)
    digest = hashlib.sha256()
    for weight in model.weights:
        digest.update(np.ascontiguousarray(weight).tobytes())
    found = Inspection(path=name, sha256=digest.hexdigest(), format="unknown", keras_major=major)
    complete, assumptions = infer(completed(found, model), _stated(None, contract, fields))
    file = ModelFile(name, found.sha256, f"keras {major} in memory", major)
    return Detector(Runtimes(model, complete, name, wanted=runtime, room=Room(memory)), complete, file, assumptions)


def _inspected(path: str | Path, stated: Mapping[str, Any], *, allow_unsafe: bool) -> Inspection:
    """What the file says of itself; what is unsafe, or by that no detector, is refused before TensorFlow starts."""
    inspection = inspect_model(path)
    if not allow_unsafe:
        _refuse_risks(inspection)
    if inspection.inputs:
        infer(inspection, stated)
    return inspection


def _stated(path: str | Path | None, contract: str | Path | Contract | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What is stated of the contract: single fields over the contract given, or over the file beside the model."""
    beside = find_contract(path) if path is not None and contract is None else contract
    if beside is None:
        base: dict[str, Any] = {}
    else:
        base = asdict(beside) if isinstance(beside, Contract) else read_contract(beside)
    return {**base, **checked(fields)}


def _refuse_risks(inspection: Inspection) -> None:
    if not inspection.risks:
        return
    first, more = inspection.risks[0], len(inspection.risks) - 1
    others = f" (and {more} more risk{'s' if more > 1 else ''})" if more else ""
    raise UnsafeModelError(
        f"{first.sentence.rstrip('.')}{others}: load it with --allow-unsafe only if you trust where it comes from. "
        f"Received: {inspection.path}"
    )
