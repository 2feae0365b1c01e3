"""Shapley values of few players: exact from every coalition, or estimated from some, each with its standard error."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.records import Coalitions, Interaction

Numbers = NDArray[np.float64]

PAIRS = 5
"""How many interactions are kept."""
RESAMPLES = 200
"""Bootstraps from which a standard error is read: itself known to 5 %."""


def coalitions(players: int) -> Coalitions:
    """Every coalition, (2**players, players): the empty one first, the whole one last.

    Player p is in coalition c where bit p of c is set.

    >>> coalitions(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    return (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(np.bool_)


def exact(logits: Numbers) -> tuple[Numbers, Numbers]:
    """Shapley values and interactions of pairs, from every coalition.

    Sources: Shapley 1953, for the values; Grabisch and Roubens 1999, for the interaction index of pairs: what two players
    add together beyond what each adds alone, averaged over all mixtures of the others.

    Args:
        logits: (2**players,), in the order of `coalitions`.

    Returns:
        The values (players,), which sum to the last logit less the first, and the interactions (players, players),
        symmetric with zeros on the diagonal.

    >>> values, interactions = exact(np.array([0.0, 1.0, 2.0, 5.0]))
    >>> values.tolist(), interactions.tolist()
    ([2.0, 3.0], [[0.0, 2.0], [2.0, 0.0]])
    """
    players = len(logits).bit_length() - 1
    gains = logits - logits[0]  # differences are all that counts: a constant detector then leaves exact zeros
    members = coalitions(players)
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


def paired(players: int, calls: int, seed: int) -> Coalitions:
    """Coalitions to estimate Shapley values from: the empty and the whole one, then pairs of a coalition and its complement.

    Source: Musco and Witter 2025 (Leverage SHAP, arXiv:2410.01917), section 3: pairs, none of them twice, as many of each
    size as of any other while there are enough. Deviations: how many of each size is not left to chance; each player is
    shown alone and hidden alone, so that the values are determined; of every other size there are at least two pairs, so
    that their spread is known. More calls with the same seed ask the same and more.

    Returns:
        (N, players), where N is even and at most ``calls``.

    Raises:
        UsageError: fewer calls than all that needs.
    """
    random = np.random.default_rng(seed)
    members = coalitions(players)
    codes = random.permutation(np.arange(1, 2 ** (players - 1)))  # of each pair the one without the last player
    sizes = _pair_sizes(members[codes])
    place = np.empty(len(codes))
    for size, there in zip(*np.unique(sizes, return_counts=True), strict=True):
        turn = np.arange(there) + 0.5
        turn[: there if size == 1 else 2] = -1
        place[sizes == size] = turn * (2 if 2 * size == players else 1)
    least = 2 + 2 * int((place < 0).sum())
    if calls < least:
        raise UsageError(
            f"Values of {players} parts cannot be estimated from so few model calls; give --calls {least} or more. "
            f"Received: {calls}"
        )
    whole = 2**players - 1
    chosen = codes[np.argsort(place, kind="stable")[: calls // 2 - 1]]
    asked: Coalitions = members[np.concatenate([[0, whole], np.stack([chosen, whole - chosen], axis=1).ravel()])]
    return asked


def estimate(asked: Coalitions, logits: Numbers, seed: int) -> tuple[Numbers, Numbers]:
    """Shapley values from the logits of `paired` coalitions, and the standard error of each.

    The values solve Kernel SHAP's weighted least squares (Lundberg and Lee 2017, theorem 2) under the constraint that they
    sum to the whole logit less the empty one; the pairs asked of a size stand for all of that size. Of a pair only the
    difference matters: its sum tells nothing of the values. The errors are the spread over `RESAMPLES` bootstraps of the
    pairs of each size, rescaled for how many of them were asked (Rao and Wu 1988): with all pairs asked the values are exact
    and the errors vanish. Games without interactions of more than two players are solved exactly by any pairs.

    Args:
        asked: what `paired` gave, (N, players).
        logits: theirs, (N,).
        seed: of the bootstrap.

    Returns:
        Values and standard errors, (players,) each.
    """
    first = asked[2::2]
    signs = np.where(first, 1.0, -1.0)
    differences = logits[2::2] - logits[3::2]
    sizes, players = _pair_sizes(first), asked.shape[1]
    weights = np.concatenate([np.ones((1, len(first))), _bootstrap(sizes, players, np.random.default_rng(seed))])
    for size, count in zip(*np.unique(sizes, return_counts=True), strict=True):
        weights[:, sizes == size] *= _pairs(players, size) / (count * comb(players, size) * size * (players - size))

    squares = (signs[:, :, None] * signs[:, None, :]).reshape(len(first), -1)
    system = np.ones((len(weights), players + 1, players + 1))  # with Lagrange's multiplier for the constraint
    system[:, :-1, :-1] = (weights @ squares).reshape(-1, players, players)
    system[:, -1, -1] = 0
    target = np.full((len(weights), players + 1), logits[1] - logits[0])
    target[:, :-1] = weights @ (signs * differences[:, None])
    values = np.linalg.solve(system, target[..., None])[:, :-1, 0]
    return values[0], values[1:].std(axis=0, ddof=1)


def _bootstrap(sizes: NDArray[np.int64], players: int, random: np.random.Generator) -> Numbers:
    """(RESAMPLES, pairs): how much each pair counts in each bootstrap; always 1 where all pairs of its size were asked."""
    weights = np.ones((RESAMPLES, len(sizes)))
    for size, count in zip(*np.unique(sizes, return_counts=True), strict=True):
        missing = 1 - count / _pairs(players, size)
        if missing > 0:
            drawn = random.multinomial(count - 1, np.full(count, 1 / count), RESAMPLES)
            weights[:, sizes == size] += np.sqrt(missing) * (drawn * count / (count - 1) - 1)
    return weights


def _pair_sizes(members: Coalitions) -> NDArray[np.int64]:
    """Of each pair the size of the smaller half."""
    sizes = members.sum(axis=1)
    smaller: NDArray[np.int64] = np.minimum(sizes, members.shape[1] - sizes)
    return smaller


def _pairs(players: int, size: int) -> int:
    """How many pairs of a coalition of that size and its complement there are."""
    return comb(players, size) // (2 if 2 * size == players else 1)
