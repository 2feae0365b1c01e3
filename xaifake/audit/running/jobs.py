"""What a job is: one detector, loaded and run in one way, and under which key the rows of each of its stages lie."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from xaifake.audit.provenance import contract_digest, options_digest, versions
from xaifake.audit.running.protocol import Opening, Stage
from xaifake.audit.running.store import Store
from xaifake.detector.engine import Detector
from xaifake.errors import OutputError

ROWS = 1
"""Raised whenever the same picture and options would give another row."""
FILE = "job.json"
SCHEMA = "xaifake.job/1"


def key_of(stage: Stage, detector: Detector) -> str:
    """SHA-256 of all that a stage's rows depend on beside the pictures: a change of any of it makes another job.

    The model's bytes, the user's own code in it, the contract, what scores it and how many views at once, the stage's
    options, and the versions of xaifake and of all that it computes with.
    """
    return options_digest(
        {
            "rows": ROWS,
            "stage": stage.name,
            "options": dict(stage.options),
            "runtime": detector.runtime,
            "batch": detector.batch,
            "versions": computing(),
            **_model(detector),
        }
    )


def begun(store: Store, opening: Opening, views: int) -> tuple[Detector, Opening]:
    """The detector of a job, and how everybody else opens the same.

    The first process decides what scores, by timing where the runtime is left open and ``views`` are many, and how many
    views at once. Its decision stands in ``job.json``; whoever takes up the job there, or helps with it, keeps to it.

    Args:
        store: where the job's rows lie.
        opening: how the user names the detector.
        views: about how many views the job will score.

    Raises:
        XaifakeError: the detector cannot be loaded, or not as the job was begun.
        OutputError: the store cannot be written, or its ``job.json`` is damaged.
    """
    detector = opening.open()
    asked = options_digest({"runtime": opening.options.get("runtime", "auto"), **_model(detector)})
    with store.lock(FILE, wait=True):
        jobs = _read(store)
        if asked not in jobs:
            detector.prepare(views)
            jobs[asked] = _record(detector, opening)
            text = json.dumps({"schema": SCHEMA, "jobs": jobs}, indent=2, sort_keys=True) + "\n"
            store.write(FILE, text.encode())
    detector.runtimes.settle()
    decided = jobs[asked]
    named = {**opening.options, "runtime": decided["runtime"].partition(" ")[0]}
    others = dataclasses.replace(opening, options=named, batch=decided["batch"])
    alike = (detector.runtime, detector.batch) == (decided["runtime"], decided["batch"])
    return detector if alike else others.open(), others


def _model(detector: Detector) -> dict[str, Any]:
    return {
        "model": detector.file.sha256,
        "code": dict(detector.code),
        "contract": contract_digest(detector.contract),
    }


def computing() -> dict[str, str]:
    """The versions of what computes, xaifake's source left out: a checkout's reports change without its rows."""
    return {package: version for package, version in versions().items() if package != "xaifake_source"}


def _record(detector: Detector, opening: Opening) -> dict[str, Any]:
    """What the first process found and decided, for people and for those who come after."""
    return {
        "model": opening.model,
        "sha256": detector.file.sha256,
        "contract": dataclasses.asdict(detector.contract),
        "runtime": detector.runtime,
        "batch": detector.batch,
        "versions": dict(versions()),
    }


def _read(store: Store) -> dict[str, Any]:
    data = store.read(FILE)
    if data is None:
        return {}
    try:
        record = json.loads(data)
        if record["schema"] != SCHEMA or any({"runtime", "batch"} - set(job) for job in record["jobs"].values()):
            raise ValueError("other keys")
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise OutputError(
            "The file in which an audit says what it was begun with is damaged, or of another xaifake; remove it, or name "
            f"another folder with -o. Received: {store.shown(FILE)}"
        ) from error
    return dict(record["jobs"])
