"""Lines about what stands out on a map, as SVG paths: they stay when colours do not, as on a grey print."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Box

SHARES = (0.2, 0.1, 0.05)
"""The strongest so much of the area lies within each contour; the last one is drawn on top."""
FINE = 128
"""Rows and columns of a mask from which its outline needs no finer grid."""
TOLERANCE = 0.3
"""How far a drawn line may leave its true course, in cells of the grid that it is drawn on: less than the corner of one."""


@dataclass(frozen=True)
class Contour:
    """The outline of the strongest share of a map on one side: fake, real, or sensitive where a map has no sides."""

    share: float
    side: str
    path: str

    @property
    def percent(self) -> int:
        """The share in whole percent, as styles name it."""
        return round(100 * self.share)


def contours(values: NDArray[np.float32], box: Box, *, has_sign: bool = True, smooth: bool = False) -> tuple[Contour, ...]:
    """Lines about the strongest 5, 10 and 20 % of a map's area, by magnitude, each side's part of it by itself.

    Regions and cells are not cut: the one that completes the share belongs to it as a whole.

    Args:
        values: (h, w), in the unit in which it is drawn (see `xaifake.report.scales.drawn`).
        box: where the map lies.
        has_sign: whether negative values speak for the other side.
        smooth: follow levels between the grid's points, for a map that is drawn interpolated, not the borders of its cells.
    """
    found = []
    for share in SHARES:
        level = _level(np.abs(values), share)
        for side, field in (("fake", values), ("real", -values)) if has_sign else (("sensitive", np.abs(values)),):
            path = outline(field, box, level) if smooth else outline(enlarged(field >= level), box)
            if path:
                found.append(Contour(share, side, path))
    return tuple(found)


def outline(field: NDArray[np.generic], box: Box, level: float = 0.5) -> str:
    """The closed lines on which a grid (h, w) over ``box`` crosses a level; of a mask, its borders. An SVG path."""
    return "".join(map(_path, borders(field, box, level)))


def borders(field: NDArray[np.generic], box: Box, level: float = 0.5) -> list[NDArray[np.float64]]:
    """The same lines as places, each (n, 2): x and y. The last place of a line is joined to its first."""
    from skimage.measure import find_contours

    from xaifake.opencv import cv2  # scikit-image's approximate_polygon brings scipy.signal: a second to import

    scale = np.array([box.width / field.shape[1], box.height / field.shape[0]])
    found = []
    for line in find_contours(np.pad(field.astype(np.float64), 1), level):
        points = cv2.approxPolyDP(line[:-1, ::-1].astype(np.float32), TOLERANCE, closed=True)[:, 0]
        places = (points - 0.5) * scale + (box.left, box.top)  # the padding takes one cell, its middle gives half
        if len(places) > 2:
            found.append(places)
    return found


def _path(places: NDArray[np.float64]) -> str:
    """A closed line through places (n, 2) to a tenth: the first one, and the steps from each to the next."""
    tenths = np.rint(places * 10).astype(int)
    steps = np.vstack([tenths[:1], np.diff(tenths, axis=0)]) / 10
    first, *others = (f"{x:g} {y:g}" for x, y in steps.tolist())
    return f"M{first}l{' '.join(others)}z".replace(" -", "-")


def blurred(values: NDArray[np.float32], cells: int = 28) -> NDArray[np.float32]:
    """A fine map at ``cells`` rows and columns, each the mean of what lies in it: lines about single pixels say nothing."""
    from xaifake.opencv import cv2

    return np.asarray(cv2.resize(values, (cells, cells), interpolation=cv2.INTER_AREA), np.float32)


def _level(magnitudes: NDArray[np.float32], share: float) -> float:
    """The magnitude that so much of the area reaches, or the least above zero where less than that has any."""
    ranked = np.sort(magnitudes, axis=None)[::-1]
    return float(ranked[math.ceil(share * ranked.size) - 1] or ranked[ranked > 0].min(initial=math.inf))


def enlarged(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A coarse mask on a finer grid: corners stay corners."""
    times = math.ceil(FINE / max(mask.shape))
    return np.kron(mask, np.ones((times, times), bool))
