"""A case as plain data, and back: one JSON-able record in words and numbers, and named arrays. No files here.

``docs/schema.md`` describes every key; a change that breaks a reader gets a new number in `SCHEMA`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.records import (
    Assumption,
    Attribution,
    Box,
    Case,
    Change,
    Check,
    Contract,
    Face,
    Failure,
    Interaction,
    Limit,
    Measure,
    ModelFile,
    Omission,
    Original,
    Picture,
    Prediction,
    Provenance,
    Review,
    Trial,
    digest_of_all,
)

SCHEMA = "xaifake.case/1"
KEYS = (
    "schema",
    "image",
    "error",
    "prediction",
    "detector",
    "contract",
    "assumptions",
    "attributions",
    "omissions",
    "checks",
    "measures",
    "limits",
    "robustness",
    "picture",
    "face",
    "faces",
    "original",
    "view_sha256",
    "arrays_sha256",
    "seed",
    "versions",
    "runtime",
    "told",
    "asked",
    "saved",
    "forwards",
    "provenance",
    "reviews",
)
"""The top-level keys of every record, in order."""
POINTS = ("keypoints", "landmarks")
"""Of a face: each an array ``face.NAME``."""
PER_REGION = ("regions", "region_values", "region_errors")
"""Of an attribution: each an array ``METHOD.NAME``."""

Arrays = Mapping[str, NDArray[Any]]


def case_record(case: Case) -> dict[str, Any]:
    """Everything of a case but its pixels and maps, ready for JSON: no NaN, no tuple, no NumPy value."""
    picture, prediction = case.picture, case.prediction
    record = {
        "schema": SCHEMA,
        "image": picture.source,
        "error": None,
        "prediction": {
            "p_fake": prediction.p_fake,
            "logit": prediction.logit,
            "label": prediction.label,
            "threshold": prediction.threshold,
        },
        "detector": asdict(case.detector),
        "contract": asdict(case.contract),
        "assumptions": [asdict(assumption) for assumption in case.assumptions],
        "attributions": {name: _attribution_record(a) for name, a in case.attributions.items()},
        "omissions": [asdict(omission) for omission in case.omissions],
        "checks": case.checks,
        "measures": case.measures,
        "limits": case.limits,
        "robustness": [_trial_record(trial, case.prediction) for trial in case.robustness],
        "picture": _picture_record(picture),
        "face": {"box": asdict(case.face.box), "locator": case.face.locator},
        "faces": [asdict(box) for box in case.faces],
        "original": _original_record(case.original),
        "view_sha256": case.view_sha256,
        "arrays_sha256": digest_of_all(case_arrays(case)),
        "seed": case.seed,
        "versions": _sorted(case.versions),
        "runtime": case.runtime,
        "told": case.told,
        "asked": case.asked,
        "saved": case.saved,
        "forwards": case.forwards,
        "provenance": case.provenance,
        "reviews": case.reviews,
    }
    plain: dict[str, Any] = _plain(record)
    return plain


def failure_record(failure: Failure) -> dict[str, Any]:
    """The record of a picture that could not be explained: the same keys, null but for the picture and the sentence."""
    return dict.fromkeys(KEYS) | {"schema": SCHEMA, "image": failure.image, "error": failure.error}


def case_arrays(case: Case) -> dict[str, NDArray[Any]]:
    """The native-grid maps by method name, and beside each what else it holds (`PER_REGION`); the face's `POINTS`; the
    original's pixels and edited area.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for name, attribution in case.attributions.items():
        arrays[name] = attribution.values
        arrays |= {f"{name}.{part}": getattr(attribution, part) for part in PER_REGION}
    arrays |= {f"face.{points}": getattr(case.face, points) for points in POINTS}
    if case.original is not None:
        arrays |= {"original.pixels": case.original.pixels, "original.edited": case.original.edited}
    return {name: array for name, array in arrays.items() if array is not None}


def case_from(record: Mapping[str, Any], arrays: Arrays, picture: Picture) -> Case:
    """The case that a record, its arrays and its picture describe; sequences within options come back as tuples.

    Raises:
        KeyError, TypeError, ValueError: where they do not describe one.
    """
    source = _picture(record["picture"], picture.pixels)
    points = {name: arrays.get(f"face.{name}") for name in POINTS}
    face = Face(source, Box(**record["face"]["box"]), record["face"]["locator"], **points)
    return Case(
        face=face,
        prediction=Prediction(record["prediction"]["logit"], record["prediction"]["threshold"]),
        detector=ModelFile(**record["detector"]),
        contract=Contract(**tuples(record["contract"])),
        assumptions=tuple(Assumption(**tuples(assumption)) for assumption in record["assumptions"]),
        attributions={name: _attribution(name, entry, source, arrays) for name, entry in record["attributions"].items()},
        view_sha256=record["view_sha256"],
        seed=record["seed"],
        versions=record["versions"],
        faces=tuple(Box(**box) for box in record["faces"]),
        omissions=tuple(Omission(**omission) for omission in record["omissions"]),
        original=_original(record["original"], arrays),
        runtime=record["runtime"],
        told=record["told"],
        checks=tuple(Check(**tuples(check)) for check in record["checks"]),
        measures=tuple(Measure(**tuples(measure)) for measure in record["measures"]),
        limits=tuple(Limit(**limit) for limit in record["limits"]),
        robustness=tuple(Trial(Change(t["kind"], t["amount"]), t["logit"]) for t in record["robustness"]),
        provenance=Provenance(**tuples(record["provenance"])) if record["provenance"] else None,
        reviews=tuple(Review(**review) for review in record["reviews"]),
    )


def record_bytes(record: Mapping[str, Any]) -> bytes:
    r"""A record as JSON in UTF-8. A file name that is no valid text keeps its odd bytes as ``\udcXX`` escapes."""
    text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return text.encode("utf-8", "backslashreplace")


def _picture_record(picture: Picture) -> dict[str, Any]:
    size = {"height": picture.height, "width": picture.width}
    read = {"notes": picture.notes, "format": picture.format, "jpeg_quality": picture.jpeg_quality}
    return {"name": picture.name, "path": picture.path, "sha256": picture.sha256, **size, **read}


def _picture(known: Mapping[str, Any], pixels: NDArray[np.uint8]) -> Picture:
    name, sha256, path, notes = known["name"], known["sha256"], known["path"], tuple(known["notes"])
    return Picture(name, pixels, sha256, path, notes, known["format"], known["jpeg_quality"])


def _trial_record(trial: Trial, prediction: Prediction) -> dict[str, Any]:
    """A changed copy's score, and whether its label is another than the picture's."""
    changed = Prediction(trial.logit, prediction.threshold)
    flipped = changed.label != prediction.label
    return {**asdict(trial.change), "logit": trial.logit, "p_fake": changed.p_fake, "flipped": flipped}


def _original_record(original: Original | None) -> dict[str, Any] | None:
    if original is None:
        return None
    return {
        "picture": _picture_record(original.picture),
        "edited_share": float(original.edited.mean()),
        "matches": original.matches,
        "transform": original.transform,
    }


def _original(known: Mapping[str, Any] | None, arrays: Arrays) -> Original | None:
    """The original as it was laid over the picture: its own file is not read again, so its picture holds those pixels."""
    if known is None:
        return None
    pixels, edited = arrays["original.pixels"], arrays["original.edited"]
    return Original(_picture(known["picture"], pixels), pixels, edited, known["matches"], np.array(known["transform"]))


def _attribution_record(attribution: Attribution) -> dict[str, Any]:
    return {
        "domain": attribution.domain,
        "target": attribution.target,
        "unit": attribution.unit,
        "options": _sorted(attribution.options),
        "seed": attribution.seed,
        "calls": attribution.calls,
        "saved": attribution.saved,
        "stopped": attribution.stopped,
        "seconds": attribution.seconds,
        "grid": attribution.grid,
        "diagnostics": _sorted(attribution.diagnostics),
        "is_empty": attribution.is_empty,
        "box": asdict(attribution.box),
        "names": attribution.names,
        "interactions": [asdict(interaction) for interaction in attribution.interactions],
    }


def _attribution(name: str, entry: Mapping[str, Any], picture: Picture, arrays: Arrays) -> Attribution:
    if name not in arrays:
        raise ValueError(f"there is no map of {name}")
    if list(arrays[name].shape) != entry["grid"]:
        raise ValueError(f"the map of {name} has the shape {arrays[name].shape}, its record says {entry['grid']}")
    attribution = Attribution(
        method=name,
        values=arrays[name],
        unit=entry["unit"],
        domain=entry["domain"],
        box=Box(**entry["box"]),
        picture_size=(picture.height, picture.width),
        options=tuples(entry["options"]),
        seed=entry["seed"],
        calls=entry["calls"],
        saved=entry["saved"],
        stopped=entry["stopped"],
        seconds=entry["seconds"],
        target=entry["target"],
        **{part: arrays.get(f"{name}.{part}") for part in PER_REGION},
        names=tuple(entry["names"]),
        interactions=tuple(Interaction(**interaction) for interaction in entry["interactions"]),
        diagnostics=tuples(entry["diagnostics"]),
    )
    attribution.require_sound()
    return attribution


def _sorted(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {key: mapping[key] for key in sorted(mapping)}


def _plain(value: Any) -> Any:
    """The value in JSON's own types; a number that is not finite becomes null."""
    if isinstance(value, np.generic | np.ndarray):
        return _plain(value.tolist())
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def tuples(value: Any) -> Any:
    """What JSON read, its lists as tuples."""
    if isinstance(value, list):
        return tuple(tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: tuples(item) for key, item in value.items()}
    return value
