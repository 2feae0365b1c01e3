"""Shapley values of few players and what pairs of them do together, exactly, from every coalition."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.game.coalitions import every
from xaifake.records import Interaction

Numbers = NDArray[np.float64]

PAIRS = 5
"""How many interactions are kept."""


def exact(logits: Numbers) -> tuple[Numbers, Numbers]:
    """Shapley values and interactions of pairs, from every coalition.

    Sources: Shapley 1953, for the values; Grabisch and Roubens 1999, for the interaction index of pairs: what two players
    add together beyond what each adds alone, averaged over all mixtures of the others.

    Args:
        logits: (2**players,), in the order of `xaifake.game.coalitions.every`.

    Returns:
        The values (players,), which sum to the last logit less the first, and the interactions (players, players),
        symmetric with zeros on the diagonal.

    >>> values, interactions = exact(np.array([0.0, 1.0, 2.0, 5.0]))
    >>> values.tolist(), interactions.tolist()
    ([2.0, 3.0], [[0.0, 2.0], [2.0, 0.0]])
    """
    players = len(logits).bit_length() - 1
    gains = logits - logits[0]  # differences are all that counts: a constant detector then leaves exact zeros
    members = every(players)
    sizes = members.sum(axis=1)
    shown, hidden = members.astype(np.float64), (~members).astype(np.float64)

    alone = np.array([1 / (players * comb(players - 1, size)) for size in range(players)])
    values = shown.T @ (_of_size(alone, sizes - 1) * gains) - hidden.T @ (_of_size(alone, sizes) * gains)

    pairs = np.array([1 / ((players - 1) * comb(players - 2, size)) for size in range(players - 1)])
    both = shown.T @ (shown * (_of_size(pairs, sizes - 2) * gains)[:, None])
    one = shown.T @ (hidden * (_of_size(pairs, sizes - 1) * gains)[:, None])
    neither = hidden.T @ (hidden * (_of_size(pairs, sizes) * gains)[:, None])
    interactions = both - one - one.T + neither
    np.fill_diagonal(interactions, 0)
    return values, interactions


def _of_size(weights: Numbers, sizes: NDArray[np.int64]) -> Numbers:
    """The weight of each size, zero for sizes that have none."""
    inside = (sizes >= 0) & (sizes < len(weights))
    return np.where(inside, np.append(weights, 0.0)[np.where(inside, sizes, -1)], 0.0)


def strongest(interactions: NDArray[np.floating[Any]]) -> tuple[Interaction, ...]:
    """The `PAIRS` greatest of a matrix of interactions (players, players), greatest first; zeros are none."""
    first, second = np.triu_indices(len(interactions), 1)
    values = interactions[first, second]
    order = np.argsort(-np.abs(values), kind="stable")[:PAIRS]
    return tuple(Interaction(int(first[pair]), int(second[pair]), float(values[pair])) for pair in order if values[pair])
