"""One diverging colour ramp: orange supports FAKE, blue supports REAL, zero is exactly transparent.

A sensitivity, which has no sign, is violet: it supports neither. What is not settled has no colour, but stripes.

Blue and orange stay apart for people with any of the usual colour-vision deficiencies; opacity grows with magnitude, so
that weak evidence lets the face show and no evidence leaves it untouched. Scaling is display only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Shades = tuple[tuple[int, int, int], tuple[int, int, int]]

STEPS = 127
"""Shades on each side of zero."""
ORANGE = ((255, 148, 20), (240, 78, 0))
"""Weak to strong evidence for FAKE."""
BLUE = ((60, 150, 255), (0, 72, 235))
"""Weak to strong evidence for REAL."""
INK = np.array([20, 20, 20, 255], np.uint8)
"""The stripes over a region whose sign is not settled, where there is no photograph beneath."""
HATCH = 2 * STEPS + 1
"""Where they stand in a palette: behind the ramp."""
VIOLET = ((190, 140, 255), (110, 30, 190))
"""Weak to strong sensitivity."""


def _ramp(negative: Shades, positive: Shades) -> NDArray[np.uint8]:
    ramp = np.vstack([_shades(*negative)[::-1], [[0, 0, 0, 0]], _shades(*positive)]).astype(np.uint8)
    ramp.setflags(write=False)
    return ramp


def _shades(weak: tuple[int, int, int], strong: tuple[int, int, int]) -> NDArray[np.float64]:
    """(STEPS, 4): from nearly transparent and weak to opaque and strong."""
    strength = np.arange(1, STEPS + 1)[:, None] / STEPS
    return np.rint(np.hstack([weak + strength * np.subtract(strong, weak), 255 * strength]))


RAMP = _ramp(BLUE, ORANGE)
"""(2 × STEPS + 1, 4): RGBA from the strongest evidence for REAL, over zero in the middle, to the strongest for FAKE."""
SENSITIVITY_RAMP = _ramp(VIOLET, VIOLET)
"""The same for magnitudes that support neither."""


def levels(values: NDArray[np.float32], limit: float) -> NDArray[np.uint8]:
    """Where on the ramp each value lies.

    Args:
        values: signed evidence, any shape.
        limit: the magnitude that takes the strongest colour; greater ones take it too. 0 draws nothing.

    Returns:
        uint8 of the values' shape: `STEPS` for zero, symmetric about it.

    >>> levels(np.float32([-9, -1, 0, 0.5, 1]), 1.0).tolist()
    [0, 0, 127, 191, 254]
    """
    if limit <= 0:
        return np.full(values.shape, STEPS, np.uint8)
    scaled = np.clip(values / np.float64(limit), -1, 1) * STEPS
    rounded = np.sign(scaled) * np.floor(np.abs(scaled) + 0.5)  # half away from zero: symmetric
    return np.asarray(STEPS + rounded, np.uint8)


def ramp(*, has_sign: bool) -> NDArray[np.uint8]:
    """The ramp of evidence, or of sensitivity."""
    return RAMP if has_sign else SENSITIVITY_RAMP


def colours(values: NDArray[np.float32], limit: float, *, has_sign: bool = True) -> NDArray[np.uint8]:
    """The values as RGBA, (…, 4), not premultiplied; see `levels` for the arguments.

    >>> colours(np.float32([0]), 1.0).tolist()
    [[0, 0, 0, 0]]
    """
    return ramp(has_sign=has_sign)[levels(values, limit)]
