"""How a head stands in the picture, and what lies about a face that the mesh has no points for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.faces.mesh import OUTER_CORNERS, Points, levelling

Mask = NDArray[np.bool_]

NOSE_FOOT, MOUTH_CORNERS, JAW_ANGLES, CHIN = 2, (61, 291), (58, 288), (152,)


@dataclass(frozen=True, eq=False)
class Head:
    """A level view of a head: (0, 0) is between the eyes, the unit is the height of the mesh, the second axis points down.

    Attributes:
        middle: of the eyes, (x, y) in pixels.
        turn: (2, 2), its rows the directions across and down in the picture.
        height: of the mesh, in pixels.
        points: the mesh, level, (468, 2).
    """

    middle: NDArray[np.float64]
    turn: NDArray[np.float64]
    height: float
    points: NDArray[np.float64]

    @property
    def upside_down(self) -> bool:
        """Whether the mesh's left is the image's right."""
        return bool(self.turn[0, 0] < 0)

    def pixels(self, shape: tuple[int, int]) -> NDArray[np.float64]:
        """The middles of the pixels of a grid (h, w), level: across and down, (2, h, w)."""
        y, x = np.mgrid[: shape[0], : shape[1]] + 0.5
        apart = np.stack([x - self.middle[0], y - self.middle[1]])
        level: NDArray[np.float64] = np.einsum("ij,jhw->ihw", self.turn / self.height, apart)
        return level


def head_of(landmarks: Points) -> Head:
    """The head of a mesh (468, 2)."""
    left, right = landmarks[list(OUTER_CORNERS)].astype(np.float64)
    turn = levelling(left, right)
    level = (landmarks - (left + right) / 2) @ turn.T
    height = max(float(np.ptp(level[:, 1])), 1e-6)
    return Head((left + right) / 2, turn, height, level / height)


def surroundings(head: Head, shape: tuple[int, int]) -> Iterator[tuple[str, Mask]]:
    """Where neck and clothes, hair and ears lie about most heads of that size and turn. Later ones lie over earlier ones,
    and the face over all. The numbers are read off faces of the test data, in heights of the mesh.
    """
    across, down = head.pixels(shape)
    left, right = head.points[:, 0].min(), head.points[:, 0].max()
    middle, half = (left + right) / 2, (right - left) / 2
    nose = head.points[NOSE_FOOT, 0]
    jaw, chin, mouth = (head.points[list(points), 1].mean() for points in (JAW_ANGLES, CHIN, MOUTH_CORNERS))

    shoulders = np.clip(0.75 * half + 2.5 * np.clip(down - chin, 0, None), 0, 1.5)
    yield "neck and clothes", (down > jaw) & (np.abs(across - middle) < shoulders)

    crown = head.points[:, 1].min() - 0.52
    ears = -0.06
    skull = middle - 0.8 * (nose - middle)  # a head turned to one side reaches out on the other
    yield "hair", (down < ears) & (((across - skull) / (1.4 * half)) ** 2 + (down / crown) ** 2 < 1)

    beside = (down >= ears) & (down < mouth)
    # the more of a side is turned to the camera, the more of its ear is seen; of the far one, nothing
    yield "ears", beside & (across < middle) & (across > left - 0.6 * (nose - left - 0.6 * half))
    yield "ears", beside & (across > middle) & (across < right + 0.6 * (right - nose - 0.6 * half))
