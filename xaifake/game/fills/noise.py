"""The blurred view with as much noise as the blur took away structure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaifake.errors import UsageError
from xaifake.game.fills.blur import Blur
from xaifake.records import ViewPixels


@dataclass(frozen=True)
class Noise:
    """A Gaussian blur, and white noise whose standard deviation in each channel is that of what the blur took away.

    A detector that takes smoothness for FAKE is not misled by it as by a blur; one that reads grain is. Values beyond 0..255
    are cut.

    Attributes:
        share: the blur's standard deviation as a share of the view's shorter side.
        seed: of the noise, which is the same for all views of one size.
    """

    share: float = 0.08
    seed: int = 0

    def __post_init__(self) -> None:
        Blur(self.share)  # which refuses what is no share
        if self.seed < 0:
            raise UsageError(f"The noise needs a seed from 0. Received: seed {self.seed}")

    def fill(self, pixels: ViewPixels) -> ViewPixels:
        """The noisy view, (h, w, 3) float32 in 0..255."""
        blurred = Blur(self.share).fill(pixels)
        lost = (pixels - blurred).std(axis=(0, 1), dtype=np.float64)
        noise = np.random.default_rng(self.seed).normal(0.0, 1.0, pixels.shape) * lost
        return np.asarray(np.clip(blurred + noise, 0, 255), np.float32)
