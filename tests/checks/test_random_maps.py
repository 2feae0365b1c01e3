"""Places of chance fail the tests of places, but for those that hit what matters; where more pass, it is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engines import NumpyEngine, constant, planted, planted_view
from hand_made import explained, squares

from xaifake.checks import random_maps
from xaifake.checks._against_random import AgainstRandom
from xaifake.checks._arena import Arena, Place
from xaifake.checks.enough import Enough
from xaifake.checks.mattered import Mattered
from xaifake.checks.random_maps import RandomMaps, _contrast, _told
from xaifake.game.regions import grid


def test_noise_fails_where_evidence_is_planted() -> None:
    """On ten pictures fewer places of chance pass than cover any one spot, and the control holds up."""
    pictures = [explained(squares(planted_view(seed), side=8)) for seed in range(10)]

    checks = [check for (check,) in RandomMaps().check(planted(), pictures, seed=0)]

    assert {check.outcome for check in checks} == {"held up"}
    assert sum(check.measures["passed"] for check in checks) < sum(check.measures["expected"] for check in checks)


@pytest.mark.parametrize(("passing", "outcome"), [(0, "held up"), (5, "held up"), (7, "mixed"), (14, "did not hold up")])
def test_noise_that_passes_is_weighed(passing: int, outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 28 places of a tenth, five may hit one spot by luck; seven seldom do, and fourteen never."""

    def lenient(_: object, __: object, test: object, places: list[Any]) -> np.ndarray:
        return np.arange(len(places)) < (passing if isinstance(test, Mattered) else 0)

    monkeypatch.setattr(RandomMaps, "_passed", lenient)
    game = squares(side=8)
    game.known[b"\x00"], game.known[b"\x01"] = 0.0, 3.0

    ((check,),) = RandomMaps().check(planted(), [explained(game)], seed=0)

    assert (check.outcome, check.measures["passed_mattered"]) == (outcome, passing)


def test_after_the_tests_it_costs_nothing() -> None:
    """All that it asks was asked by mattered and enough."""
    one = explained(squares(planted_view(0), side=8))
    first = RandomMaps().check(planted(), [one], seed=0)[0][0]
    again = RandomMaps().check(planted(), [one], seed=0)[0][0]

    assert 0 < first.calls - first.saved <= RandomMaps().calls(1)
    assert again.calls == again.saved


@pytest.mark.parametrize("engine", [constant(), NumpyEngine(lambda views: planted().score(views) / 50)])
def test_where_nothing_counts_nothing_could_have_passed(engine: NumpyEngine) -> None:
    """Failing is no merit there."""
    ((check,),) = RandomMaps().check(engine, [explained(squares(side=8))], seed=0)

    assert check.reason == "weak"


def test_few_regions_have_no_random_places() -> None:
    """And nothing is asked."""
    engine = planted()

    ((check,),) = RandomMaps().check(engine, [explained(squares().among(grid((48, 48), 1, 3)))], seed=0)

    assert (check.reason, engine.batches) == ("few_regions", [])


def test_the_chance_of_as_many() -> None:
    """None at all are always as many; of two coins, both show heads in a quarter."""
    assert random_maps._as_many(0, 5, 0.1) == 1.0
    assert random_maps._as_many(2, 2, 0.5) == pytest.approx(0.25)


def test_a_place_of_chance_is_asked_as_a_maps_is() -> None:
    """Its own logit among those of all, and the side that was drawn; to be enough, that to which the way leads."""
    arena = Arena(squares(side=8), 0.1, 28, 0)
    logits = np.concatenate([[-1.0, 2.0], np.arange(10.0, 10.0 + len(arena.random))])
    place = Place(arena, arena.random[4], -1)

    hidden, shown, back = (
        _contrast(test, place, 4, "mean", sign * logits) for test, sign in ((Mattered(), 1), (Enough(), 1), (Enough(), -1))
    )

    assert (hidden.empty, hidden.full, hidden.logit) == (-1, 2, 14)
    assert [each.place.side for each in (hidden, shown, back)] == [-1, 1, -1]
    assert hidden.others.tolist() == logits[2:][place.elsewhere].tolist()


@pytest.mark.parametrize("test", [Mattered(), Enough()])
def test_what_passes_is_the_picture_and_not_the_detectors_bias(test: AgainstRandom) -> None:
    """The place of all evidence passes behind both fills, and no other."""
    arena = Arena(squares(side=3), 1 / 9, 28, 0)
    vars(arena)["random"] = np.concatenate([np.eye(9, dtype=bool)] * 3)
    engine = NumpyEngine(lambda views: planted().score(views) + 5)

    places = [Place(arena, members, 1) for members in arena.random]

    assert set(np.flatnonzero(RandomMaps()._passed(engine, test, places)) % 9) == {0}


def test_as_many_as_cover_one_spot_are_expected() -> None:
    """Places times their mean share of the view; the chance is told in percent."""
    ((check,),) = RandomMaps().check(planted(), [explained(squares(side=8))], seed=0)

    assert check.measures["expected"] == pytest.approx(0.1 * check.measures["maps"], rel=0.1)
    assert 0 < check.measures["chance_percent"] <= 100


def test_one_loud_fill_is_enough() -> None:
    """A picture that moves the logit by a fifth behind one of two fills is tested."""
    arena = Arena(squares(side=8), 0.1, 28, 0)
    places = [Place(arena, members, 1) for members in arena.random]
    nobody = np.zeros(len(places), np.bool_)
    for game, greatest in zip(arena.games, (0.21, 0.0), strict=True):
        game.known.update({b"0": 0.0, b"1": greatest})

    assert _told(arena, places, nobody, nobody)["outcome"] == "held up"
    arena.games[0].known[b"1"] = 0.19
    assert _told(arena, places, nobody, nobody)["reason"] == "weak"
