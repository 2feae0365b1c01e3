"""Places of chance fail the tests of places, but for those that hit what matters; where more pass, it is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engines import NumpyEngine, constant, planted, planted_view
from hand_made import explained, squares

from xaifake.checks import random_maps
from xaifake.checks.mattered import Mattered
from xaifake.checks.random_maps import RandomMaps
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
