"""Planted detectors that see DCT coefficients: which of them they read, and with which sign, is set by hand.

They answer to the pictures of `xaifake.detector.planted`. Horizontal stripes are fine detail down the picture, and raise the
score for FAKE; vertical ones are fine detail across, and lower it. So an explanation in the plane is right when its maximum
lies in `FINE_DOWN` and its minimum in `FINE_ACROSS`, and one on the picture when they lie on the two patches of stripes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaifake.detector.planted import SIZE
from xaifake.detector.runtime import keras
from xaifake.records import Box

FINE_DOWN = Box(SIZE * 3 // 4, 0, SIZE, SIZE // 4)
"""Rows and columns of the coefficients that count for FAKE."""
FINE_ACROSS = Box(0, SIZE * 3 // 4, SIZE // 4, SIZE)
"""Those that count for REAL."""
QUIET = 5.0
"""Grey levels that a coefficient of either kind never has in a picture without stripes."""
GAINS = {False: 4.0, True: 100.0}
"""Logits per mean excess over `QUIET`, of magnitudes in grey levels and of their logarithms: pictures score about +2."""
FAR = 1e12
"""The variance that silences a coefficient."""


def planted_dct_model(major: int = 3, *, channels: int = 1, log: bool = False) -> Any:
    """A Keras model of the coefficients of raw pixels, (SIZE, SIZE, channels), orthonormal, not standardised.

    Args:
        major: 2 (tf_keras) or 3 (keras).
        channels: 1 for grey, or 3.
        log: it is fed logarithms of magnitudes (``dct:log``), not coefficients (``dct``).
    """
    k = keras(major)
    plane = k.Input((SIZE, SIZE, channels), name="coefficients")
    joined = k.layers.Concatenate(name="chosen")([_only(k, box, channels)(plane) for box in (FINE_DOWN, FINE_ACROSS)])
    excess = k.layers.Conv2D(4, 1, activation="relu", name="excess")
    evidence = k.layers.Conv2D(2, 1, name="evidence")
    score = k.layers.Dense(1, activation="sigmoid", name="score")
    pooled = k.layers.GlobalAveragePooling2D(name="pool")(evidence(excess(joined)))
    model = k.Model(plane, score(pooled))
    signs = np.repeat(np.array([[1, 0 if log else -1, 0, 0], [0, 0, 1, 0 if log else -1]], np.float32), channels, axis=0)
    excess.set_weights([signs[None, None] / channels, np.full(4, -np.log(QUIET) if log else -QUIET, np.float32)])
    evidence.set_weights([np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)[None, None], np.zeros(2, np.float32)])
    score.set_weights([GAINS[log] * np.array([[1.0], [-1.0]], np.float32), np.zeros(1, np.float32)])
    return model


def _only(k: Any, box: Box, channels: int) -> Any:
    """A layer that lets the coefficients of a box through and nothing else."""
    variance = np.full((SIZE, SIZE, channels), FAR, np.float32)
    variance[box.rows_and_columns] = 1
    return k.layers.Normalization(axis=(1, 2, 3), mean=np.zeros_like(variance), variance=variance)
