"""Shares by outcome and by label, of parts and of places where no evidence is expected."""

from __future__ import annotations

import numpy as np
import pytest
from maps_made import scores_of

from xaifake.audit.drives.shares import Shares, means_by
from xaifake.faces.groups import ROLL_UPS
from xaifake.faces.parts import PARTS

MOUTH, FRAME, HAIR = (PARTS.index(part) for part in ("mouth", "frame", "hair"))


def planted() -> np.ndarray:
    """Ten pictures rightly called FAKE with all evidence on the mouth, ten false alarms: half on the frame, half hair."""
    evidence = np.zeros((20, 16))
    evidence[:10, MOUTH] = 1
    evidence[10:, FRAME] = evidence[10:, HAIR] = 0.5
    return evidence


OUTCOMES = ["TP"] * 10 + ["FP"] * 10


def test_each_part_has_its_share_by_outcome() -> None:
    """All of it, none of it, and half over all pictures; the area is what even evidence would have."""
    parts = {one.part: one for one in Shares(scores_of(OUTCOMES, evidence=planted())).parts()}

    mouth = parts["mouth"]
    assert tuple(parts) == PARTS
    assert mouth.area == pytest.approx(1 / 16)
    assert {name: (one.value, one.n) for name, one in mouth.evidence.items()} == {
        "TP": (1.0, 10),
        "FP": (0.0, 10),
        "all": (0.5, 20),
    }


def test_places_are_told_by_outcome_and_by_label() -> None:
    """Nothing of the fakes' evidence lies outside the face, all of the real pictures' does; half of that on the frame."""
    outside, frame = Shares(scores_of(OUTCOMES, evidence=planted())).places()

    assert (outside.name, frame.name) == ("outside_face", "frame")
    assert outside.area == pytest.approx(len(ROLL_UPS["outside face"]) / 16)
    assert {name: one.value for name, one in outside.labels.items()} == {"FAKE": 0.0, "REAL": 1.0}
    assert frame.evidence["FP"].value == 0.5


def test_intervals_are_students_within_what_shares_can_be() -> None:
    """Three values: 4.303 standard errors to either side, cut at 0 and 1."""
    values = np.array([0.4, 0.5, 0.6])

    told = means_by(["TP"] * 3, values, ("TP",), (0, 1))["TP"]

    reach = 4.302653 * 0.1 / np.sqrt(3)
    assert (told.low, told.high, told.n) == (pytest.approx(0.5 - reach), pytest.approx(0.5 + reach), 3)
    wide = means_by(["TP"] * 2, np.array([0.0, 1.0]), ("TP",), (0, 1))["TP"]
    assert (wide.low, wide.high) == (0, 1)


def test_pictures_without_a_mesh_or_with_an_empty_map_have_no_shares() -> None:
    """They are in no mean; where nobody has shares, there are no parts and no places."""
    evidence = planted()
    evidence[0] = np.nan
    evidence[1] = 0

    parts = Shares(scores_of(OUTCOMES, evidence=evidence)).parts()
    nobody = Shares(scores_of(OUTCOMES, evidence=np.full((20, 16), np.nan)))

    assert parts[0].evidence["TP"].n == 8
    assert nobody.parts() == nobody.places() == ()
