"""Sixteen parts of a picture of a face, from the points of its mesh: each pixel lies in exactly one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from xaifake.faces import outlines
from xaifake.faces.head import Head, Mask, head_of, surroundings
from xaifake.faces.mesh import Points
from xaifake.records import Labels

PARTS = (
    "left eye",
    "right eye",
    "left brow",
    "right brow",
    "nose",
    "mouth",
    "forehead",
    "left cheek",
    "right cheek",
    "chin and jaw",
    "boundary",
    "ears",
    "hair",
    "neck and clothes",
    "background",
    "frame",
)
"""In the order of their labels. Left and right are the image's: the left eye is the one nearer to its left edge."""

RAISED = 0.14
"""How far the hairline is taken to lie above the top of the mesh, in heights of the mesh."""
BAND = 0.03
"""Half the width of the boundary, in heights of the mesh."""
FRAME = 0.05
"""The frame's width, in sides of the picture."""


def parts_of(landmarks: Points, shape: tuple[int, int]) -> Labels:
    """The part of each pixel, int32 (h, w), as its index in `PARTS`.

    Eyes (from the brow to below the lower lid), brows, nose, mouth (with the skin up to the nose), forehead, cheeks, chin
    and jaw are outlined by points of the mesh. The boundary is a band along the face's edge, half in and half out, where a
    pasted face would end; features that reach into it keep their pixels. Beyond the face the mesh has no points: how far the
    forehead reaches above it, and where hair, ears, neck and clothes are, is drawn from the face's size and turn alone, as
    they lie about most heads. Long hair beside the cheeks is background here, a bald head has hair, and a hat is hair. The
    frame is what of the picture's outer 5 % is not of the face. A part may have no pixels.

    Args:
        landmarks: the mesh as `xaifake.faces.mesh.landmarks_of` gives it, (468, 2), (x, y) in pixels of the grid, whose
            first pixel's middle is (0.5, 0.5). Points may lie outside.
        shape: the grid, (h, w).
    """
    head = head_of(landmarks)
    labels = np.full(shape, PARTS.index("background"), np.int32)
    for part, mask in (*surroundings(head, shape), ("frame", _frame(shape)), *_face(_raised(landmarks, head), head, shape)):
        labels[mask] = PARTS.index(part)
    return labels


def _face(landmarks: Points, head: Head, shape: tuple[int, int]) -> Iterator[tuple[str, Mask]]:
    """The face's parts; later ones lie over earlier ones."""

    def within(outline: outlines.Outline) -> Mask:
        return _within(landmarks[list(outline)].astype(np.float64) - 0.5, shape)

    sides = ("right", "left") if head.upside_down else ("left", "right")
    for side, half in zip(sides, outlines.HALVES, strict=True):
        yield f"{side} cheek", within(half)
    yield "forehead", within(outlines.FOREHEAD)
    yield "chin and jaw", within(outlines.CHIN_AND_JAW)
    yield "boundary", _band(within(outlines.FACE), BAND * head.height)
    for side, eye, brow in zip(sides, outlines.EYES, outlines.BROWS, strict=True):
        yield f"{side} eye", within(eye)
        yield f"{side} brow", within(brow)
    yield "mouth", within(outlines.MOUTH)
    yield "nose", within(outlines.NOSE)


def _within(corners: NDArray[np.float64], shape: tuple[int, int]) -> Mask:
    """The pixels whose middles lie within a polygon (even-odd), its corners (n, 2) counted from the first pixel's middle.

    Row by row, between the places where edges cross it: scikit-image asks each pixel about each edge, twice as long.
    """
    height, width = shape
    (x, y), (next_x, next_y) = corners.T, np.concatenate([corners[1:], corners[:1]]).T
    rows = np.arange(height)[:, None]
    row, edge = np.nonzero((y <= rows) != (next_y <= rows))
    crossed = x[edge] + (row - y[edge]) * ((next_x - x)[edge] / (next_y - y)[edge])
    first = np.clip(np.ceil(crossed), 0, width).astype(np.intp)
    crossings = np.bincount(row * (width + 1) + first, minlength=height * (width + 1)).reshape(height, width + 1)
    within: Mask = crossings.cumsum(axis=1, dtype=np.uint8)[:, :width] % 2 == 1
    return within


def _raised(landmarks: Points, head: Head) -> Points:
    """The mesh with its top at the hairline: raised in full in the middle of the forehead, not at all at the temples."""
    top = list(outlines.FOREHEAD_TOP)
    above = -head.points[top, 1]
    share = (above - above.min()) / max(float(np.ptp(above)), 1e-6)
    raised = landmarks.copy()
    raised[top] -= RAISED * head.height * share[:, None] * head.turn[1]
    return raised


def _band(face: Mask, half: float) -> Mask:
    """The pixels within a distance of the mask's edge, on either side of it. The grid's own edge is none."""
    from xaifake.opencv import cv2

    sides = (cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for mask in (face, ~face))
    inside, outside = (distance <= half + 0.5 for distance in sides)
    band: Mask = inside & outside
    return band


def _frame(shape: tuple[int, int]) -> Mask:
    frame = np.ones(shape, bool)
    down, across = (round(FRAME * side) for side in shape)
    frame[down : shape[0] - down, across : shape[1] - across] = False
    return frame
