"""How blurred the face is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.interfaces import Engine, Seen
from xaifake.limits._judging import at_most, checked_option
from xaifake.records import Limit, Pixels

SIDE = 256
"""Larger faces are reduced to it first: finer blur does not reach a detector's input, and cost stays the same."""
SMALLEST = 128
"""Of a smaller face even the sharpest edges are nearly as wide as the bound."""
CALMED = 1.0
"""By how much the face is blurred first, in pixels, so that neither noise nor JPEG's blocks pass for edges."""
AGAIN = 1.5
"""By how much it is blurred again, in pixels: σ₀ of the source."""
STEEPEST = 98
"""Percentile of gradients from which one counts as an edge."""
SHARPEST = 75
"""Percentile, among edges, of the ratio that sharp ones have large: a face is as sharp as its sharper edges are."""


@dataclass(frozen=True)
class Blur:
    """The standard deviation of the blur of the face's sharper edges, in percent of its shorter side.

    After Zhuo and Sim (2011, Pattern Recognition 44, §3): blurring an edge of blur σ again by σ₀ divides its gradient by
    R = √(σ² + σ₀²) / σ, so that σ = σ₀ / √(R² - 1), whatever the edge's contrast. Deviations: they take maxima along edges
    that Canny's detector finds; here the steepest 2 % of all pixels, and of these the upper quartile of R. And the face is
    blurred a little first, which is taken off the result (variances add up).

    Attributes:
        most: percent; see ``docs/limits.md`` for what lies below and above 0.9.
    """

    most: float = 0.9

    def __post_init__(self) -> None:
        checked_option(self, "most", 0.1, 100, "blur")

    def measure(self, engine: Engine, seen: Sequence[Seen]) -> list[Limit]:  # noqa: ARG002 - the picture alone tells
        """One limit for each face, in percent; not known below 128 pixels, or of a flat picture."""
        return [at_most("blur", _blur(one.view.face.pixels), self.most, "% of the face") for one in seen]


def _blur(pixels: Pixels) -> float | None:
    from xaifake.opencv import cv2

    height, width = pixels.shape[:2]
    shorter = min(height, width)
    if shorter < SMALLEST:
        return None
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if shorter > SIDE:
        size = (round(width * SIDE / shorter), round(height * SIDE / shorter))
        grey, shorter = cv2.resize(grey, size, interpolation=cv2.INTER_AREA), SIDE
    before, after = (_gradient(_blurred(grey, deviation)) for deviation in (CALMED, math.hypot(CALMED, AGAIN)))
    edges = (before >= np.percentile(before, STEEPEST)) & (before > 0)
    if not edges.any():
        return None
    ratio = float(np.percentile(before[edges] / np.maximum(after[edges], np.finfo(np.float32).tiny), SHARPEST))
    variance = AGAIN**2 / max(ratio**2 - 1, 1e-6) - CALMED**2
    return 100 * math.sqrt(max(variance, 0.0)) / float(shorter)


def _blurred(grey: NDArray[Any], deviation: float) -> NDArray[np.float32]:
    from xaifake.opencv import cv2

    return np.asarray(cv2.GaussianBlur(np.asarray(grey, np.float32), (0, 0), deviation), np.float32)


def _gradient(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """The gradient's size by central differences, without the border."""
    across, down = grey[1:-1, 2:] - grey[1:-1, :-2], grey[2:, 1:-1] - grey[:-2, 1:-1]
    return np.asarray(np.hypot(across, down), np.float32)
