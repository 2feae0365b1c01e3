"""Shapley values by their axioms and by their definition."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.explainers._shapley import exact, strongest
from xaifake.game.coalitions import every
from xaifake.records import Interaction

pytestmark = pytest.mark.slow

games = st.builds(
    lambda players, seed: np.random.default_rng(seed).normal(size=2**players), st.integers(1, 7), st.integers(0, 10**6)
)
"""The logits of every coalition of a random game, without any structure."""


def code(members: tuple[int, ...]) -> int:
    return sum(1 << member for member in members)


def by_definition(logits: np.ndarray, group: tuple[int, ...]) -> float:
    """The interaction index of a group of players, which is the Shapley value for a group of one, summed term by term."""
    players = len(logits).bit_length() - 1
    others = [player for player in range(players) if player not in group]
    total = 0.0
    for size in range(len(others) + 1):
        weight = 1 / ((players - len(group) + 1) * math.comb(players - len(group), size))
        for rest in itertools.combinations(others, size):
            for count in range(len(group) + 1):
                sign = (-1) ** (len(group) - count)
                total += sum(sign * weight * logits[code(rest + some)] for some in itertools.combinations(group, count))
    return total


@given(games)
def test_values_add_up(logits: np.ndarray) -> None:
    """Efficiency: they sum to the logit of the whole view less that of the empty one."""
    values, _ = exact(logits)

    assert values.sum() == pytest.approx(logits[-1] - logits[0], abs=1e-9)


@settings(max_examples=25)
@given(players=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_values_and_interactions_follow_their_definition(players: int, seed: int) -> None:
    """Equal to Shapley's sum and to Grabisch and Roubens' sum over all coalitions, for up to five players."""
    logits = np.random.default_rng(seed).normal(size=2**players)
    values, interactions = exact(logits)

    np.testing.assert_allclose(values, [by_definition(logits, (player,)) for player in range(players)], atol=1e-12)
    for pair in itertools.combinations(range(players), 2):
        assert interactions[pair] == pytest.approx(by_definition(logits, pair), abs=1e-12)
    np.testing.assert_allclose(interactions, interactions.T, atol=1e-12)
    assert np.diagonal(interactions).tolist() == [0.0] * players


@given(logits=games, seed=st.integers(0, 99))
def test_equals_are_treated_as_equals(logits: np.ndarray, seed: int) -> None:
    """Symmetry: renaming the players renames their values and interactions, and nothing else."""
    players = len(logits).bit_length() - 1
    names = np.random.default_rng(seed).permutation(players)
    renamed = logits[every(players)[:, np.argsort(names)] @ (1 << np.arange(players))]

    values, interactions = exact(logits)
    values_renamed, interactions_renamed = exact(renamed)

    np.testing.assert_allclose(values_renamed, values[names], atol=1e-12)
    np.testing.assert_allclose(interactions_renamed, interactions[np.ix_(names, names)], atol=1e-12)


@given(games)
def test_idlers_get_nothing(logits: np.ndarray) -> None:
    """Dummy: a last player that never changes the logit has no value and no interaction, and changes nobody's."""
    values, interactions = exact(np.concatenate([logits, logits]))

    np.testing.assert_allclose(values, [*exact(logits)[0], 0], atol=1e-12)
    np.testing.assert_allclose(interactions[-1], 0, atol=1e-12)


@given(logits=games, factor=st.floats(-3, 3), seed=st.integers(0, 99))
def test_games_add(logits: np.ndarray, factor: float, seed: int) -> None:
    """Linearity: a mixture of games has the mixture of their values and interactions."""
    other = np.random.default_rng(seed).normal(size=len(logits))

    for mixed, mine, theirs in zip(exact(logits + factor * other), exact(logits), exact(other), strict=True):
        np.testing.assert_allclose(mixed, mine + factor * theirs, atol=1e-10)


def test_a_constant_game_leaves_exact_zeros() -> None:
    """Whatever the constant: no rounding is taken for evidence."""
    values, interactions = exact(np.full(1024, 3.7000001))

    assert not values.any()
    assert not interactions.any()


def test_an_additive_game_has_no_interactions() -> None:
    """Each player has its own value, and pairs none beyond."""
    single = np.array([0.5, -2.0, 0.0, 3.0])

    values, interactions = exact(every(4) @ single + 1)

    np.testing.assert_allclose(values, single, atol=1e-12)
    np.testing.assert_allclose(interactions, 0, atol=1e-12)


def test_the_strongest_pairs_come_first() -> None:
    """Five at most, by magnitude, each pair once; pairs that do nothing together are left out."""
    matrix = np.zeros((5, 5))
    matrix[0, 1] = matrix[1, 0] = -3
    matrix[2, 4] = matrix[4, 2] = 4

    assert strongest(matrix) == (Interaction(2, 4, 4.0), Interaction(0, 1, -3.0))
    assert len(strongest(np.ones((5, 5)))) == 5
