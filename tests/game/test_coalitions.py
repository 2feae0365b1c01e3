"""The sequence of coalitions: pairs, none twice, the same beginning for every budget, every size alike."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaifake.game.coalitions import every, paired, pairs_of

pytestmark = pytest.mark.slow

SEQUENCE = [0, 63, 11, 52, 8, 55, 34, 29, 33, 30, 16, 47, 36, 27, 7, 56, 1, 62, 18, 45, 4, 59, 14, 49]
ALL_OF_FIVE = [
    0,
    31,
    10,
    21,
    1,
    30,
    4,
    27,
    18,
    13,
    24,
    7,
    8,
    23,
    17,
    14,
    2,
    29,
    20,
    11,
    16,
    15,
    9,
    22,
    12,
    19,
    6,
    25,
    3,
    28,
    5,
    26,
]


def test_every_coalition_is_there_once() -> None:
    """Two to the number of players, all different, by their bits: the empty one first and the whole one last."""
    table = every(5)

    assert table.shape == (32, 5)
    assert (table @ (1 << np.arange(5))).tolist() == list(range(32))


@given(players=st.integers(1, 220), calls=st.integers(2, 600), seed=st.integers(0, 99))
def test_pairs_are_asked_once(players: int, calls: int, seed: int) -> None:
    """The empty and the whole coalition, then complements side by side, none twice, as many as the calls allow."""
    asked = paired(players, calls, seed)

    assert len(asked) == min(calls // 2 * 2, 2**players)
    assert len(np.unique(asked, axis=0)) == len(asked)
    assert not asked[0].any()
    assert not asked.flags.writeable
    np.testing.assert_array_equal(asked[0::2], ~asked[1::2])


@given(players=st.integers(1, 60), calls=st.integers(2, 300), more=st.integers(0, 300), seed=st.integers(0, 99))
def test_more_calls_ask_the_same_and_more(players: int, calls: int, more: int, seed: int) -> None:
    """The first coalitions of a larger budget are those of a smaller one, to the last bit."""
    asked = paired(players, calls, seed)

    np.testing.assert_array_equal(paired(players, calls + more, seed)[: len(asked)], asked)


@pytest.mark.parametrize("players", [1, 2, 3, 7, 10])
def test_all_are_asked_where_calls_allow_it(players: int) -> None:
    """With calls for every coalition, each is asked, in the sequence's own order."""
    asked = paired(players, 2**players + 5, seed=1)

    assert sorted((asked @ (1 << np.arange(players))).tolist()) == list(range(2**players))


def test_sizes_are_asked_alike() -> None:
    """Of each size as many coalitions as of any other while there are enough; then all of that size."""
    counts = np.bincount(paired(12, 1100, 0)[2:].sum(axis=1))[1:]

    assert counts[[0, -1]].tolist() == [12, 12]
    assert counts[[1, -2]].tolist() == [66, 66]
    assert np.ptp(counts[2:-2]) <= 2
    assert counts.sum() == 1098


def test_seeds_differ() -> None:
    """Another seed asks others, and one seed asks the same twice."""
    first, again, other = (paired(20, 100, seed) for seed in (3, 3, 4))

    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_seed_has_the_sequence_that_it_always_had() -> None:
    """Cases that were saved are repeated by it, so it may not change unawares: players as bits."""
    assert (paired(6, 24, seed=0) @ (1 << np.arange(6))).tolist() == SEQUENCE
    assert (paired(5, 32, seed=3) @ (1 << np.arange(5))).tolist() == ALL_OF_FIVE


def test_pairs_are_counted() -> None:
    """The pairs of all sizes are all coalitions but the empty and the whole one."""
    for players in range(1, 12):
        assert sum(2 * pairs_of(players, size) for size in range(1, players // 2 + 1)) == 2**players - 2
    assert 2 * pairs_of(70, 35) == math.comb(70, 35)


def test_coalitions_keep_apart() -> None:
    """They are less alike than coalitions of the same sizes drawn at random, so that players are told apart sooner."""
    random = np.random.default_rng(0)

    def alike(rows: np.ndarray) -> float:
        signs = np.where(rows, 1, -1)
        return float(np.mean((signs @ signs.T / 12)[~np.eye(len(rows), dtype=bool)] ** 4))

    spread = [paired(12, 96, seed)[2::2] for seed in range(8)]
    drawn = [np.array([random.permutation(row) for row in rows]) for rows in spread]

    assert np.mean([alike(rows) for rows in spread]) < 0.9 * np.mean([alike(rows) for rows in drawn])
