"""One colour: the view's mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaifake.records import ViewPixels


@dataclass(frozen=True)
class Mean:
    """The view's mean colour everywhere: it takes all structure away, and its flatness may itself look FAKE."""

    def fill(self, pixels: ViewPixels) -> ViewPixels:
        """One colour, (h, w, 3) float32 in 0..255."""
        colour = pixels.mean(axis=(0, 1), dtype=np.float64)
        return np.broadcast_to(colour.astype(np.float32), pixels.shape).copy()
