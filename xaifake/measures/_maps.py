"""Which maps are measured, what they say of each region, and the random maps that they are compared with."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.interfaces import Explained
from xaifake.records import Attribution, Labels, Measure

Values = NDArray[np.float64]
Order = NDArray[np.intp]

ROUNDING = 8 * float(np.finfo(np.float32).eps)
"""Numbers that differ by less, as a share of the largest, do not differ."""


def measurable(explained: Explained) -> list[Attribution]:
    """The maps that lie on the picture and hold evidence: an empty one names no place that could be tested."""
    return [one for one in explained.attributions.values() if one.domain == "pixel" and not one.is_empty]


def totals(attribution: Attribution, labels: Labels) -> Values:
    """What the map gives each region in all, (players,): on the regions of its own method, the values themselves."""
    height, width = labels.shape
    return np.asarray(np.bincount(labels.ravel(), attribution.density(height, width).ravel().astype(np.float64)), np.float64)


def means(attribution: Attribution, labels: Labels) -> Values:
    """The mean density of each region, (players,): what regions are ranked by, whatever the method."""
    return totals(attribution, labels) / np.bincount(labels.ravel())


def random_maps(players: int, count: int, seed: int) -> Values:
    """The control of every measure: ``count`` maps of independent standard normal values, (count, players)."""
    return np.random.default_rng((seed, players)).standard_normal((count, players))  # no stream that another draw begins too


def ranked(values: Values, seed: int) -> Order:
    """The regions by falling value, (players,); equal ones in random order."""
    return np.lexsort((np.random.default_rng(seed).permutation(len(values)), -values.astype(np.float32)))


def measure_of(measurer: Any, attribution: Attribution, values: dict[str, Any], **asked: int) -> Measure:
    """The record: ``asked`` are its other fields, such as seed and calls."""
    return Measure(plugins.name_of(type(measurer)), attribution.method, values, asdict(measurer), **asked)
