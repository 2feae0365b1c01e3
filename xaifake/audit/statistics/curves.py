"""Curves over all thresholds: ROC and precision-recall, as many points as drawing them needs."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Curve

Numbers = NDArray[np.float64]
Labels = NDArray[np.bool_]

POINTS = 200
"""Of a curve, at most."""


def roc(fake: Labels, p_fake: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """False positive rates, true positive rates and the scores from which pictures are called FAKE, the highest first.

    The first point, at which nothing is called FAKE, has the score infinity.
    """
    from sklearn.metrics import roc_curve

    alarms, found, scores = roc_curve(fake, p_fake, drop_intermediate=False)
    return alarms, found, scores


def roc_points(fake: Labels, p_fake: Numbers) -> Curve:
    """The ROC curve thinned; where nothing is called FAKE its score is given as 1."""
    alarms, found, scores = roc(fake, p_fake)
    return thinned(alarms, found, np.minimum(scores, 1.0))


def precision_recall_points(fake: Labels, p_fake: Numbers) -> Curve:
    """Precision (y) over recall (x), thinned; without the point at no recall, where no picture says what precision is."""
    from sklearn.metrics import precision_recall_curve

    precision, recall, scores = precision_recall_curve(fake, p_fake)
    return thinned(recall[-2::-1], precision[-2::-1], scores[::-1])


def equal_error_rate(alarms: Numbers, found: Numbers) -> float:
    """Where the ROC curve, drawn straight between its points, has as large a share of alarms as of missed fakes."""
    gap = (1 - found) - alarms
    after = int((gap <= 0).argmax())
    along = gap[after - 1] / (gap[after - 1] - gap[after])
    return float(alarms[after - 1] + (alarms[after] - alarms[after - 1]) * along)


def thinned(x: Numbers, y: Numbers, scores: Numbers, points: int = POINTS) -> Curve:
    """The ends, and then always the point farthest from the line drawn so far (Ramer 1972; Douglas and Peucker 1973)."""
    kept, waiting = {0, len(x) - 1}, [_farthest(x, y, 0, len(x) - 1)]
    while waiting and len(kept) < points:
        distance, place, first, last = heapq.heappop(waiting)
        if distance == 0:
            break
        kept.add(place)
        heapq.heappush(waiting, _farthest(x, y, first, place))
        heapq.heappush(waiting, _farthest(x, y, place, last))
    places = sorted(kept)
    return Curve(tuple(x[places].tolist()), tuple(y[places].tolist()), tuple(scores[places].tolist()))


def _farthest(x: Numbers, y: Numbers, first: int, last: int) -> tuple[float, int, int, int]:
    """Minus the greatest distance from the chord, the place that has it, and the chord's ends: the first of a heap."""
    if last - first < 2:  # nothing lies between neighbours
        return 0.0, first, first, last
    across, up = x[last] - x[first], y[last] - y[first]
    between = slice(first + 1, last)
    away = np.abs(across * (y[between] - y[first]) - up * (x[between] - x[first]))
    place = int(away.argmax())
    return -float(away[place] / (np.hypot(across, up) or 1.0)), first + 1 + place, first, last
