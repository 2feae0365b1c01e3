"""Steps by which a face is pasted into a picture: moved within its own, kept within a soft mask, mixed into the other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.records import ViewPixels

Mask = NDArray[np.float32]
"""(h, w) in 0..1: how much of each pixel is the source's."""


def hull_of(points: NDArray[Any], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """1 within the convex hull of points (n, 2), (x, y) in pixels of a grid (h, w), 0 beyond it."""
    from xaifake.opencv import cv2

    hull = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(np.rint(points).astype(np.int32)), 1)
    return hull


def softened(inside: NDArray[np.uint8], grown: float, feather: float) -> Mask:
    """A mask (h, w) of 0 and 1, grown outwards or shrunk, and blurred by a standard deviation, both in pixels."""
    from xaifake.opencv import cv2

    beyond = cv2.distanceTransform(1 - inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    within = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    kept = (beyond - within <= grown).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(kept, (0, 0), max(feather, 0.3), borderType=cv2.BORDER_REPLICATE), np.float32)


def moved(
    pixels: NDArray[Any], about: NDArray[Any], scale: float | NDArray[np.float64], shift: NDArray[np.float64]
) -> NDArray[Any]:
    """Pixels (h, w, 3) scaled about a point and shifted, (x, y) in pixels, their type kept; mirrored beyond their border.

    ``scale`` is one number, or one across and one down.
    """
    from xaifake.opencv import cv2

    matrix = np.column_stack([scale * np.eye(2), (1 - scale) * about + shift])
    size = pixels.shape[1::-1]
    return np.asarray(cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT))


def mixed(source: NDArray[Any], target: NDArray[Any], mask: Mask) -> ViewPixels:
    """A source over a target, (h, w, 3) both: mask · source + (1 − mask) · target."""
    share = mask[..., None]
    return np.asarray(share * source + (1 - share) * target, np.float32)
