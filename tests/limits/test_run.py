"""A run asks a reference picture once, however many pictures it explains, and says what it asked of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

import xaifake
from xaifake.audit import cases
from xaifake.audit.cases import explain_many
from xaifake.detector.engine import Detector
from xaifake.detector.planted import planted_model, planted_picture
from xaifake.interfaces import Tapped
from xaifake.records import Case, Logits, Views

pytestmark = pytest.mark.keras

REFERENCES, PICTURES = 20, 3


class Counting(Detector):
    """A detector that counts the views it is given."""

    counted = 0

    def score(self, views: Views) -> Logits:
        self.counted += len(views)
        return super().score(views)

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        self.counted += len(views)
        return super().tap(views, layer)


def test_references_are_asked_once_in_a_run_of_many_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture in a group of its own: what the detector received is all cases' calls, and each reference once."""
    for seed in range(REFERENCES):
        Image.fromarray(planted_picture(seed).pixels).save(tmp_path / f"{seed}.png")
    monkeypatch.setattr(cases, "TOGETHER", 1)
    plain = xaifake.wrap_model(planted_model(shape="nested"))
    detector = Counting(plain.model, plain.contract, plain.file, plain.assumptions)
    detector.counted = 0

    pictures = [planted_picture(100 + seed).pixels for seed in range(PICTURES)]
    asked = {"methods": ("gradcam",), "checks": (), "limits": ["distance", "blur"], "reference": str(tmp_path)}
    told = [case for case in explain_many(detector, pictures, **asked) if isinstance(case, Case)]

    assert PICTURES == len(told)
    assert [(1, 0)] * PICTURES == [tuple(limit.calls for limit in case.limits) for case in told]
    assert detector.counted == sum(case.forwards for case in told) + REFERENCES
