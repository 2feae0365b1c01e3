"""A place that is enough for the score is told from one that is not."""

from __future__ import annotations

import numpy as np
import pytest
from engines import NumpyEngine, planted
from hand_made import explained, map_of, squares, true_map

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
