"""A place that is enough for the score is told from one that is not."""

from __future__ import annotations

import numpy as np
import pytest
from engines import NumpyEngine, planted
from hand_made import explained, map_of, squares, true_map

from xaifake.checks._against_random import Contrast
from xaifake.checks._arena import Arena, Place
from xaifake.checks.enough import Enough
from xaifake.records import Attribution, Check, Views


def checked(engine: NumpyEngine, attribution: Attribution) -> Check:
    ((check,),) = Enough().check(engine, [explained(squares(), attribution)], seed=0)
    return check


def test_the_true_map_holds_up() -> None:
    """Of half a logit between nothing and all, the place alone adds more than all, since what speaks for REAL is hidden."""
    check = checked(planted(), map_of("true", true_map()))

    assert check.outcome == "held up"
    assert check.measures["side"] == "FAKE"
    assert check.measures["kept_percent"] > 100
    assert check.measures["change"] > check.measures["random_greatest"]


def test_the_place_speaks_for_the_score() -> None:
    """Of a map that is strongest for REAL the place for FAKE is shown, where the picture as a whole leans to FAKE."""
    lopsided = np.where(true_map() < 0, 5 * true_map(), true_map())

    check = checked(planted(), map_of("lopsided", lopsided))

    assert (check.outcome, check.measures["side"]) == ("held up", "FAKE")


@pytest.mark.parametrize("wrong", [-true_map(), np.roll(true_map(), 22, axis=1), true_map()[:, ::-1]])
def test_wrong_maps_do_not_hold_up(wrong: np.ndarray) -> None:
    """The true map with its signs turned, shifted by half the view, or mirrored."""
    assert checked(planted(), map_of("wrong", wrong)).outcome == "did not hold up"


def test_less_than_half_of_the_way_is_not_enough() -> None:
    """The place adds a logit, more than any other, and all the rest together adds more than that again."""

    def logits(views: Views) -> np.ndarray:
        detail = np.abs(np.diff(views.mean(axis=3), axis=1)).mean(axis=(1, 2))
        return planted().score(views) + detail / 2

    check = checked(NumpyEngine(logits), map_of("true", true_map()))

    assert check.measures["percentile"] == 100
    assert check.measures["kept_percent"] < 50
    assert check.outcome == "did not hold up"


def test_without_a_way_there_is_nothing_to_keep() -> None:
    """Where FAKE and REAL balance, showing all of the picture adds nothing to the fill."""
    balanced = NumpyEngine(lambda views: planted().score(views) / 5)

    assert checked(balanced, map_of("true", true_map())).reason == "no_way"


def test_a_map_of_the_other_side_has_no_such_place() -> None:
    """It speaks for REAL alone, where the picture leans to FAKE."""
    assert checked(planted(), map_of("negative", np.minimum(true_map(), 0))).reason == "other_side"


def test_a_map_without_a_sign_is_right_either_way() -> None:
    """What it shows is held against the picture's own way."""
    check = checked(planted(), map_of("smoothgrad", abs(true_map()), unit="logit per grey level"))

    assert (check.outcome, check.measures["side"]) == ("held up", "FAKE or REAL")


def test_the_way_may_lead_to_real() -> None:
    """Of a detector whose signs are turned the place for REAL is shown, and keeps as much of the way."""
    here = checked(planted(), map_of("true", true_map()))
    there = checked(planted(-1.0), map_of("true", true_map(-1.0)))

    assert (there.outcome, there.measures["side"]) == ("held up", "REAL")
    assert there.measures["kept_percent"] == pytest.approx(here.measures["kept_percent"], rel=1e-4)


def test_what_is_kept_is_told_in_percent() -> None:
    """By what the place adds, of what all adds."""
    measures = checked(planted(), map_of("true", true_map())).measures

    assert measures["kept_percent"] == pytest.approx(100 * measures["change"] / measures["way"])


@pytest.mark.parametrize(
    ("way", "logit", "passes"),
    [(2.0, 1.0, True), (2.0, 0.99, False), (0.2, 0.2, True), (0.19, 0.2, False), (-2.0, 1.0, False)],
)
def test_half_of_a_way_that_counts_is_enough(way: float, logit: float, passes: bool) -> None:
    """Toward the side that the map tells."""
    place = Place(Arena(squares(side=4), 0.25, 28, 0), np.arange(16) < 4, 1)
    contrast = Contrast(place, "mean", way, 0.0, logit, np.zeros(20))

    assert Enough().passes(contrast) == passes


def test_a_bias_of_the_detector_leads_nowhere() -> None:
    """Whether it takes all that it sees for REAL or for FAKE: the way is what the picture adds."""
    for bias in (-3, 3):
        biased = NumpyEngine(lambda views, bias=bias: planted().score(views) + bias)
        assert checked(biased, map_of("true", true_map())).measures["side"] == "FAKE"
