"""Which coalitions are asked: one sequence for each number of players and seed, of which every method takes the beginning.

Methods that hide the same players ask the same coalitions, so what one of them has asked costs the next nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import count, islice
from math import comb

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Coalitions

Row = NDArray[np.bool_]

CANDIDATES = 8
"""So many coalitions are drawn for each that is asked: the one least like those before it. Twelve players' values then err
less by a third and more at equal calls (docs/decisions/0012)."""
RECENT = 256
"""With how many of those before it a coalition is compared."""


def every(players: int) -> Coalitions:
    """Every coalition, (2**players, players): the empty one first, the whole one last.

    Player p is in coalition c where bit p of c is set.

    >>> every(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    return (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(np.bool_)


@lru_cache(maxsize=64)
def paired(players: int, calls: int, seed: int) -> Coalitions:
    """The empty and the whole coalition, then pairs of a coalition and its complement, none of them twice.

    Source: Musco and Witter 2025 (Leverage SHAP, arXiv:2410.01917), section 3: sizes by their leverage scores, which are
    alike, so every size is as likely as any other, and of one size every coalition. Deviations: how many of each size is not
    left to chance; the sizes take turns, in an order drawn for each turn, until all coalitions of a size are asked. And
    coalitions keep apart: of `CANDIDATES` drawn, the one is asked that is least like those before it. The first coalitions
    of a longer sequence with the same seed are those of a shorter one.

    Args:
        players: how many there are, 1 to several hundreds.
        calls: how many coalitions, at most; 2 or more.
        seed: of the draws.

    Returns:
        (N, players), read-only, True where shown; N is even, and never above ``2 ** players``: there all are asked.

    >>> paired(3, 8, seed=0).sum(axis=1).tolist()
    [0, 3, 1, 2, 1, 2, 1, 2]
    """
    first = [np.zeros(players, np.bool_), *islice(_halves(players, np.random.default_rng(seed)), calls // 2 - 1)]
    sequence = np.stack([first, np.logical_not(first)], axis=1).reshape(-1, players)
    sequence.setflags(write=False)
    return sequence


def pairs_of(players: int, size: int) -> int:
    """How many pairs of a coalition of that size and its complement there are.

    >>> pairs_of(4, 1), pairs_of(4, 2)
    (4, 3)
    """
    return comb(players, size) // (2 if 2 * size == players else 1)


def _halves(players: int, random: np.random.Generator) -> Iterator[Row]:
    """The smaller half of each pair; where both are alike, the one without the last player."""
    taken: dict[int, set[bytes]] = {size: set() for size in range(1, players // 2 + 1)}
    recent = np.zeros((RECENT, players))
    recent[0] = 1
    asked = count(1)
    for turn in count():
        left = [size for size, known in taken.items() if len(known) < pairs_of(players, size)]
        if not left:
            return
        for size in random.permutation(left):
            if 2 * size < players or turn % 2 == 0:  # one size against two of any other pair
                rows = _drawn(players, size, taken[size], random)
                row = rows[_least_like(rows, recent)]
                taken[size].add(row.tobytes())
                recent[next(asked) % RECENT] = np.where(row, 1, -1)
                yield row


def _drawn(players: int, size: int, taken: set[bytes], random: np.random.Generator) -> Coalitions:
    """One to `CANDIDATES` coalitions of that size that were not taken before."""
    while True:
        rows = random.permuted(np.tile(np.arange(players) < size, (CANDIDATES, 1)), axis=1)
        if 2 * size == players:
            rows ^= rows[:, -1:]
        if fresh := [row for row in rows if row.tobytes() not in taken]:
            return np.stack(fresh)


def _least_like(rows: Coalitions, others: NDArray[np.float64]) -> int:
    """Which row of players shown (True) has the least to do with the others (±1), or with their complements."""
    likeness = np.where(rows, 1.0, -1.0) @ others.T / rows.shape[1]
    return int(np.argmin(((likeness**2) ** 2).sum(axis=1)))
