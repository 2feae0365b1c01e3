"""Shapley values by their axioms, by their definition, and beside another implementation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.errors import UsageError
from xaifake.explainers._shapley import coalitions, estimate, exact, paired, strongest
from xaifake.explainers.shap import Shap
from xaifake.records import Interaction

games = st.builds(
    lambda players, seed: np.random.default_rng(seed).normal(size=2**players), st.integers(1, 7), st.integers(0, 10**6)
)
"""The logits of every coalition of a random game, without any structure."""


def code(members: tuple[int, ...]) -> int:
    return sum(1 << member for member in members)


def played(logits: np.ndarray, asked: np.ndarray) -> np.ndarray:
    return logits[asked @ (1 << np.arange(asked.shape[1]))]


def saturated(players: int, seed: int = 0) -> np.ndarray:
    """The logits of a game whose players interact, in pairs and beyond: a saturating sum with pairs, and some noise."""
    random = np.random.default_rng(seed)
    table = coalitions(players).astype(float)
    pairs = np.einsum("ni,ij,nj->n", table, random.normal(size=(players, players)), table)
    total = table @ random.normal(size=players) + pairs
    return np.tanh(total / total.std()) + random.normal(0, 0.1, 2**players)


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


def test_coalitions_are_all_there_once() -> None:
    """Two to the number of players, all different, the empty one first and the whole one last."""
    table = coalitions(5)

    assert table.shape == (32, 5)
    assert len(np.unique(table, axis=0)) == 32
    assert not table[0].any()
    assert table[-1].all()
    assert [code(tuple(np.flatnonzero(row))) for row in table] == list(range(32))


@settings(deadline=None)
@given(games)
def test_values_add_up(logits: np.ndarray) -> None:
    """Efficiency: they sum to the logit of the whole view less that of the empty one."""
    values, _ = exact(logits)

    assert values.sum() == pytest.approx(logits[-1] - logits[0], abs=1e-9)


@settings(deadline=None, max_examples=25)
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


@settings(deadline=None)
@given(logits=games, seed=st.integers(0, 99))
def test_equals_are_treated_as_equals(logits: np.ndarray, seed: int) -> None:
    """Symmetry: renaming the players renames their values and interactions, and nothing else."""
    players = len(logits).bit_length() - 1
    names = np.random.default_rng(seed).permutation(players)
    renamed = logits[coalitions(players)[:, np.argsort(names)] @ (1 << np.arange(players))]

    values, interactions = exact(logits)
    values_renamed, interactions_renamed = exact(renamed)

    np.testing.assert_allclose(values_renamed, values[names], atol=1e-12)
    np.testing.assert_allclose(interactions_renamed, interactions[np.ix_(names, names)], atol=1e-12)


@settings(deadline=None)
@given(games)
def test_idlers_get_nothing(logits: np.ndarray) -> None:
    """Dummy: a last player that never changes the logit has no value and no interaction, and changes nobody's."""
    values, interactions = exact(np.concatenate([logits, logits]))

    np.testing.assert_allclose(values, [*exact(logits)[0], 0], atol=1e-12)
    np.testing.assert_allclose(interactions[-1], 0, atol=1e-12)


@settings(deadline=None)
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

    values, interactions = exact(coalitions(4) @ single + 1)

    np.testing.assert_allclose(values, single, atol=1e-12)
    np.testing.assert_allclose(interactions, 0, atol=1e-12)


def test_the_strongest_pairs_come_first() -> None:
    """Five at most, by magnitude, each pair once; pairs that do nothing together are left out."""
    matrix = np.zeros((5, 5))
    matrix[0, 1] = matrix[1, 0] = -3
    matrix[2, 4] = matrix[4, 2] = 4

    assert strongest(matrix) == (Interaction(2, 4, 4.0), Interaction(0, 1, -3.0))
    assert len(strongest(np.ones((5, 5)))) == 5


def test_another_implementation_agrees() -> None:
    """The shap package's Kernel SHAP, given all coalitions of six players, finds the same values."""
    logits = np.random.default_rng(4).normal(size=64)
    kernel = Shap(calls=64)
    asked = kernel.ask(6, seed=0)

    theirs, _ = kernel.solve(asked, played(logits, asked), seed=0)

    np.testing.assert_allclose(theirs, exact(logits)[0], atol=1e-9)


@settings(deadline=None)
@given(players=st.integers(4, 12), calls=st.integers(46, 1100), seed=st.integers(0, 99))
def test_pairs_are_asked_once(players: int, calls: int, seed: int) -> None:
    """The empty and the whole view, then complements side by side, none twice, as many as the calls allow, one player alone
    among them for each player; and more calls ask the same and more.
    """
    asked = paired(players, calls, seed)

    assert len(asked) == min(calls // 2 * 2, 2**players)
    assert len(np.unique(asked, axis=0)) == len(asked)
    assert not asked[0].any()
    np.testing.assert_array_equal(asked[0::2], ~asked[1::2])
    assert {tuple(row) for row in np.eye(players, dtype=bool)} <= {tuple(row) for row in asked}
    np.testing.assert_array_equal(paired(players, calls + 50, seed)[: len(asked)], asked)


def test_sizes_are_asked_alike() -> None:
    """Of each size as many coalitions as of any other, where there are enough; else all."""
    counts = np.bincount(paired(12, 1100, 0)[2:].sum(axis=1))[1:]

    assert counts[[0, 1, -2, -1]].tolist() == [12, 66, 66, 12]
    assert np.ptp(counts[2:-2]) <= 2
    assert counts.sum() == 1098


def test_too_few_calls_are_refused() -> None:
    """The refusal says how many are needed, and so many work."""
    with pytest.raises(UsageError, match=r"give --calls 46 or more. Received: 45"):
        paired(12, 45, 0)

    assert len(paired(12, 46, 0)) == 46


@settings(deadline=None, max_examples=20)
@given(players=st.integers(4, 9), seed=st.integers(0, 99))
def test_all_pairs_give_the_exact_values(players: int, seed: int) -> None:
    """With every coalition asked the estimate is no estimate, and its errors vanish."""
    logits = np.random.default_rng(seed).normal(size=2**players)
    asked = paired(players, 2**players, seed)

    values, errors = estimate(asked, played(logits, asked), seed)

    np.testing.assert_allclose(values, exact(logits)[0], atol=1e-10)
    np.testing.assert_allclose(errors, 0, atol=1e-10)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 99))
def test_estimates_add_up(seed: int) -> None:
    """Efficiency holds for estimates too, and one seed gives one answer."""
    logits = saturated(10, seed)
    asked = paired(10, 100, seed)

    values, errors = estimate(asked, played(logits, asked), seed)

    assert values.sum() == pytest.approx(logits[-1] - logits[0], abs=1e-9)
    again = estimate(asked, played(logits, asked), seed)
    assert [values.tobytes(), errors.tobytes()] == [part.tobytes() for part in again]


def test_pairs_of_players_need_few_calls() -> None:
    """A game whose players interact in pairs only is solved exactly by 50 of 4096 calls, and the errors say so."""
    random = np.random.default_rng(2)
    table = coalitions(12).astype(float)
    logits = table @ random.normal(size=12) + np.einsum("ni,ij,nj->n", table, random.normal(size=(12, 12)), table)
    asked = paired(12, 50, 0)

    values, errors = estimate(asked, played(logits, asked), 0)

    np.testing.assert_allclose(values, exact(logits)[0], atol=1e-10)
    assert errors.max() < 1e-10


@pytest.mark.parametrize("calls", [100, 400])
@pytest.mark.slow
def test_errors_are_as_large_as_they_say(calls: int) -> None:
    """Over 60 draws, about 68 % of the values lie within one standard error of the exact ones, about 95 % within 1.96."""
    logits = saturated(10)
    true = exact(logits)[0]
    off = []
    for seed in range(60):
        asked = paired(10, calls, seed)
        values, errors = estimate(asked, played(logits, asked), seed)
        off.append(np.abs(values - true) / errors)

    assert np.mean(np.array(off) < 1) == pytest.approx(0.68, abs=0.08)
    assert np.mean(np.array(off) < 1.96) == pytest.approx(0.95, abs=0.05)


@pytest.mark.slow
def test_four_times_the_calls_halve_the_error() -> None:
    """At least: what is asked without repeats runs out."""
    logits = saturated(12)
    true = exact(logits)[0]

    def error(calls: int) -> float:
        asked = [paired(12, calls, seed) for seed in range(20)]
        return float(np.mean([np.abs(estimate(rows, played(logits, rows), 0)[0] - true) for rows in asked]))

    assert error(800) < 0.6 * error(200)
