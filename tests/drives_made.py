"""What drives a detector's scores, from records alone: a mouth that speaks for FAKE, an edge that should not matter."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from synthetic import hill

from xaifake.faces.canonical import canonical_outline
from xaifake.faces.parts import PARTS
from xaifake.records import BandShare, Cluster, Clusters, Drives, Interval, MeanMap, PartShare, Place, Tie

SIZE = (28, 28)
COUNTS = {"TP": 156, "FP": 21, "TN": 149, "FN": 34}
STRENGTH = {"TP": 1.0, "FP": 0.7, "TN": -0.5, "FN": -0.2}
AREAS = (0.02, 0.02, 0.02, 0.02, 0.06, 0.05, 0.09, 0.07, 0.07, 0.08, 0.04, 0.03, 0.12, 0.11, 0.14, 0.06)


def _grid(values: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(round(value, 6)) for value in row) for row in values)


def _values(strength: float) -> NDArray[np.float64]:
    map_ = (
        hill(SIZE, 0.72, 0.5, 0.1, strength) + hill(SIZE, 0.35, 0.3, 0.08, 0.4 * strength) + hill(SIZE, 0.1, 0.9, 0.1, -0.3)
    )
    return np.asarray(map_ / np.abs(map_).sum(), np.float64)


def _mean(outcome: str) -> MeanMap:
    n = COUNTS[outcome]
    return MeanMap(outcome, n, _grid(_values(STRENGTH[outcome])), _grid(np.full(SIZE, 0.006 / math.sqrt(n))))


def _difference(outcome: str, less: str) -> MeanMap:
    values = _values(STRENGTH[outcome]) - _values(STRENGTH[less])
    n = min(COUNTS[outcome], COUNTS[less])
    return MeanMap(outcome, n, _grid(values), _grid(np.full(SIZE, 0.009 / math.sqrt(n))), less)


def _shares(share: float) -> dict[str, Interval]:
    return {
        outcome: Interval(share * (1 + 0.1 * at), share * (0.85 + 0.1 * at), share * (1.15 + 0.1 * at), n)
        for at, (outcome, n) in enumerate(COUNTS.items())
    }


def clusters(ids: Sequence[str]) -> Clusters:
    """Three kinds of maps, one of which goes with the files' format."""
    kinds = [
        Cluster(at, n, _grid(_values(strength)), tuple(ids[at::3][:3]), {"TP": n // 2, "TN": n - n // 2})
        for at, (n, strength) in enumerate(((170, 1.0), (130, -0.6), (60, 0.2)))
    ]
    ties = (Tie("format", 0.41, 0.002), Tie("width", 0.06, 0.21), Tie("source", 0.02, 0.64))
    return Clusters(360, 0.31, tuple(kinds), ties)


def drives(ids: Sequence[str] = ()) -> Drives:
    """Everything that drives can say."""
    weights = np.random.default_rng(2).uniform(0.3, 1.2, len(PARTS)) * AREAS
    weights[PARTS.index("mouth")] *= 5
    shares = weights / weights.sum()
    return Drives(
        method="gradcam",
        n=360,
        empty=3,
        without_face=9,
        maps=tuple(_mean(outcome) for outcome in COUNTS),
        differences=(_difference("TP", "TN"), _difference("FP", "TN"), _difference("FN", "TP")),
        parts=tuple(
            PartShare(part, area, _shares(float(share))) for part, area, share in zip(PARTS, AREAS, shares, strict=True)
        ),
        places=(
            Place(
                "outside_face", 0.44, _shares(0.31), {label: Interval(0.31, 0.27, 0.35, 180) for label in ("FAKE", "REAL")}
            ),
            Place("frame", 0.06, _shares(0.09)),
        ),
        bands=tuple(_band(at) for at in range(8)),
        clusters=clusters(ids),
        outline=canonical_outline(),
    )


def _band(at: int) -> BandShare:
    change = [-0.2, -0.4, -0.3, -0.2, -0.5, -0.9, -1.6, -0.7][at]
    low, high = 0.5 * 2.0 ** (at - 8), 0.5 * 2.0 ** (at - 7)

    def told(value: float) -> dict[str, Interval]:
        return {
            "FAKE": Interval(value, value - 0.2, value + 0.2, 60),
            "REAL": Interval(-value / 3, -value / 3 - 0.2, -value / 3 + 0.2, 60),
        }

    return BandShare(at, low, high, told(change), told(-0.15))
