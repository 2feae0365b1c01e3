"""Fixed high-pass filters beside a picture: the noise residuals of steganalysis."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.training.recipes._heads import MOMENTUM

FILTERS = "grain"
"""The name of the layer whose weights stand still."""


def beside(picture: Any) -> Any:
    """(N, h, w, c) → (N, h, w, 4c): the channels, and three high-pass residuals of each.

    The filters are those that Zhou et al. 2018, "Learning rich features for image manipulation detection", section 3.2,
    take from the spatial rich model (Fridrich & Kodovský 2012): second differences along rows, and over 3 × 3 and 5 × 5
    pixels. Their sums are zero, so smooth parts give nothing. Deviation: nothing is truncated; batch norm brings the
    residuals, a few grey levels high, to the scale of the channels.
    """
    from keras import layers

    filters = layers.DepthwiseConv2D(5, depth_multiplier=3, padding="same", use_bias=False, trainable=False, name=FILTERS)
    residuals = filters(picture)
    filters.set_weights([np.repeat(_high_pass()[:, :, None], picture.shape[-1], axis=2)])
    scaled = layers.BatchNormalization(momentum=MOMENTUM, name="grain_norm")(residuals)
    return layers.Concatenate(name="picture_and_grain")([picture, scaled])


def _high_pass() -> NDArray[np.float32]:
    """(5, 5, 3)."""
    filters = np.zeros((3, 5, 5), np.float32)
    filters[0, 2, 1:4] = np.array([1, -2, 1]) / 2
    filters[1, 1:4, 1:4] = np.outer([1, -2, 1], [-1, 2, -1]) / 4
    filters[2] = [[-1, 2, -2, 2, -1], [2, -6, 8, -6, 2], [-2, 8, -12, 8, -2], [2, -6, 8, -6, 2], [-1, 2, -2, 2, -1]]
    filters[2] /= 12
    return filters.transpose(1, 2, 0)
