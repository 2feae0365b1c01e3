"""Whether scores mean what they say: of the pictures scored near 0.8, do eight in ten bear the label FAKE?

That depends on the share of fakes in the data set too: scores that are right here need not be elsewhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.statistics.intervals import middle, wilson
from xaifake.audit.statistics.resampling import SAMPLES
from xaifake.records import Bin, Interval

Numbers = NDArray[np.float64]
Labels = NDArray[np.bool_]

BINS = 10
IN_A_BIN = 10
"""Pictures that a bin should hold: with fewer pictures in all there are fewer bins, and with less than two none."""


def binned(p_fake: Numbers) -> NDArray[np.int64]:
    """(n,), each picture's bin: bins hold as near to equally many pictures as equal scores, which stay together, allow.

    Equal in number and not in width: scores crowd at 0 and 1, so that bins of equal width are mostly empty or hold single
    pictures, and their error is the more biased (Nixon et al. 2019, Measuring Calibration in Deep Learning; Roelofs et al.
    2022, Mitigating Bias in Calibration Error Estimation).
    """
    from scipy.stats import rankdata

    bins = min(BINS, max(1, p_fake.size // IN_A_BIN))
    middle = (rankdata(p_fake) - 0.5) / p_fake.size
    return np.unique((middle * bins).astype(np.int64), return_inverse=True)[1].astype(np.int64)


def reliability(fake: Labels, p_fake: Numbers, bins: NDArray[np.int64]) -> tuple[Bin, ...]:
    """Each bin's range of scores, mean score and share of fakes."""
    return tuple(
        Bin(
            float(p_fake[inside].min()),
            float(p_fake[inside].max()),
            float(p_fake[inside].mean()),
            wilson(int(fake[inside].sum()), int(inside.sum())),
        )
        for inside in (bins == number for number in range(int(bins.max()) + 1))
    )


def calibration_error(reliable: tuple[Bin, ...]) -> float:
    """How far mean scores and shares of fakes lie apart, on average over pictures (ECE)."""
    total = sum(one.fake.n for one in reliable)
    return sum(one.fake.n * abs(one.score - one.fake.value) for one in reliable) / total


def error_by_chance(p_fake: Numbers, bins: NDArray[np.int64], seed: int) -> Interval:
    """The calibration error that these pictures would show if every score were right: its mean and its middle 95 %.

    Never zero, and larger the fewer pictures there are, since shares scatter (consistency resampling, Bröcker and Smith
    2007, Weather and Forecasting 22). Deviation: how many fakes a bin holds is drawn from the normal distribution.
    """
    spread = np.sqrt(np.bincount(bins, p_fake * (1 - p_fake)))
    drawn = np.abs(np.random.default_rng(seed).standard_normal((SAMPLES, spread.size)) * spread).sum(axis=1) / p_fake.size
    return Interval(float(drawn.mean()), *middle(drawn), p_fake.size)
