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
    return like_a_share(count / n, n, n)


def like_a_share(value: float, pictures: float, n: int) -> Interval:
    """Wilson's interval for a rate that scatters as a share of so many ``pictures``, of the ``n`` that there were.

    Closed, as scipy's is only for whole counts.
    """
    shrink = 1 + NORMAL**2 / pictures
    centre = (value + NORMAL**2 / (2 * pictures)) / shrink
    reach = NORMAL * math.sqrt(value * (1 - value) / pictures + (NORMAL / (2 * pictures)) ** 2) / shrink
    return Interval(value, max(min(centre - reach, value), 0.0), min(max(centre + reach, value), 1.0), n)


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
    low, high = middle(samples)
    return Interval(value, min(low, value), max(high, value), n)


def mirrored(value: float, samples: Numbers, n: int) -> Interval:
    """The percentiles of bootstrap samples mirrored about the estimate: samples are as far above it as it above the truth.

    The basic bootstrap (Davison and Hinkley 1997, Bootstrap Methods and their Application, 5.2), for rates that chance can
    only enlarge; cut at 0 and widened to hold the estimate.
    """
    low, high = middle(samples)
    return Interval(value, max(min(2 * value - high, value), 0.0), max(2 * value - low, value), n)


def middle(samples: Numbers) -> tuple[float, float]:
    """Between which values the middle 95 % lie."""
    low, high = np.quantile(samples, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
