"""The view's median over wide windows: skin goes on as skin, edges stay where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaifake.errors import UsageError
from xaifake.records import ViewPixels

GRAIN = 1 / 16
"""Standard deviation of the blur before, as a share of the window: of fine stripes a median would make stripes again."""
WIDEST = 255
"""The widest window that OpenCV takes, in pixels."""


@dataclass(frozen=True)
class Median:
    """Each pixel's median over a square window, in whole grey levels; the border's pixels go on beyond it.

    What covers less than half of a window, as eyes and mouths do, is gone without a trace, where a blur would leave a
    stain of their colour; the outline of the face stays.

    Attributes:
        share: the window's side as a share of the view's shorter side: 45 pixels of 224.
    """

    share: float = 0.2

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise UsageError(f"The median needs a share of the view's side above 0, up to 1. Received: share {self.share}")

    def fill(self, pixels: ViewPixels) -> ViewPixels:
        """The view of medians, (h, w, 3) float32 in 0..255."""
        from xaifake.opencv import cv2

        window = min(round(self.share * min(pixels.shape[:2])) // 2 * 2 + 1, WIDEST)
        soft = cv2.GaussianBlur(pixels, (0, 0), max(1.0, GRAIN * window), borderType=cv2.BORDER_REFLECT)
        return np.asarray(cv2.medianBlur(np.rint(soft).astype(np.uint8), window), np.float32)
