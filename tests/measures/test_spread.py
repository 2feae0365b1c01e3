"""Sparseness and complexity: their ends, what leaves them as they are, and what random maps have."""

from __future__ import annotations

import numpy as np
import pytest
from engines import planted, planted_view
from explaining import attribution_of, explained_as
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xaifake.errors import UsageError
from xaifake.game.region_game import new_game
from xaifake.measures.complexity import Complexity
from xaifake.measures.sparseness import Sparseness

SHARES = arrays(np.float64, st.integers(2, 30), elements=st.floats(0.01, 1)).map(lambda sizes: sizes / sizes.sum())


@settings(max_examples=30)
@given(SHARES)
def test_the_gini_index_is_the_mean_difference(shares: np.ndarray) -> None:
    """Half the mean absolute difference of all pairs, over the mean."""
    pairs = np.abs(shares[:, None] - shares[None]).mean() / (2 * shares.mean())

    assert Sparseness().numbers(shares)["gini"] == pytest.approx(pairs, abs=1e-9)


@settings(max_examples=30)
@given(SHARES)
def test_entropy_lies_between_one_region_and_all(shares: np.ndarray) -> None:
    """Of as many regions as share evenly, never more than there are."""
    numbers = Complexity().numbers(shares)

    assert 1 - 1e-9 <= numbers["regions"] <= len(shares) + 1e-9
    assert numbers["entropy"] == pytest.approx(np.log(numbers["regions"]))


def test_one_region_and_all_regions_are_the_ends() -> None:
    """All in one of four: Gini 3/4, entropy 0; even: Gini 0, entropy ln 4."""
    one, even = np.array([0.0, 0, 1, 0]), np.full(4, 0.25)

    assert (Sparseness().numbers(one), Sparseness().numbers(even)) == ({"gini": 0.75}, {"gini": 0.0})
    assert Complexity().numbers(one) == {"entropy": 0.0, "regions": 1.0}
    assert Complexity().numbers(even)["regions"] == pytest.approx(4)


def test_random_maps_have_what_normal_values_have() -> None:
    """The Gini index of magnitudes of normal values is √2 − 1, and their entropy ln(n) − 0.284."""
    game = new_game(planted_view())
    one = explained_as(planted(), game, attribution_of(game, np.arange(game.players) + 1.0))

    (((sparse,),), ((complex_,),)) = (each.measure(planted(), [one], 0) for each in (Sparseness(), Complexity()))

    assert sparse.values["gini_random"] == pytest.approx(np.sqrt(2) - 1, abs=0.02)
    assert complex_.values["entropy_random"] == pytest.approx(np.log(game.players) - 0.284, abs=0.05)


def test_sign_and_scale_change_nothing_and_neither_does_the_grid() -> None:
    """A map of regions and the same map as pixels, turned around and a thousand times as large, have the same numbers."""
    game = new_game(planted_view(), regions=12)
    values = np.random.default_rng(0).normal(size=game.players)
    pixels = (-1000 * values / np.bincount(game.labels.ravel()))[game.labels]
    maps = attribution_of(game, values, "regions"), attribution_of(game, pixels, "pixels")

    for measurer in (Sparseness(), Complexity()):
        ((first, second),) = measurer.measure(planted(), [explained_as(planted(), game, *maps)], 0)
        assert dict(first.values) == pytest.approx(dict(second.values), rel=1e-5)


@pytest.mark.parametrize("found", [Sparseness, Complexity])
def test_no_random_maps_are_refused(found: type) -> None:
    """There is at least one."""
    with pytest.raises(UsageError, match=r"needs at least 1 random map \(controls\)\. Received: controls 0"):
        found(controls=0)
