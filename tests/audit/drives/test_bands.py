"""Bands over a sample of cases: what taking each away changes, beside its control."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from maps_made import scores_of
from synthetic import make_case

from xaifake.audit.drives import drives_of
from xaifake.audit.drives.bands import band_shares
from xaifake.records import Case

EDGES = (0.0, 0.1, 0.3, 0.7)


def case(at: int, change: Sequence[float], name: str = "bands") -> Case:
    """The case of the picture with that number, whose logit of 2 changes so where each of three bands is taken away."""
    made = make_case(sha256=f"{at:064x}")
    told = {"full": 2.0, "band_stop": tuple(2 + one for one in change), "control_mean": (-0.1, -0.1, -0.1), "edges": EDGES}
    bands = dataclasses.replace(made.attributions["shap"], method="bands", domain="frequency", diagnostics=told)
    return dataclasses.replace(made, attributions={**made.attributions, name: bands})


def test_each_band_has_its_change_by_outcome() -> None:
    """The finest band carries the pictures rightly called FAKE and no other; the control changes all alike."""
    scores = scores_of(["TP", "TP", "TN", "TN"])
    cases = [case(0, (0, 0, -3)), case(1, (0, 0, -1)), case(2, (0.5, 0, 0)), case(3, (0.5, 0, 0))]

    coarse, _, fine = band_shares(scores, cases)

    assert (fine.band, fine.low, fine.high) == (2, 0.3, 0.7)
    assert {name: one.value for name, one in fine.change.items()} == {"TP": -2.0, "TN": 0.0, "all": -1.0}
    assert fine.change["TP"].low < -2 < fine.change["TP"].high
    assert {name: one.value for name, one in coarse.change.items()} == {"TP": 0.0, "TN": 0.5, "all": 0.25}
    assert fine.control["all"].value == pytest.approx(-0.1)


def test_cases_without_bands_are_passed_over() -> None:
    """Those that were not asked; with options in the method's name they were."""
    scores = scores_of(["TP", "TP", "TN"])
    cases = [case(0, (0, 0, -1), "bands:control=8"), make_case(sha256=f"{1:064x}"), case(2, (0, 0, -3))]

    fine = band_shares(scores, cases)[2]

    assert {name: (one.value, one.n) for name, one in fine.change.items()} == {"all": (-2.0, 2)}
    assert band_shares(scores, [make_case(sha256=f"{1:064x}")]) == ()


def test_a_detector_whose_maps_lie_in_frequencies_still_has_bands() -> None:
    """No map, no share of a part, no kind: the bands alone."""
    scores = scores_of(["TP", "TN"], evidence=np.full((2, 16), np.nan))

    drives = drives_of(scores, (), [case(0, (0, 0, -3)), case(1, (0, 0, -1))], seed=0, domain="dct")

    assert drives is not None
    assert (drives.n, drives.maps, drives.differences, drives.parts, drives.places, drives.clusters) == (
        0,
        (),
        (),
        (),
        (),
        None,
    )
    assert len(drives.bands) == 3
