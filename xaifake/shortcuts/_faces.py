"""The face in a view: a soft mask of it, and other views laid so that their face lies on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaifake.faces.head import Head, head_of
from xaifake.faces.pasting import Mask, hull_of, softened
from xaifake.interfaces import Seen
from xaifake.records import ViewPixels


def mesh_of(seen: Seen) -> NDArray[np.float32] | None:
    """The mesh in pixels of the view, (468, 2); None where the face has none."""
    face, (height, width) = seen.view.face, seen.view.pixels.shape[:2]
    if face.landmarks is None:
        return None
    scale = np.array([width / face.box.width, height / face.box.height])
    return np.asarray((face.landmarks - (face.box.left, face.box.top)) * scale, np.float32)


def mask_of(mesh: NDArray[np.float32], shape: tuple[int, int], grown: float, feather: float) -> Mask:
    """The hull of a mesh, grown outwards and softened, both in heights of the mesh; ``feather`` is a standard deviation."""
    height = head_of(mesh).height
    return softened(hull_of(mesh, shape), grown * height, feather * height)


def laid(pixels: ViewPixels, head: Head, on: Head) -> ViewPixels:
    """Pixels (h, w, 3) turned, scaled and moved so that one head comes to lie on another; mirrored beyond their border."""
    from xaifake.opencv import cv2

    turn = on.turn.T @ head.turn * (on.height / head.height)
    moved = on.middle - turn @ head.middle
    shift = moved + turn @ [0.5, 0.5] - 0.5  # OpenCV counts from the middle of the first pixel
    matrix, size = np.column_stack([turn, shift]), pixels.shape[1::-1]
    return np.asarray(
        cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.float32
    )


def mirrored(head: Head, width: int) -> Head:
    """The head of the picture's mirror image."""
    across = np.array([-1.0, 1.0])
    return Head(
        np.array([width - head.middle[0], head.middle[1]]), head.turn * np.outer(across, across), head.height, head.points
    )
