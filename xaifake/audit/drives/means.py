"""Mean maps on the canonical face by outcome, and their differences, from maps that stream by."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from xaifake.records import CANONICAL, Grid, MeanMap, Scores

Maps = NDArray[np.float64]
"""(m, 28, 28), each divided by the sum of its absolute values."""

ALL = "all"
OUTCOMES = ("TP", "FP", "TN", "FN", "FAKE", "REAL", ALL)
DIFFERENCES = (("FP", "TN"), ("FN", "TP"), ("TP", "TN"), ("FAKE", "REAL"))
"""What false alarms have that rightly cleared pictures have not, and so on; the last where there are no labels."""
DIGITS = 4
"""Of each number of a map, for a record that people and programs have to carry."""


class Means:
    """Sums of maps by outcome, which take the same memory however many maps are added."""

    def __init__(self, scores: Scores) -> None:
        self._outcomes = np.array([outcome or "" for outcome in scores.outcomes], dtype=np.str_)
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._sums: defaultdict[str, Maps] = defaultdict(_zeros)
        self._squares: defaultdict[str, Maps] = defaultdict(_zeros)

    def add(self, rows: NDArray[np.int64], maps: Maps) -> None:
        """Add maps whose places among the scores are ``rows``."""
        for outcome in OUTCOMES:
            mine = maps if outcome == ALL else maps[self._outcomes[rows] == outcome]
            self._counts[outcome] += len(mine)
            self._sums[outcome] += mine.sum(axis=0)
            self._squares[outcome] += (mine**2).sum(axis=0)

    def maps(self) -> tuple[MeanMap, ...]:
        """The mean of each outcome that has two maps or more, those of all pictures last."""
        told = ((one, grid_of(self._mean(one)), grid_of(self._error(one))) for one in self._told())
        return tuple(MeanMap(one, self._counts[one], values, errors) for one, values, errors in told)

    def differences(self) -> tuple[MeanMap, ...]:
        """The mean of one outcome less that of another."""
        return tuple(self._difference(one, less) for one, less in DIFFERENCES if {one, less} <= set(self._told()))

    def _difference(self, one: str, less: str) -> MeanMap:
        values = self._mean(one) - self._mean(less)
        errors = np.hypot(self._error(one), self._error(less))
        return MeanMap(one, min(self._counts[one], self._counts[less]), grid_of(values), grid_of(errors), less)

    def _told(self) -> list[str]:
        return [outcome for outcome in OUTCOMES if self._counts[outcome] >= 2]

    def _mean(self, outcome: str) -> Maps:
        return np.asarray(self._sums[outcome] / self._counts[outcome])

    def _error(self, outcome: str) -> Maps:
        n = self._counts[outcome]
        spread = self._squares[outcome] / n - self._mean(outcome) ** 2
        return np.asarray(np.sqrt(np.maximum(spread, 0) / (n - 1)))


def _zeros() -> Maps:
    return np.zeros((CANONICAL, CANONICAL))


def grid_of(values: NDArray[np.floating]) -> Grid:
    """A map as plain numbers."""
    return tuple(tuple(float(f"{value:.{DIGITS}g}") for value in row) for row in values.tolist())
