"""Places of a picture: the superpixels that a map calls the strongest, and random ones of the same area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.game.regions import neighbours
from xaifake.placing import place
from xaifake.records import Attribution, Coalitions, Labels

Numbers = NDArray[np.float64]
Members = NDArray[np.bool_]
"""Which regions belong to a place, (players,)."""

CANDIDATES = 8
"""So many random places are grown for each that is kept: the one whose area is nearest."""
TOLERANCE = 1 / 4
"""How far a place's area may be off, as a share of what it should be."""


@dataclass(frozen=True, eq=False)
class Place:
    """Regions that a map calls the strongest.

    Attributes:
        members: which regions they are, (players,).
        side: what the map says they support: 1 for FAKE, −1 for REAL, 0 where it does not tell.
    """

    members: Members
    side: int


def sizes_of(labels: Labels) -> Numbers:
    """The share of the view that each region covers, (players,), summing to 1."""
    return np.asarray(np.bincount(labels.ravel()) / labels.size)


def evidence_on(labels: Labels, attribution: Attribution) -> Numbers:
    """A map's mean evidence per area inside each region, (players,), up to a factor.

    Maps of other regions are spread evenly over each of these; coarse grids are interpolated between the middles of their
    cells.
    """
    values = attribution.values
    if attribution.regions is not None:
        values = values / np.bincount(attribution.regions.ravel()).astype(np.float32)[attribution.regions]
    return mean_on(labels, place(values, (0, 0, *labels.shape), labels.shape, smooth=attribution.regions is None))


def mean_on(labels: Labels, values: NDArray[np.float32]) -> Numbers:
    """The mean of values (h, w) inside each region, (players,)."""
    flat = labels.ravel()
    return np.asarray(np.bincount(flat, values.ravel()) / np.bincount(flat))


def has_sign(attribution: Attribution) -> bool:
    """Whether the map tells FAKE from REAL: a sensitivity to steps of its domain does not."""
    return attribution.unit != f"logit per {plugins.find('domain', attribution.domain).step}"


def strongest(evidence: Numbers, sizes: Numbers, share: float, *, signed: bool = True) -> Place:
    """The regions of the densest evidence that together cover about ``share`` of the view, for the side that has more of it.

    Args:
        evidence: per area, (players,).
        sizes: the regions' shares of the view, (players,).
        share: of the view, 0..1.
        signed: whether the map tells FAKE from REAL; where it does not, magnitudes count.

    >>> found = strongest(np.array([3.0, -1.0, 0.0, -4.0]), np.full(4, 0.25), 0.25)
    >>> found.members.tolist(), found.side
    ([False, False, False, True], -1)
    """
    sides = {1: evidence, -1: -evidence} if signed else {0: np.abs(evidence)}
    places = {side: _leading(densities, sizes, share) for side, densities in sides.items()}
    side = max(places, key=lambda one: float((sides[one] * sizes)[places[one]].sum()))
    return Place(places[side], side)


def _leading(densities: Numbers, sizes: Numbers, share: float) -> Members:
    """The densest regions, so many that their area comes nearest to the share; one at least."""
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
    random, sizes, touching = np.random.default_rng(seed), sizes_of(labels), neighbours(labels)
    taken: dict[bytes, Members] = {}
    for first in np.resize(random.permutation(len(sizes)), 2 * count).tolist():
        grown = np.stack([_grown(first, touching, sizes, share, random) for _ in range(CANDIDATES)])
        fresh = [row for row in grown[is_about(grown, sizes, share)] if row.tobytes() not in taken]
        if fresh and len(taken) < count:
            nearest = min(fresh, key=lambda row: abs(float(row @ sizes) - share))
            taken[nearest.tobytes()] = nearest
    return np.array([*taken.values()], np.bool_).reshape(-1, len(sizes))


def _grown(first: int, touching: NDArray[np.bool_], sizes: Numbers, share: float, random: np.random.Generator) -> Members:
    members = np.zeros(len(sizes), np.bool_)
    members[first] = True
    while len(edge := np.flatnonzero(touching[members].any(axis=0) & ~members)):
        joins = random.choice(edge)
        if sizes[members].sum() + sizes[joins] / 2 > share:
            break
        members[joins] = True
    return members
