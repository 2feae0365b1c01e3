"""How alike two maps are: by the order of their values, by the values themselves, and by which places lead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaifake.checks._places import densities_on
from xaifake.records import Attribution, Labels

Numbers = NDArray[np.float64]

LEADING = 5
"""How many places are the leading ones."""
SHOWN = 0.1
"""The share of the greatest value from which a place's sign is shown."""


def values_of(attribution: Attribution, labels: Labels) -> Numbers:
    """A map's values as they are compared: its own regions', else its evidence on each superpixel, (players,).

    Maps of another domain than pixels have no place on superpixels and are compared cell by cell.
    """
    if attribution.region_values is not None:
        return attribution.region_values.astype(np.float64)
    if attribution.domain == "pixel":
        return densities_on(labels, attribution)
    return attribution.values.astype(np.float64).ravel()


def rank_correlation(one: Numbers, other: Numbers) -> float:
    """Spearman's, −1..1; 0 where one of them is the same everywhere, which is like nothing.

    >>> rank_correlation(np.array([1.0, 2.0, 5.0]), np.array([0.1, 0.2, 0.3]))
    1.0
    """
    from scipy.stats import rankdata

    return correlation(rankdata(one), rankdata(other))


def correlation(one: Numbers, other: Numbers) -> float:
    """Pearson's, −1..1; 0 where one of them is the same everywhere.

    >>> correlation(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0]))
    0.0
    """
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return round(float(np.corrcoef(one, other)[0, 1]), 6)


def shown(values: Numbers) -> Numbers:
    """The values that a reader sees: what is below `SHOWN` of the greatest magnitude counts as nothing.

    >>> shown(np.array([5.0, -1.0, 0.4])).tolist()
    [5.0, -1.0, 0.0]
    """
    magnitudes = np.abs(values)
    return np.where(magnitudes >= SHOWN * magnitudes.max(), values, 0.0)


def overlap(one: Numbers, other: Numbers) -> float:
    """The share that two maps have in common of all places that lead in either (Jaccard), 0..1; 0 where none leads.

    >>> overlap(np.array([3.0, -2.0, 0.0, 0.0]), np.array([-4.0, 1.0, 2.0, 0.0]))
    0.333333
    """
    first, second = leading(one), leading(other)
    return round(len(first & second) / max(1, len(first | second)), 6)


def leading(values: Numbers) -> set[int]:
    """The `LEADING` places of the greatest magnitude, fewer where fewer have any; half of all where that is less."""
    count = max(1, min(LEADING, len(values) // 2, np.count_nonzero(values)))
    return {int(place) for place in np.argsort(-np.abs(values), kind="stable")[:count] if values[place]}
