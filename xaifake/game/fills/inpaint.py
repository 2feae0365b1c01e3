"""The view as its surroundings would have it: each place is painted in from what lies around it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from xaifake.errors import UsageError
from xaifake.records import Pixels, ViewPixels

WORKING_SIDE = 112
"""The longest side at which holes are painted in, in pixels: what is painted is smooth."""
STRIDE = 3
"""Every third cell is a hole at once, in rows and in columns, so that as much stays around each hole."""
RADIUS = 5
"""How far each pixel that is painted looks, in pixels of the working size."""


@dataclass(frozen=True)
class Inpaint:
    """Each cell of a grid is painted in from outside a hole that reaches half a cell beyond it (Bertalmio et al. 2001).

    A fill is one picture, whatever else is hidden: so a hole's surroundings always show the view, also where they are
    absent themselves. With one region hidden this is roughly what inpainting shows, although regions are not the grid's
    cells; with many hidden it is not, and something of them shines through. Surroundings are softened first, since single
    pixels would be drawn out into streaks, and cells fade into each other; still the grid can be seen.

    Attributes:
        share: a cell's side as a share of the view's shorter side; the default is that of one region of fifty.
    """

    share: float = 1 / 7

    def __post_init__(self) -> None:
        if not 0 < self.share <= 0.25:
            raise UsageError(
                f"Inpainting needs cells of a share of the view's side above 0, up to 0.25. Received: share {self.share}"
            )

    def fill(self, pixels: ViewPixels) -> ViewPixels:
        """The painted view, (h, w, 3) float32 in 0..255."""
        from xaifake.opencv import cv2

        height, width = pixels.shape[:2]
        scale = min(1.0, WORKING_SIDE / max(height, width))
        # Of two rows at least: into a lone one OpenCV paints what memory happened to hold.
        size = (max(2, round(width * scale)), max(2, round(height * scale)))
        cell = max(1, round(self.share * min(size)))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        soft = cv2.GaussianBlur(small, (0, 0), max(1.0, cell / 8), borderType=cv2.BORDER_REFLECT)
        painted = _painted(np.rint(soft).astype(np.uint8), cell)
        return np.asarray(cv2.resize(painted, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _painted(pixels: Pixels, cell: int) -> ViewPixels:
    """The mean of all holes' paintings, each weighing most in the middle of its cells; a lone hole's view stays."""
    from xaifake.opencv import cv2

    rows, columns = (np.arange(side) // cell % STRIDE for side in pixels.shape[:2])
    beyond = np.ones((cell // 2 * 2 + 1,) * 2, np.uint8)
    painted, weights = np.zeros(pixels.shape, np.float32), np.zeros((*pixels.shape[:2], 1), np.float32)
    for row, column in itertools.product(range(STRIDE), repeat=2):
        cells = ((rows[:, None] == row) & (columns == column)).astype(np.uint8)
        hole = cv2.dilate(cells, beyond)
        weight = (cv2.GaussianBlur(cells.astype(np.float32), (0, 0), max(0.3, cell / 4)) * hole)[..., None]
        view = pixels if hole.all() else cv2.inpaint(pixels, hole, RADIUS, cv2.INPAINT_NS)
        painted += weight * view
        weights += weight
    return np.asarray(np.clip(painted / weights, 0, 255), np.float32)  # a mean of 255s may round beyond
