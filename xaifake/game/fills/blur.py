"""The view itself, blurred until nothing as fine as a region is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaifake.errors import UsageError
from xaifake.records import ViewPixels


@dataclass(frozen=True)
class Blur:
    """A Gaussian blur; the picture goes on beyond its border as its mirror image.

    The default takes away more than 99 % of any structure no coarser than one region of fifty (a seventh of the side), and
    leaves light and skin colour: an absent region looks out of focus, not cut out.

    Attributes:
        share: the Gaussian's standard deviation as a share of the view's shorter side: 18 pixels of 224.
    """

    share: float = 0.08

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise UsageError(f"The blur needs a share of the view's side above 0, up to 1. Received: share {self.share}")

    def fill(self, pixels: ViewPixels) -> ViewPixels:
        """The blurred view, (h, w, 3) float32 in 0..255."""
        from xaifake.opencv import cv2

        sigma = self.share * min(pixels.shape[:2])
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), np.float32)
