"""The face mesh on one public-domain portrait: where its points are, turned, mirrored, hidden, and where it has none."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data as pictures

from xaifake.faces import faces_of
from xaifake.faces.mesh import Points, landmarks_of
from xaifake.images import picture_of, read_picture
from xaifake.opencv import cv2
from xaifake.records import Box, Face, Pixels

pytestmark = pytest.mark.slow

ASTRONAUT = pictures.astronaut()
PUPILS = np.array([[204, 103], [246, 106]])
"""Read off by eye in the picture of 512 × 512."""
LEFT_EYE, RIGHT_EYE = (33, 133, 159, 145), (263, 362, 386, 374)
"""Corners and middles of lids, of the eye on the image's left and of the other."""
MOUTH = (13, 14)
CHIN = 152


def landmarks(pixels: Pixels, crop: str = "face") -> Points | None:
    face = faces_of(picture_of(np.ascontiguousarray(pixels)), "whole" if crop == "whole" else "face")[0]
    return landmarks_of(face)


def eyes(points: Points | None) -> Points:
    assert points is not None
    return np.array([points[list(LEFT_EYE)].mean(axis=0), points[list(RIGHT_EYE)].mean(axis=0)])


def test_the_points_lie_on_the_face() -> None:
    """468 float32 points; the lids about her pupils within 4 pixels; the mouth below the eyes, the chin below the mouth."""
    points = landmarks(ASTRONAUT)
    assert points is not None
    assert (468, 2) == points.shape
    assert points.dtype == np.float32
    np.testing.assert_allclose(eyes(points), PUPILS, atol=4)
    assert 106 < points[list(MOUTH), 1].mean() < points[CHIN, 1]


@pytest.mark.parametrize("side", [1536, 256, 128, 64])
def test_the_points_grow_with_the_picture(side: int) -> None:
    """At 64 pixels, where the face is 14 wide, still within three of the picture's 512."""
    scaled = cv2.resize(ASTRONAUT, (side, side), interpolation=cv2.INTER_AREA if side < 512 else cv2.INTER_CUBIC)
    np.testing.assert_allclose(eyes(landmarks(scaled)) * 512 / side, eyes(landmarks(ASTRONAUT)), atol=3)


@pytest.mark.parametrize("degrees", [-45, -20, 20, 45])
def test_the_points_turn_with_the_picture(degrees: int) -> None:
    """The whole mesh, within a seventh of the distance of the eyes."""
    straight, turned = (
        landmarks(ASTRONAUT),
        landmarks(np.asarray(Image.fromarray(ASTRONAUT).rotate(degrees, Image.Resampling.BICUBIC))),
    )
    assert straight is not None
    assert turned is not None
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    np.testing.assert_allclose(turned, (straight - 256) @ turn.T + 256, atol=6)


@pytest.mark.parametrize("kind", ["grey", "lower half covered", "left half covered"])
def test_hard_pictures_have_the_other_eye_in_its_place(kind: str) -> None:
    """The eye on the image's right, which all of them show, within an eighth of the eyes' distance of her pupil."""
    pixels = ASTRONAUT.copy()
    if kind == "grey":
        pixels[:] = cv2.cvtColor(ASTRONAUT, cv2.COLOR_RGB2GRAY)[..., None]
    elif kind == "lower half covered":
        pixels[120:] = 128
    else:
        pixels[:, :222] = 128
    np.testing.assert_allclose(eyes(landmarks(pixels))[1], PUPILS[1], atol=5)


def test_faces_of_the_data_have_points(data: Path) -> None:
    """Twenty portraits: every point within a picture's width of the picture, the eyes turned by less than 60 degrees."""
    files = sorted((data / "faces" / "ciplab" / "test" / "real").iterdir())[::4]
    for file in files:
        picture = read_picture(file)
        points = landmarks_of(faces_of(picture, "face")[0])
        assert points is not None, file.name
        assert -picture.width < points.min()
        assert points.max() < 2 * picture.width
        across, down = (eyes(points)[1] - eyes(points)[0]).tolist()
        assert abs(down) < 1.7 * across, file.name
    assert len(files) == 20


def test_the_whole_picture_is_searched_for_its_largest_face() -> None:
    """A crop that is said to be the face, and a box without keypoints, give the points of the face within."""
    points = landmarks(ASTRONAUT)
    assert points is not None
    whole = landmarks(ASTRONAUT, "whole")
    np.testing.assert_array_equal(points, whole)
    boxed = landmarks_of(Face(picture_of(ASTRONAUT), Box(20, 130, 240, 320), "whole"))
    np.testing.assert_allclose(points, boxed, atol=4)


@pytest.mark.parametrize("cut", [0.0, 0.1, 0.17])
def test_a_crop_without_any_margin_has_points_too(cut: float) -> None:
    """Her face cut out at its mesh, and up to a sixth of that cut off on every side: 3 pixels off in the mean, at most."""
    points = landmarks(ASTRONAUT)
    assert points is not None
    low, high = points.min(axis=0), points.max(axis=0)
    left, top = np.rint(low + cut * (high - low)).astype(int).tolist()
    right, bottom = np.rint(high - cut * (high - low)).astype(int).tolist()
    crop = landmarks(ASTRONAUT[top:bottom, left:right], "whole")
    assert crop is not None
    assert np.abs(crop + np.array([left, top]) - points).mean() < 3


def test_no_face_has_no_points() -> None:
    """Neither a cup, nor keypoints that somebody laid on one."""
    cup = picture_of(pictures.coffee())
    face = Face(cup, Box(0, 0, 400, 600), "whole")
    assert landmarks_of(face) is None
    found = faces_of(picture_of(ASTRONAUT), "face")[0].keypoints
    assert landmarks_of(dataclasses.replace(face, keypoints=found)) is None


def test_the_same_face_gives_the_same_bytes() -> None:
    """Twice the same."""
    first, second = landmarks(ASTRONAUT), landmarks(ASTRONAUT)
    assert first is not None
    assert second is not None
    assert first.tobytes() == second.tobytes()
