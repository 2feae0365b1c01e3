"""Bootstrap samples of labelled pictures, and the error rates of all of them at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Labels = NDArray[np.bool_]

SAMPLES = 1000
STEPS = 1000
"""Distinct scores told apart in resampling. Where there are more, neighbours are taken together, in equal numbers."""


class Resamples:
    """Samples of pictures, drawn with replacement within each class (Efron and Tibshirani 1993, chapter 13).

    A sample is how many fakes and reals it has at each distinct score, so all that follows are sums along that axis, and
    ten thousand pictures cost what a thousand do.
    """

    def __init__(self, fake: Labels, p_fake: Numbers, seed: int) -> None:
        random = np.random.default_rng(seed)
        self._place = _places(p_fake)
        steps = int(self._place.max()) + 1
        self._scores = np.bincount(self._place, p_fake, steps) / np.bincount(self._place, minlength=steps)
        self._fakes = _drawn(random, self._place[fake], steps)
        self._reals = _drawn(random, self._place[~fake], steps)

    def equal_error_rates(self) -> Numbers:
        """(SAMPLES,), see `xaifake.audit.statistics.curves.equal_error_rate`."""
        missed, alarms = 1 - _shares(self._fakes), _shares(self._reals)
        start = np.zeros((len(missed), 1))
        missed, alarms = np.hstack([start + 1, missed]), np.hstack([start, alarms])
        after = (alarms >= missed).argmax(axis=1)[:, None]
        gaps = [np.take_along_axis(missed - alarms, place, axis=1) for place in (after - 1, after)]
        ends = [np.take_along_axis(alarms, place, axis=1) for place in (after - 1, after)]
        return np.asarray((ends[0] + (ends[1] - ends[0]) * gaps[0] / (gaps[0] - gaps[1]))[:, 0])

    def brier_scores(self) -> Numbers:
        """(SAMPLES,), mean squared distance of score and label."""
        total = self._fakes[0].sum() + self._reals[0].sum()
        return np.asarray((self._fakes @ (1 - self._scores) ** 2 + self._reals @ self._scores**2) / total)

    def calibration_errors(self, bins: NDArray[np.int64]) -> Numbers:
        """(SAMPLES,), with each picture in its bin of (n,) ``bins``, whatever the sample."""
        last = np.zeros(self._scores.size, dtype=np.int64)
        last[self._place] = bins
        member = np.eye(int(bins.max()) + 1)[last]
        scored = (self._fakes + self._reals) @ (member * self._scores[:, None])
        return np.asarray(np.abs(scored - self._fakes @ member).sum(axis=1) / (self._fakes[0].sum() + self._reals[0].sum()))


def _places(p_fake: Numbers) -> NDArray[np.int64]:
    """(n,), each picture's place among the distinct scores, the highest first."""
    distinct, place = np.unique(-p_fake, return_inverse=True)
    if distinct.size <= STEPS:
        return np.asarray(place, dtype=np.int64)
    before = np.concatenate([[0], np.bincount(place).cumsum()[:-1]])
    return np.unique((before * STEPS // p_fake.size)[place], return_inverse=True)[1].astype(np.int64)


def _drawn(random: np.random.Generator, place: NDArray[np.int64], steps: int) -> Numbers:
    """(SAMPLES, steps), how often each score is drawn."""
    return random.multinomial(place.size, np.bincount(place, minlength=steps) / place.size, SAMPLES).astype(np.float64)


def _shares(counts: Numbers) -> Numbers:
    """Which share scored so high or higher."""
    total = counts.cumsum(axis=1)
    return np.asarray(total / total[:, -1:])
