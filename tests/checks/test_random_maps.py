"""Maps of chance fail the tests of places; where some pass, it is said."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from engines import NumpyEngine, constant, planted, planted_view
from hand_made import explained, squares

from xaifake.checks import random_maps
from xaifake.checks.random_maps import RandomMaps
from xaifake.errors import UsageError
from xaifake.game.regions import grid
from xaifake.records import Check


def test_noise_fails_where_evidence_is_planted() -> None:
    """None of five random maps passes either test, on one picture and on another."""
    pictures = [explained(squares(planted_view(seed), side=8)) for seed in range(2)]

    checks = RandomMaps().check(planted(), pictures, seed=0)

    for (check,) in checks:
        assert check.outcome == "held up"
        assert check.measures["maps"] == 5
        assert check.measures["held_mattered"] == check.measures["held_enough"] == 0
        assert check.measures["percentile_mean"] < 90


@pytest.mark.parametrize(("passing", "outcome"), [(0, "held up"), (1, "mixed"), (2, "did not hold up")])
def test_noise_that_passes_is_counted(passing: int, outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One map that passes may be chance; two are too many."""
    usual = random_maps.Mattered.check

    def lenient(self: object, *asked: object) -> list[list[Check]]:
        """The first maps pass."""
        (made,) = usual(self, *asked)
        return [[*(dataclasses.replace(check, outcome="held up") for check in made[:passing]), *made[passing:]]]

    monkeypatch.setattr(random_maps.Mattered, "check", lenient)

    ((check,),) = RandomMaps().check(planted(), [explained(squares(side=8))], seed=0)

    assert (check.outcome, check.measures["held_mattered"]) == (outcome, passing)


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


def test_the_maps_are_those_of_the_seed() -> None:
    """Another seed, other maps."""
    first, again, other = (
        RandomMaps().check(planted(), [explained(squares(side=8))], seed)[0][0].measures for seed in (1, 1, 2)
    )

    assert dict(first) == dict(again)
    assert not np.isclose(first["percentile_mean"], other["percentile_mean"])


def test_no_maps_are_refused() -> None:
    """A control of nothing says nothing."""
    with pytest.raises(UsageError, match="at least one random map"):
        RandomMaps(maps=0)
