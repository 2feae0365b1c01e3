"""Cases made from records alone that have everything a case can have, or a provenance that is true. No TensorFlow."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
from synthetic import make_case

from xaifake.audit.provenance import contract_digest, options_digest, versions
from xaifake.audit.saving import save_case
from xaifake.images import read_picture
from xaifake.records import (
    Box,
    Case,
    Change,
    Check,
    Interaction,
    Limit,
    Measure,
    ModelFile,
    Omission,
    Original,
    Picture,
    Provenance,
    Review,
    Trial,
    digest,
)


def whole_case(picture: Path) -> Case:
    """A case of a face on disk that has everything a case can have."""
    case = make_case(path=picture, sha256=read_picture(picture).sha256, notes=("a note",))
    shap = case.attributions["shap"]
    parts = dataclasses.replace(
        shap,
        method="parts",
        names=tuple(f"part {n}" for n in range(49)),
        region_errors=np.full(49, 0.01, np.float32),
        interactions=(Interaction(0, 3, 0.25), Interaction(1, 2, -0.125, 0.5)),
    )
    genuine = Picture("genuine.png", case.picture.pixels[::-1].copy(), "ab" * 32, "genuine.png", ("turned",))
    edited = np.eye(192, dtype=bool)
    points = np.array([[10.5, 20.25], [30.0, 40.0]], np.float32)
    return dataclasses.replace(
        case,
        attributions={**case.attributions, "parts": parts},
        face=dataclasses.replace(case.face, keypoints=points, landmarks=points + 1),
        faces=(case.face.box, Box(0, 0, 8, 8)),
        omissions=(Omission("scorecam", "It has no layer."),),
        original=Original(genuine, genuine.pixels, edited, 57, np.array([[1.0, 0, 0.5], [0, 1, 2]])),
        checks=(
            Check("mattered", "shap", "held up", {"drop": 1.5, "random": (0.25, 0.5)}, {"share": 0.1}, None, 3, 44, 2, 0.5),
            Check("repeats", "gradcam", "not tested", reason="nothing_random"),
        ),
        measures=(Measure("deletion", "shap", {"auc": 0.25}, {"steps": 8}, 3, 16, 1, 0.25),),
        limits=(Limit("face_size", "outside", 62.0, 128.0, "pixels"), Limit("distance", "not known")),
        robustness=(Trial(Change("jpeg", 50.0), -1.5), Trial(Change("resize", 0.5), 2.0)),
        provenance=Provenance(
            *("ab" * 32, "cd" * 32, "ef" * 32, "01" * 32),
            {"seed": 3},
            {"cores": 2},
            ("xaifake",),
            "2026",
            {"mask": "23" * 32},
        ),
        reviews=(Review("undecided", "Odd ear.", "A", "2026-01-01T00:00:00Z", True),),
    )


def recorded_case(case: Case, out: Path) -> Path:
    """That case, saved; its provenance is true, and its model, of any bytes, lies beside it."""
    model = out / "model.keras"
    model.write_bytes(b"weights")
    options = {
        "methods": ["gradcam", "lime:calls=64"],
        "checks": [],
        "measures": [],
        "limits": ["distance"],
        "fill": "median",
        "robustness": True,
        "seed": 0,
        "calls": None,
        "regions": 50,
        "feather": None,
        "face": 1,
        "box": None,
        "original": None,
        "mask": None,
        "reference": None,
    }
    provenance = Provenance(
        digest(case.picture.pixels), "cd" * 32, contract_digest(case.contract), options_digest(options), options, {}
    )
    detector = ModelFile(str(model), hashlib.sha256(b"weights").hexdigest(), "keras 3 .keras", 3)
    picture = dataclasses.replace(case.picture, notes=(), format="PNG")
    face = dataclasses.replace(case.face, picture=picture)
    changed = {"detector": detector, "provenance": provenance, "versions": versions(), "original": None, "face": face}
    return save_case(dataclasses.replace(case, **changed), out)
