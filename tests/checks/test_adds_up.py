"""Whether a map adds up, from what its method tells of itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engines import linear, planted
from hand_made import explained, map_of, squares

from xaifake.checks.adds_up import AddsUp
from xaifake.explainers.owen import Owen
from xaifake.records import Attribution, Check

SUMS = {"full": 2.0, "empty": -2.0}


def checked(attribution: Attribution) -> Check:
    ((check,),) = AddsUp().check(planted(), [explained(squares(), attribution)], seed=0)
    return check


def regions(*values: float, calls: int = 100, **diagnostics: Any) -> Attribution:
    """A map of regions side by side."""
    labels = np.arange(len(values), dtype=np.int32)[None]
    region_values = np.array(values, np.float32)
    made = map_of("shap", region_values[labels], regions=labels, region_values=region_values, diagnostics=diagnostics)
    object.__setattr__(made, "calls", calls)
    return made


@pytest.mark.parametrize(
    ("gap", "percent", "outcome"),
    [(0.0, 100, "held up"), (0.2, 95, "held up"), (0.6, 85, "mixed"), (1.0, 75, "did not hold up")],
)
def test_what_a_sum_misses_is_held_against_the_way(gap: float, percent: float, outcome: str) -> None:
    """Four logits lie between nothing and all; so much of them the values miss."""
    check = checked(regions(1.0, 3.0, additivity_gap=gap, **SUMS))

    assert (check.outcome, check.measures["explained_percent"]) == (outcome, pytest.approx(percent))


def test_maps_of_pixels_tell_it_too() -> None:
    """Integrated gradients call it their completeness gap."""
    check = checked(map_of("ig", np.full((2, 2), 0.9), diagnostics={"completeness_gap": 0.4, **SUMS}))

    assert (check.outcome, check.measures["explained_percent"]) == ("mixed", pytest.approx(90))


@pytest.mark.parametrize(("r2", "outcome"), [(0.95, "held up"), (0.7, "mixed"), (0.4, "did not hold up")])
def test_a_fit_is_told_by_what_it_explains(r2: float, outcome: str) -> None:
    """Of a hundred answers with few regions hardly less than its own R² says."""
    check = checked(regions(1.0, -1.0, r2=r2, players=2))

    assert check.outcome == outcome
    assert r2 - 0.02 < check.measures["explained_percent"] / 100 < r2


def test_a_fit_with_many_regions_explains_less() -> None:
    """Fifty regions explain half of the variance of a hundred answers that have nothing to do with them."""
    check = checked(regions(*np.ones(50), r2=0.5, players=50))

    assert check.measures["explained_percent"] < 0
    assert checked(regions(*np.ones(50), r2=0.99, players=50, calls=51)).reason == "no_freedom"
    assert checked(regions(1.0, -1.0, r2=0.9, players=2, calls=4)).measures["explained_percent"] == pytest.approx(70)


def test_it_costs_nothing() -> None:
    """However many methods there are."""
    assert AddsUp().calls(3) == 0


@pytest.mark.parametrize(
    ("attribution", "reason"),
    [
        (regions(0.0, 0.0, additivity_gap=0.0, **SUMS), "empty"),
        (regions(0.1, -0.1, r2=0.99, players=2), "weak"),
        (regions(0.1, 0.05, additivity_gap=0.0, full=0.15, empty=0.0), "weak"),
        (map_of("gradcam", np.ones((7, 7)), diagnostics={"layer": "top"}), "no_sum"),
    ],
)
def test_what_cannot_be_tested_says_why(attribution: Attribution, reason: str) -> None:
    """No evidence, too little of it, or a method that promises no sum."""
    assert checked(attribution).reason == reason


def test_evidence_that_balances_is_tested() -> None:
    """Three logits for FAKE and three for REAL sum to nothing, and still are what the method explains."""
    assert checked(regions(3.0, -3.0, additivity_gap=0.0, full=1.0, empty=1.0)).outcome == "held up"


@pytest.mark.slow
def test_owen_values_add_up() -> None:
    """As their method tells it."""
    game = squares(side=6)
    (attribution,) = Owen(calls=300).explain(linear(), [game], seed=0)

    ((check,),) = AddsUp().check(linear(), [explained(game, attribution)], seed=0)

    assert check.outcome == "held up"
