"""Parts brought together: to the players of a game, to larger parts, and to the labels of other data sets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from xaifake.faces.parts import PARTS
from xaifake.records import Labels

Group = tuple[str, tuple[str, ...]]
"""A name, and the parts that bear it."""

_INNER: tuple[Group, ...] = (("nose", ("nose",)), ("mouth", ("mouth",)), ("forehead", ("forehead",)))
_OUTER: tuple[Group, ...] = (
    ("chin and jaw", ("chin and jaw",)),
    ("boundary", ("boundary",)),
    ("hair and ears", ("hair", "ears")),
    ("outside", ("neck and clothes", "background", "frame")),
)
GROUPS: Mapping[int, tuple[Group, ...]] = {
    10: (
        ("left eye and brow", ("left eye", "left brow")),
        ("right eye and brow", ("right eye", "right brow")),
        *_INNER,
        ("cheeks", ("left cheek", "right cheek")),
        *_OUTER,
    ),
    12: (
        ("left eye", ("left eye",)),
        ("right eye", ("right eye",)),
        ("brows", ("left brow", "right brow")),
        *_INNER,
        ("left cheek", ("left cheek",)),
        ("right cheek", ("right cheek",)),
        *_OUTER,
    ),
}
"""The sixteen parts as so many players, few enough to ask every coalition: 1,024 of 10, 4,096 of 12."""

ROLL_UPS: Mapping[str, tuple[str, ...]] = {
    "eyes": ("left eye", "right eye"),
    "brows": ("left brow", "right brow"),
    "skin": ("forehead", "left cheek", "right cheek", "chin and jaw"),
    "inner face": PARTS[: PARTS.index("boundary")],
    "outside face": PARTS[PARTS.index("boundary") + 1 :],
}
"""Larger parts. The boundary, half in the face and half out, is of neither."""

CIPLAB_BITS: tuple[tuple[str, ...], ...] = (("left eye", "left brow"), ("right eye", "right brow"), ("nose",), ("mouth",))
"""What each of the four digits in the names of CIPLAB's fakes ("Real and Fake Face Detection", Yonsei University) says was
pasted, in their order: the eye on the image's left first."""

CELEBAMASK_HQ: Mapping[str, tuple[str, ...]] = {
    "background": ("background", "frame"),
    "skin": (*ROLL_UPS["skin"], "boundary"),
    "nose": ("nose",),
    "eye_g": ROLL_UPS["eyes"],
    "l_eye": ROLL_UPS["eyes"],
    "r_eye": ROLL_UPS["eyes"],
    "l_brow": ROLL_UPS["brows"],
    "r_brow": ROLL_UPS["brows"],
    "l_ear": ("ears",),
    "r_ear": ("ears",),
    "mouth": ("mouth",),
    "u_lip": ("mouth",),
    "l_lip": ("mouth",),
    "hair": ("hair",),
    "hat": ("hair",),
    "ear_r": ("ears",),
    "neck_l": ("neck and clothes",),
    "neck": ("neck and clothes",),
    "cloth": ("neck and clothes",),
}
"""The parts in which pixels of each of CelebAMask-HQ's 19 labels (Lee et al., 2020, arXiv:1907.11922) mostly lie. Its l_
and r_ stand with both sides, since its authors do not write whether they mean the image's or the person's."""


def grouped(labels: Labels, players: int) -> tuple[Labels, tuple[str, ...]]:
    """The sixteen parts as players of a game, without those that have no pixels.

    Args:
        labels: of `xaifake.faces.parts.parts_of`, int32 (h, w).
        players: one of the keys of `GROUPS`.

    Returns:
        Players 0..n-1 of each pixel, int32 (h, w), and their n names.
    """
    groups = GROUPS[players]
    group_of = {part: index for index, (_, parts) in enumerate(groups) for part in parts}
    coarse = np.array([group_of[part] for part in PARTS])[labels]
    present, dense = np.unique(coarse, return_inverse=True)
    return dense.reshape(labels.shape).astype(np.int32), tuple(groups[index][0] for index in present)


def centres(labels: Labels, count: int) -> NDArray[np.float32]:
    """A point well inside each of the regions 0..count-1, to write its name at: float32 (count, 2), (x, y) in pixels.

    It is the middle of the largest circle within the region and the picture. A region without pixels has NaN.
    """
    from xaifake.opencv import cv2

    points = np.full((count, 2), np.nan, np.float32)
    for region in range(count):
        inside = np.pad((labels == region).astype(np.uint8), 1)
        if inside.any():
            distance = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
            y, x = np.unravel_index(distance.argmax(), distance.shape)
            points[region] = x - 0.5, y - 0.5  # the padding takes one pixel, its middle gives half
    return points
