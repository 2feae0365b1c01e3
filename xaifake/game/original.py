"""The truest fill: an absent region shows what the genuine picture shows there."""

from __future__ import annotations

import numpy as np

from xaifake.records import ViewPixels


class GenuinePixels:
    """Gives regions their genuine pixels back: no guess of what lies beneath, no picture that no camera took.

    It is made for one view with the pixels of its `View.original`, and so is no plug-in that a name could call.
    """

    def __init__(self, pixels: ViewPixels) -> None:
        self._pixels = pixels

    def fill(self, pixels: ViewPixels) -> ViewPixels:
        """The genuine view, (h, w, 3) float32 in 0..255, whatever the other shows."""
        if pixels.shape != self._pixels.shape:
            raise ValueError(f"The genuine view has the shape {self._pixels.shape}. Received: {pixels.shape}")
        return np.array(self._pixels)
