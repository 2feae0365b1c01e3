"""Areas under the ROC curves of several detectors on the same pictures, and how their errors go together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.statistics.intervals import NORMAL
from xaifake.records import Interval

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Areas:
    """``values`` (d,) in 0..1 and their ``covariance`` (d, d), from ``fakes`` and ``reals`` pictures."""

    values: Numbers
    covariance: Numbers
    fakes: int
    reals: int

    def interval(self, one: int = 0) -> Interval:
        """The area of one detector with its 95 % interval.

        On the logit scale (Pepe 2003, The Statistical Evaluation of Medical Tests, chapter 5), so that it stays in 0..1.
        Where the pictures show no variance, as when every fake outscores every real one, by Newcombe's score interval
        instead (2006, Statistics in Medicine 25, method 5): that no error was seen does not mean that there are none.
        """
        value, variance = float(self.values[one]), float(self.covariance[one, one])
        if variance <= _ROUNDING or not 0 < value < 1:
            return Interval(value, *_newcombe(value, self.fakes, self.reals), self.fakes + self.reals)
        centre, reach = math.log(value / (1 - value)), NORMAL * math.sqrt(variance) / (value * (1 - value))
        low, high = (1 / (1 + math.exp(-min(max(end, -700.0), 700.0))) for end in (centre - reach, centre + reach))
        return Interval(value, low, high, self.fakes + self.reals)

    def difference(self, first: int, second: int) -> tuple[Interval, float]:
        """How much larger the first area is, with its 95 % interval, and the two-sided p-value of no difference.

        Without any variance p is 1: scores that order the pictures alike, or both without an error, tell no difference.
        """
        value = float(self.values[first] - self.values[second])
        contrast = np.zeros(len(self.values))
        contrast[first], contrast[second] = 1, -1
        variance = float(contrast @ self.covariance @ contrast)
        error = math.sqrt(variance) if variance > _ROUNDING else 0.0
        p_value = math.erfc(abs(value) / error / math.sqrt(2)) if error else 1.0
        return Interval(value, value - NORMAL * error, value + NORMAL * error, self.fakes + self.reals), p_value


_ROUNDING = 1e-15
"""Variances below are sums of rounding errors."""


def delong(fake: NDArray[np.bool_], scores: Numbers) -> Areas:
    """The areas of d detectors, (d, n) scores of the same n pictures, of which ``fake`` (n,) says the label.

    DeLong, DeLong and Clarke-Pearson 1988 (Biometrics 44), by midranks as in Sun and Xu 2014 (IEEE Signal Processing Letters
    21): n log n operations. At least one picture of either class; the covariance is zero where a class has only one.
    """
    from scipy.stats import rankdata

    scores = np.atleast_2d(scores)
    fakes, reals = scores[:, fake], scores[:, ~fake]
    m, n = fakes.shape[1], reals.shape[1]
    among_all = rankdata(np.hstack([fakes, reals]), axis=1)
    above_reals = (among_all[:, :m] - rankdata(fakes, axis=1)) / n
    below_fakes = 1 - (among_all[:, m:] - rankdata(reals, axis=1)) / m
    covariance = sum(
        (_covariance(placed) / placed.shape[1] for placed in (above_reals, below_fakes)), np.zeros((len(scores),) * 2)
    )
    return Areas(above_reals.mean(axis=1), covariance, m, n)


def _covariance(placed: Numbers) -> Numbers:
    if placed.shape[1] < 2:
        return np.zeros((len(placed),) * 2)
    return np.atleast_2d(np.cov(placed))


def _newcombe(value: float, fakes: int, reals: int) -> tuple[float, float]:
    """Between which areas the one that was seen is no surprise, its variance taken as that of exponential scores."""
    from scipy.optimize import brentq

    pairs, extra = fakes * reals, (fakes + reals) / 2 - 1

    def surprise(area: float) -> float:
        spread = area * (1 - area) * (1 + extra * ((1 - area) / (2 - area) + area / (1 + area))) / pairs
        return float((area - value) ** 2 - NORMAL**2 * spread)

    inside = min(max(value, 1e-9), 1 - 1e-9)  # at the very ends no area is a surprise to itself
    low = brentq(surprise, 0.0, inside) if surprise(0.0) > 0 else 0.0
    high = brentq(surprise, inside, 1.0) if surprise(1.0) > 0 else 1.0
    return float(low), float(high)
