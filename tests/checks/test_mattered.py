"""A place that mattered is told from one that did not: true maps hold up; wrong, shifted, weak and redundant ones do not."""

from __future__ import annotations

import numpy as np
import pytest
from engines import FAKE, SIZE, NumpyEngine, planted, planted_view, view_of
from hand_made import explained, map_of, squares, true_map

from xaifake.checks.mattered import Mattered
from xaifake.errors import UsageError
from xaifake.game.region_game import RegionGame
from xaifake.game.regions import grid
from xaifake.records import Attribution, Check, Views


def checked(engine: NumpyEngine, game: RegionGame, attribution: Attribution) -> Check:
    ((check,),) = Mattered().check(engine, [explained(game, attribution)], seed=0)
    return check


def test_the_true_map_holds_up() -> None:
    """Hiding its strongest place takes nearly a logit from FAKE, and no random place takes three quarters of that."""
    check = checked(planted(), squares(), map_of("true", true_map()))

    assert check.outcome == "held up"
    assert check.measures["side"] == "FAKE"
    assert check.measures["percentile"] == check.measures["second_percentile"] == 100
    assert check.measures["change"] > 0.8 > 0.6 > check.measures["random_greatest"]
    assert check.measures["compared"] >= 20
    assert {check.measures["fill"], check.measures["second_fill"]} == {"mean", "blur"}
    assert check.measures["score"] - check.measures["score_hidden"] > 0.15


def test_the_side_that_has_more_is_tested() -> None:
    """Where the detector's signs are turned, so is the true map, and its strongest place speaks for REAL."""
    check = checked(planted(-1.0), squares(), map_of("true", true_map(-1.0)))

    assert (check.outcome, check.measures["side"]) == ("held up", "REAL")
    assert check.measures["score_hidden"] > check.measures["score"]


def test_a_map_without_a_sign_is_right_either_way() -> None:
    """A sensitivity says where, and not to which side."""
    check = checked(planted(), squares(), map_of("smoothgrad", abs(true_map()), unit="logit per grey level"))

    assert (check.outcome, check.measures["side"]) == ("held up", "FAKE or REAL")


@pytest.mark.parametrize("wrong", [-true_map(), np.roll(true_map(), 22, axis=1), true_map()[:, ::-1]])
def test_wrong_maps_do_not_hold_up(wrong: np.ndarray) -> None:
    """The true map with its signs turned, shifted by half the view, or mirrored."""
    assert checked(planted(), squares(), map_of("wrong", wrong)).outcome == "did not hold up"


@pytest.mark.slow
def test_random_maps_do_not_hold_up() -> None:
    """Of a hundred maps of chance, five at most."""
    random = np.random.default_rng(0)
    noise = [map_of(f"noise {number}", random.normal(size=(7, 7))) for number in range(100)]

    (checks,) = Mattered().check(planted(), [explained(squares(side=8), *noise)], seed=0)

    assert [check.outcome for check in checks].count("held up") <= 5


def test_a_small_change_does_not_count() -> None:
    """A tenth of a logit stands out among random places, and is no more than an untrained detector might show."""
    faint = NumpyEngine(lambda views: planted().score(views) / 10)

    check = checked(faint, squares(), map_of("true", true_map()))

    assert check.measures["percentile"] == 100
    assert check.outcome == "did not hold up"


def test_a_place_must_carry_its_share() -> None:
    """Where all of the picture says five logits over and over, the score does not rest on a quarter of one more."""

    def logits(views: Views) -> np.ndarray:
        detail = np.abs(np.diff(views.mean(axis=3), axis=1)).mean(axis=(1, 2))
        return 5 * np.tanh(detail) + planted().score(views) / 3.5

    check = checked(NumpyEngine(logits), squares(), map_of("true", true_map()))

    assert check.measures["percentile"] == 100
    assert check.measures["change"] > 0.2
    assert check.outcome == "did not hold up"


def test_fills_must_agree() -> None:
    """A detector of brightness follows when a bright spot gives way to the mean colour, and not when it is only blurred."""
    rows, columns = np.mgrid[0:SIZE, 0:SIZE]
    spot = 100 * np.exp(-((rows - 12) ** 2 + (columns - 12) ** 2) / 200)
    view = view_of(np.repeat((80 + spot)[..., None], 3, axis=2))
    brightness = NumpyEngine(lambda views: views[:, *FAKE.rows_and_columns].mean(axis=(1, 2, 3)) / 40)

    check = checked(brightness, squares(view), map_of("true", true_map()))

    assert check.outcome == "mixed"
    assert check.measures["change"] > 4 * abs(check.measures["second_change"])


def test_the_second_fill_is_another_one() -> None:
    """Where the methods hid behind a blur, the median is asked too."""
    check = checked(planted(), squares(fill="blur:share=0.1"), map_of("true", true_map()))

    assert (check.measures["fill"], check.measures["second_fill"]) == ("blur:share=0.1", "median")
    assert check.outcome == "held up"


@pytest.mark.parametrize(
    ("game", "attribution", "reason"),
    [
        (squares(), map_of("empty", np.zeros((7, 7))), "empty"),
        (squares(), map_of("bands", np.ones((9, 9)), domain="frequency"), "other_domain"),
        (squares(), map_of("flat", np.ones((1, 1))), "flat"),
        (squares().among(grid((SIZE, SIZE), 1, 3)), map_of("true", true_map()), "few_regions"),
        (squares(side=3), map_of("true", true_map()), "few_regions"),
    ],
)
def test_what_cannot_be_tested_says_why(game: RegionGame, attribution: Attribution, reason: str) -> None:
    """And costs nothing."""
    engine = planted()

    check = checked(engine, game, attribution)

    assert (check.outcome, check.reason, check.calls) == ("not tested", reason, 0)
    assert engine.batches == []


def test_all_maps_of_a_picture_share_its_random_places() -> None:
    """The second map asks for one place behind each fill, and for nothing else."""
    one = explained(squares(), map_of("true", true_map()), map_of("shifted", np.roll(true_map(), 22, axis=1)))

    first, second = Mattered().check(planted(), [one], seed=0)[0]

    assert first.calls == second.calls
    assert second.calls - second.saved == 2


def test_options_out_of_range_are_refused() -> None:
    """With the range."""
    for option in ({"areas": 19}, {"share": 0.5}, {"share": 0.0}):
        with pytest.raises(UsageError, match=r"20 areas or more, each of a share of the picture above 0, up to 0\.15"):
            Mattered(**option)


def test_other_pictures_hold_up_too() -> None:
    """With the same plants."""
    for seed in range(1, 4):
        assert checked(planted(), squares(planted_view(seed)), map_of("true", true_map())).outcome == "held up"


def test_random_places_are_told_by_their_mean_score() -> None:
    """Of a detector that nothing moves, all three scores are the same."""
    engine = NumpyEngine(lambda views: planted().score(views) / 1000 + 1)

    measures = checked(engine, squares(), map_of("true", true_map())).measures

    assert measures["score_random"] == pytest.approx(measures["score"], abs=1e-3)
    assert measures["score_hidden"] == pytest.approx(measures["score"], abs=1e-3)
