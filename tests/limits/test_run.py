"""A run asks a reference picture once, however many pictures it explains, and says what it asked of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from counting import counting_detector
from PIL import Image

from xaifake.audit import cases
from xaifake.audit.cases import explain_many
from xaifake.detector.planted import planted_picture
from xaifake.records import Case

pytestmark = pytest.mark.keras

REFERENCES, PICTURES = 20, 3


def test_references_are_asked_once_in_a_run_of_many_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture in a group of its own: what the detector received is all cases' calls, and each reference once."""
    for seed in range(REFERENCES):
        Image.fromarray(planted_picture(seed).pixels).save(tmp_path / f"{seed}.png")
    monkeypatch.setattr(cases, "TOGETHER", 1)
    detector = counting_detector()

    pictures = [planted_picture(100 + seed).pixels for seed in range(PICTURES)]
    asked = {"methods": ("gradcam",), "checks": (), "limits": ["distance", "blur"], "reference": str(tmp_path)}
    told = [case for case in explain_many(detector, pictures, **asked) if isinstance(case, Case)]

    assert PICTURES == len(told)
    assert [(1, 0)] * PICTURES == [tuple(limit.calls for limit in case.limits) for case in told]
    assert detector.counted == sum(case.forwards for case in told) + REFERENCES
