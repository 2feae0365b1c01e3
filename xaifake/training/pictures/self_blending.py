"""A REAL face blended into itself: a fake that shows the traces of pasting, and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaifake.faces import outlines
from xaifake.faces.head import head_of
from xaifake.faces.mesh import Points
from xaifake.faces.pasting import Mask, hull_of, mixed, moved, softened
from xaifake.records import Pixels, ViewPixels

RATIOS = (0.25, 0.5, 0.75, 1.0, 1.0, 1.0)
"""How much of the other self is blended in at most (paper, section 3.2)."""
SHIFT, SCALE = 0.03, 0.05
"""How far the other self moves, in heights of the mesh, and by how much it grows or shrinks, across and down."""
TINT, BRIGHTNESS, CONTRAST = 16.0, 0.1, 0.1
"""Grey levels of each channel; share of 255; share of the distance from middle grey."""
HUE, SATURATION = 4.0, 0.2
"""Degrees about the grey axis; share of the distance from grey."""
SHARPER, BLURRED, COARSER = (0.3, 1.8), (0.3, 0.8), (1.1, 2.0)
"""How much of what a blur of one pixel takes is added; a blur's standard deviation in pixels; the factor of a reduction."""
DEFORMED = 0.03
"""How far a mask's edge is bent, in heights of the mesh."""
CELLS = 9
"""The mask is bent by a field that is drawn on so many points each way."""
GROWN, FEATHER = (-0.4, 0.2), (0.05, 0.4)
"""How far a shape shrinks and grows at most, and its blur's standard deviation from and to, in half widths of the shape."""
ROOM = 0.1
"""The most that counts as half its width, in heights of the mesh."""

PARTS: tuple[outlines.Outline, ...] = (*outlines.EYES, outlines.NOSE, outlines.MOUTH)
EYES: outlines.Outline = (*outlines.EYES[0], *outlines.EYES[1])
HULLS: tuple[outlines.Outline, ...] = (
    outlines.FACE,
    (*outlines.LEFT_SIDE, *outlines.RIGHT_SIDE, *outlines.BROWS[0], *outlines.BROWS[1]),
    EYES,
    (*EYES, *outlines.NOSE, *outlines.MOUTH),
    (*outlines.NOSE, *outlines.MOUTH, *outlines.CHIN_AND_JAW),
)
"""The whole face, all below the forehead, the band of the eyes, all features, the lower half."""
LUMA = (0.299, 0.587, 0.114)


def self_blended(view: Pixels, landmarks: Points, random: np.random.Generator) -> tuple[Pixels, Mask]:
    """A face of which a part is exchanged for its own slightly changed copy.

    Source: the self-blended images of Shiohara and Yamasaki (CVPR 2022, section 3.2). Deviations: only the copy is changed,
    never the picture, since the REAL picture is trained on as it is, and a FAKE would be known by its surroundings; to make
    up for it the copy is as often sharper as it is softer. Half of the masks are single parts (eyes, nose, mouth) or random
    unions of them, as in composites made by hand. The first of the two Gaussian filters, which erodes or dilates the mask,
    is a distance from its edge here; both go by the size of the shape, which a filter of one size would wipe out. Hue and
    saturation turn and stretch about the grey axis of RGB, which takes no detour by eight bits of HSV.

    Args:
        view: RGB (h, w, 3).
        landmarks: the mesh in pixels of the view, (468, 2), or (478, 2) with the irises.
        random: of this blend alone.

    Returns:
        The blended view, and how much of each of its pixels is the copy's, float32 (h, w): 0 beyond the mask, at most the
        blend's ratio within. The view differs from its picture only where that is above 0.
    """
    source = other_self(view, landmarks, random)
    mask = drawn_mask(landmarks, view.shape[:2], random)
    return np.asarray(np.rint(mixed(source, view, mask)), np.uint8), mask


def other_self(view: Pixels, landmarks: Points, random: np.random.Generator) -> ViewPixels:
    """The whole view with other colours, sharper or softer, scaled and moved by a little; 0..255, not rounded."""
    changed = _resharpened(_recoloured(view, random), random)
    scale, shift = 1 + random.uniform(-SCALE, SCALE, 2), random.uniform(-SHIFT, SHIFT, 2)
    copy = moved(changed, landmarks.mean(axis=0), scale, shift * head_of(landmarks).height)
    return np.asarray(np.clip(copy, 0, 255), np.float32)


def _recoloured(view: Pixels, random: np.random.Generator) -> ViewPixels:
    """By one affine map of the colours."""
    from xaifake.opencv import cv2

    tint, brightness = random.uniform(-TINT, TINT, 3), 255 * random.uniform(-BRIGHTNESS, BRIGHTNESS)
    contrast, saturation = 1 + random.uniform(-CONTRAST, CONTRAST), 1 + random.uniform(-SATURATION, SATURATION)
    turned, _ = cv2.Rodrigues(np.deg2rad(random.uniform(-HUE, HUE)) * np.ones(3) / np.sqrt(3))
    stretched = saturation * np.eye(3) + (1 - saturation) * np.array(LUMA)
    offset = tint + brightness + (1 - contrast) * 127.5
    return np.asarray(cv2.transform(view.astype(np.float32), np.column_stack([contrast * stretched @ turned, offset])))


def _resharpened(pixels: ViewPixels, random: np.random.Generator) -> ViewPixels:
    """Sharpened, blurred, or brought to a lower resolution and back; as often sharper as softer."""
    from xaifake.opencv import cv2

    kind = random.choice(("sharper", "sharper", "blurred", "coarser"))
    if kind == "coarser":
        size = np.rint(np.array(pixels.shape[1::-1]) / random.uniform(*COARSER)).astype(int)
        coarse = cv2.resize(pixels, np.maximum(size, 1).tolist(), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(coarse, pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC))
    if kind == "blurred":
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), random.uniform(*BLURRED)))
    more = random.uniform(*SHARPER)
    return np.asarray(cv2.addWeighted(pixels, 1 + more, cv2.GaussianBlur(pixels, (0, 0), 1), -more, 0))


def drawn_mask(landmarks: Points, shape: tuple[int, int], random: np.random.Generator) -> Mask:
    """A shape of the face, bent, grown or shrunk, blurred, and lowered to a ratio: float32 (h, w)."""
    from xaifake.opencv import cv2

    height = head_of(landmarks).height
    inside = _bent(_shape(landmarks, shape, random), DEFORMED * height, random)
    if not inside.any():  # the part lies beyond the view
        inside = hull_of(landmarks, shape)
    room = min(cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).max(), ROOM * height)
    mask = softened(inside, room * random.uniform(*GROWN), room * random.uniform(*FEATHER))
    return np.minimum(mask, 1) * np.float32(random.choice(RATIOS))  # a blur may end a rounding above 1


def _shape(landmarks: Points, shape: tuple[int, int], random: np.random.Generator) -> NDArray[np.uint8]:
    """One of the hulls, or any of the parts: 1 within, 0 beyond."""
    if random.random() < 0.5:
        chosen = [HULLS[random.integers(len(HULLS))]]
    else:
        bits = random.integers(1, 2 ** len(PARTS))
        chosen = [part for bit, part in enumerate(PARTS) if bits >> bit & 1]
    return np.asarray(np.max([hull_of(landmarks[list(outline)], shape) for outline in chosen], axis=0))


def _bent(inside: NDArray[np.uint8], far: float, random: np.random.Generator) -> NDArray[np.uint8]:
    """An elastic deformation by up to so many pixels across and down."""
    from xaifake.opencv import cv2

    height, width = inside.shape
    field = random.uniform(-far, far, (CELLS, CELLS, 2)).astype(np.float32)
    smooth = cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    return np.asarray(cv2.remap(inside, columns + smooth[..., 0], rows + smooth[..., 1], cv2.INTER_NEAREST))
