"""Places of a picture: its superpixels of the densest evidence, and random ones of the same area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaifake.game.regions import neighbours
from xaifake.records import Attribution, Coalitions, Labels

Numbers = NDArray[np.float64]
Members = NDArray[np.bool_]
"""Which regions belong to a place, (players,)."""

CANDIDATES = 8
"""So many random places are grown for each that is kept: the one whose area is nearest."""
TOLERANCE = 1 / 4
"""How far a place's area may be off, as a share of what it should be."""


def sizes_of(labels: Labels) -> Numbers:
    """The share of the view that each region covers, (players,), summing to 1."""
    return np.asarray(np.bincount(labels.ravel()) / labels.size)


def densities_on(labels: Labels, attribution: Attribution) -> Numbers:
    """A map's mean evidence per area inside each region, (players,), up to a factor."""
    height, width = labels.shape
    drawn = attribution.density(height, width)
    return np.asarray(np.bincount(labels.ravel(), drawn.ravel()) / np.bincount(labels.ravel()))


def densest(densities: Numbers, sizes: Numbers, share: float) -> Members:
    """The densest regions, so many that their area comes nearest to a share of the view; one at least.

    >>> densest(np.array([3.0, -1.0, 0.0, 4.0]), np.full(4, 0.25), 0.5).tolist()
    [True, False, False, True]
    """
    order = np.argsort(-densities, kind="stable")
    count = 1 + int(np.abs(np.cumsum(sizes[order]) - share).argmin())
    members = np.zeros(len(sizes), np.bool_)
    members[order[:count]] = True
    return members


def is_about(members: Coalitions, sizes: Numbers, share: float) -> NDArray[np.bool_]:
    """Of each place whether its area is about the share: (N,) of (N, players)."""
    return np.asarray(np.abs(members @ sizes - share) <= TOLERANCE * share)


def random_places(labels: Labels, share: float, count: int, seed: int) -> Coalitions:
    """Connected places of about that share of the view, all different, spread over it: (at most ``count``, players).

    Each grows from a region by random neighbours until its area is nearest to the share. The regions take turns as the
    first one, so that no corner is left out; of `CANDIDATES` grown from each, the one of the nearest area is kept.

    Args:
        labels: region of each pixel, (h, w).
        share: of the view, 0..1.
        count: how many; where the view has too few different ones, there are fewer.
        seed: of the draws.
    """
    sizes = sizes_of(labels)
    random = np.random.default_rng((seed, len(sizes)))  # a stream that no other draw of this seed begins
    touching = [np.flatnonzero(row).tolist() for row in neighbours(labels)]
    taken: dict[bytes, Members] = {}
    for first in np.resize(random.permutation(len(sizes)), 2 * count).tolist():
        if len(taken) == count:
            break
        grown = np.zeros((CANDIDATES, len(sizes)), np.bool_)
        for row in grown:
            row[_grown(first, touching, sizes.tolist(), share, random)] = True
        fresh = [row for row in grown[is_about(grown, sizes, share)] if row.tobytes() not in taken]
        if fresh:
            nearest = min(fresh, key=lambda row: abs(float(row @ sizes) - share))
            taken[nearest.tobytes()] = nearest
    return np.array([*taken.values()], np.bool_).reshape(-1, len(sizes))


def _grown(
    first: int, touching: list[list[int]], sizes: list[float], share: float, random: np.random.Generator
) -> list[int]:
    """The regions of a connected place, the first one first."""
    members, area = [first], sizes[first]
    while edge := sorted({other for one in members for other in touching[one]}.difference(members)):
        joins = edge[random.integers(len(edge))]
        if area + sizes[joins] / 2 > share:
            break
        members.append(joins)
        area += sizes[joins]
    return members
