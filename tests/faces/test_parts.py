"""Sixteen parts: on the astronaut they are where a person points, and mirrors, turns and edges change nothing else."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data as pictures

from xaifake.faces import faces_of, outlines
from xaifake.faces.head import JAW_ANGLES, MOUTH_CORNERS
from xaifake.faces.mesh import OUTER_CORNERS, Points, landmarks_of
from xaifake.faces.parts import PARTS, parts_of
from xaifake.images import picture_of
from xaifake.records import Labels

ASTRONAUT = pictures.astronaut()[:240, 100:340]
SIDE = 240


@cache
def mesh(mirrored: bool = False) -> Points:
    pixels = ASTRONAUT[:, ::-1] if mirrored else ASTRONAUT
    points = landmarks_of(faces_of(picture_of(np.ascontiguousarray(pixels)), "face")[0])
    assert points is not None
    return points


def partners() -> NDArray[np.int64]:
    """Which point of the mesh is where each point is in a mirror, as the outlines have it."""
    mirror = np.arange(468)
    pairs = [OUTER_CORNERS, MOUTH_CORNERS, JAW_ANGLES]
    for left, right in (outlines.EYES, outlines.BROWS):
        pairs += zip(left, right, strict=True)
    pairs += zip(outlines.LEFT_SIDE[1:], outlines.RIGHT_SIDE[::-1], strict=True)
    for outline in (outlines.FOREHEAD_TOP, outlines.FOREHEAD[len(outlines.FOREHEAD_TOP) :]):
        pairs += zip(outline, outline[::-1], strict=True)
    for outline, top in ((outlines.NOSE, 168), (outlines.MOUTH, 2), (outlines.CHIN_AND_JAW, 152)):
        first = outline.index(top)
        around = outline[first:] + outline[:first]
        pairs += zip(around[1:], around[:0:-1], strict=True)
    for left, right in pairs:
        mirror[[left, right]] = right, left
    return mirror


def swapped(labels: Labels) -> Labels:
    """Left for right, and right for left."""
    other = [part.replace("left", "LEFT").replace("right", "left").replace("LEFT", "right") for part in PARTS]
    return np.array([PARTS.index(part) for part in other], np.int32)[labels]


def part_at(x: float, y: float) -> str:
    """Which part of the astronaut lies at a place of scikit-image's picture of 512 × 512."""
    return PARTS[labels()[int(y), int(x) - 100]]


@cache
def labels() -> Labels:
    return parts_of(mesh(), (SIDE, SIDE))


@pytest.mark.parametrize(
    ("x", "y", "part"),
    [
        (204, 103, "left eye"),
        (246, 106, "right eye"),
        (202, 90, "left brow"),
        (252, 92, "right brow"),
        (222, 125, "nose"),
        (223, 148, "mouth"),
        (226, 78, "forehead"),
        (197, 128, "left cheek"),
        (250, 130, "right cheek"),
        (223, 165, "chin and jaw"),
        (223, 173, "boundary"),
        (274, 120, "ears"),
        (224, 30, "hair"),
        (200, 210, "neck and clothes"),
        (120, 60, "background"),
        (102, 2, "frame"),
    ],
)
def test_a_part_is_where_a_person_points(x: int, y: int, part: str) -> None:
    """One place for each of the sixteen, read off by eye; the left eye is the one on the picture's left."""
    assert part == part_at(x, y)


def test_each_pixel_has_one_part() -> None:
    """int32 labels on the grid, of which all sixteen occur."""
    assert (np.int32, (SIDE, SIDE)) == (labels().dtype, labels().shape)
    np.testing.assert_array_equal(np.unique(labels()), np.arange(16))


def test_a_mirrored_mesh_has_mirrored_parts() -> None:
    """To the pixel, with left and right swapped."""
    mirrored = (np.array([SIDE, 0]) + mesh() * [-1, 1])[partners()].astype(np.float32)
    np.testing.assert_array_equal(swapped(labels())[:, ::-1], parts_of(mirrored, (SIDE, SIDE)))


def test_a_symmetric_mesh_has_symmetric_parts() -> None:
    """Each half is the other's mirror image, to the pixel."""
    symmetric = (mesh() + (np.array([SIDE, 0]) + mesh() * [-1, 1])[partners()]) / 2
    half = parts_of(symmetric.astype(np.float32), (SIDE, SIDE))
    np.testing.assert_array_equal(swapped(half)[:, ::-1], half)


def test_the_mirrored_picture_has_the_mirrored_parts() -> None:
    """But for a rim: the mesh of a mirrored face is its own, and differs by about a pixel."""
    mirrored = swapped(parts_of(mesh(mirrored=True), (SIDE, SIDE)))[:, ::-1]
    assert np.mean(mirrored != labels()) < 0.05
    for part in range(12):
        shared = np.sum((mirrored == part) & (labels() == part))
        assert shared > 0.7 * np.sum(labels() == part), PARTS[part]


def test_left_is_the_image_s_left_also_of_a_face_on_its_head() -> None:
    """Turned by half a circle, the same pixels have the same parts, but for their sides."""
    np.testing.assert_array_equal(swapped(labels())[::-1, ::-1], parts_of(SIDE - mesh(), (SIDE, SIDE)))


def test_parts_grow_with_the_picture() -> None:
    """On twice the grid, a part has four times the pixels, to 5 % and a rim."""
    small, large = (np.bincount(each.ravel(), minlength=16) for each in (labels(), parts_of(2 * mesh(), (480, 480))))
    np.testing.assert_allclose(large, 4 * small, rtol=0.05, atol=150)


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (3, 40)])
def test_small_grids_have_parts_too(shape: tuple[int, int]) -> None:
    """A part that is too small for the grid has no pixels, and nothing else breaks."""
    small = parts_of((mesh() * (np.array(shape[::-1]) / SIDE)).astype(np.float32), shape)
    assert shape == small.shape
    assert set(np.unique(small)) <= set(range(16))


def test_a_face_out_of_sight_leaves_background_and_frame() -> None:
    """Nothing is drawn onto the grid that does not lie on it."""
    away = parts_of(mesh() + np.float32([5000, -5000]), (40, 60))
    assert {"background", "frame"} == {PARTS[part] for part in np.unique(away)}
    assert 36 * 54 == np.sum(away == PARTS.index("background"))
