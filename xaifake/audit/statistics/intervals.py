"""Intervals of 95 % for shares, for what is made of two shares, and for resampled estimates."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Interval

Numbers = NDArray[np.float64]

LEVEL = 0.95
NORMAL = 1.959963984540054
"""How many standard errors such an interval reaches to either side."""


def wilson(count: int, n: int) -> Interval:
    """The share ``count`` of ``n`` > 0 with Wilson's score interval (Wilson 1927), which no count makes a point.

    >>> str(wilson(0, 20)), str(wilson(10, 20))
    ('0.000 [0.000, 0.161]', '0.500 [0.299, 0.701]')
    """
    from scipy.stats import binomtest

    share = count / n
    found = binomtest(count, n).proportion_ci(LEVEL, method="wilson")
    return Interval(share, min(float(found.low), share), max(float(found.high), share), n)


def of_two(function: Callable[[float, float], float], rising: Interval, falling: Interval) -> Interval:
    """A function 0..1 of two independent shares that grows with the first and shrinks with the second.

    The distances that either share's own interval makes are squared and added (Newcombe 1998, Statistics in Medicine 17,
    method 10; for other functions than a difference Zou and Donner 2008, ibid. 27). So it behaves as well as Wilson's
    where no error was seen, of which resampling would make a point. Deviation: the function need not be linear.
    """
    value = function(rising.value, falling.value)
    low = math.hypot(value - function(rising.low, falling.value), value - function(rising.value, falling.high))
    high = math.hypot(function(rising.high, falling.value) - value, function(rising.value, falling.low) - value)
    return Interval(value, max(value - low, 0.0), min(value + high, 1.0), rising.n + falling.n)


def percentiles(value: float, samples: Numbers, n: int) -> Interval:
    """The estimate with the percentiles of its bootstrap samples, widened where they do not hold the estimate itself."""
    low, high = np.quantile(samples, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value, min(float(low), value), max(float(high), value), n)
