"""The same inputs give the same bytes, whatever a process finds about it and whoever else is explained."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest


@pytest.mark.keras
def test_another_process_in_other_surroundings_writes_the_same_bytes(tmp_path: Path) -> None:
    """JSON, NPZ and HTML: with another hash seed, folder, home, time zone, locale, width and cache, the pictures in another
    order: not one byte differs. Threads and the length of batches do count, by rounding.
    """
    import determinism

    demo = determinism.HERE.parent / "xaifake/demo"
    pictures = (str(demo / "edited.png"), str(demo / "original.png"))
    methods = ("gradcam", "shap", "bands:control=2", "smoothgrad:samples=8")
    options = {"methods": methods, "calls": 64, "regions": 12, "checks": ("mattered", "repeats"), "robustness": False}
    forth, back = (
        determinism.Making(str(demo / "detector.keras"), order, options=options) for order in (pictures, pictures[::-1])
    )
    found = [where.variables for what, _, where in determinism.variations(forth, str(tmp_path)) if what != "one thread"]
    variables = {name: value for each in found for name, value in each.items()}
    (tmp_path / "here").mkdir()

    determinism.make(forth, tmp_path / "here")
    determinism.made_apart(back, tmp_path / "there", determinism.Surroundings(variables, str(tmp_path)))

    same = determinism.Compared(files=6, equal=6, logit=0.0, map=0.0)
    assert same == determinism.compared(tmp_path / "here", tmp_path / "there")


def test_differences_would_be_seen(tmp_path: Path) -> None:
    """Of a score, of a changed copy's, and of a map, whose errors do not count."""
    import determinism

    for name, score, strength in (("one", 1.0, 2.0), ("other", 1.5, 1.0)):
        (tmp_path / name).mkdir()
        record = {"prediction": {"logit": score}, "robustness": [{"logit": -2 * score}]}
        (tmp_path / name / "face.json").write_text(json.dumps(record))
        np.savez(tmp_path / name / "face.npz", shap=[strength, 2.0], **{"shap.region_errors": [strength]})
        (tmp_path / name / "face.html").write_text("alike")

    found = determinism.compared(tmp_path / "one", tmp_path / "other")

    assert determinism.Compared(files=3, equal=1, logit=1.0, map=0.5) == found
