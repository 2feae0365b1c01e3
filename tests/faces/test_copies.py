"""Changed copies of a face are what a change of the whole picture makes of it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from synthetic import astronaut

from xaifake.faces.copies import CHANGES, copy_of
from xaifake.images import picture_of
from xaifake.opencv import cv2
from xaifake.records import Box, Change, Face, Pixels

PICTURE: Pixels = np.ascontiguousarray(astronaut(whole=True))
MIDDLE = Box(37, 141, 181, 291)
BOXES = {
    "in the middle": MIDDLE,
    "on the grid": Box(32, 128, 192, 288),
    "in the corner": Box(0, 0, 50, 40),
    "at the far edges": Box(350, 441, 400, 512),
    "the whole picture": Box(0, 0, 400, 512),
    "one pixel": Box(17, 33, 18, 34),
}
AMOUNTS = {"jpeg": 50.0, "resize": 0.5, "blur": 2.0, "noise": 10.0, "shift": 1.0}


def face_of(pixels: Pixels, box: Box) -> Face:
    return Face(picture_of(pixels, "face.png"), box, "blazeface")


def compressed(pixels: Pixels, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


@pytest.mark.parametrize("box", BOXES.values(), ids=list(BOXES))
@pytest.mark.parametrize("quality", [95, 50, 5])
def test_jpeg_of_the_surroundings_is_jpeg_of_the_picture(box: Box, quality: int) -> None:
    """Within the box, bit for bit: blocks are independent, and colours reach no further than the next one."""
    copy = copy_of(face_of(PICTURE, box), Change("jpeg", quality))
    np.testing.assert_array_equal(compressed(PICTURE, quality)[box.rows_and_columns], copy.pixels)


@pytest.mark.parametrize("box", BOXES.values(), ids=list(BOXES))
@pytest.mark.parametrize("deviation", [0.5, 1.0, 2.0, 5.0])
def test_blur_of_the_surroundings_is_blur_of_the_picture(box: Box, deviation: float) -> None:
    """Within the box, bit for bit."""
    copy = copy_of(face_of(PICTURE, box), Change("blur", deviation))
    np.testing.assert_array_equal(cv2.GaussianBlur(PICTURE, (0, 0), deviation)[box.rows_and_columns], copy.pixels)


@pytest.mark.parametrize("factor", [0.9, 0.8, 0.7, 0.6, 0.5])
@pytest.mark.parametrize("box", [MIDDLE, BOXES["at the far edges"], BOXES["the whole picture"]], ids=str)
def test_a_reduced_copy_shows_the_same_face_smaller(box: Box, factor: float) -> None:
    """By the factor, within a pixel, and as the crop alone would be reduced, within a pixel's shift."""
    face = face_of(PICTURE, box)
    copy = copy_of(face, Change("resize", factor))
    np.testing.assert_allclose([copy.box.height, copy.box.width], [box.height * factor, box.width * factor], atol=1.01)
    alone = cv2.resize(face.pixels, (copy.box.width, copy.box.height), interpolation=cv2.INTER_AREA)
    assert np.corrcoef(cv2.blur(alone, (3, 3)).ravel(), cv2.blur(copy.pixels, (3, 3)).ravel())[0, 1] > 0.99


@pytest.mark.parametrize("deviation", [2.0, 10.0])
def test_noise_has_the_deviation_and_is_the_same_each_time(deviation: float) -> None:
    """Around mid grey, where nothing is clipped."""
    face = face_of(np.full((120, 120, 3), 128, np.uint8), Box(20, 20, 100, 100))
    first, second = (copy_of(face, Change("noise", deviation)).pixels for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert abs(first.mean() - 128) < 4 * deviation / np.sqrt(first.size)
    assert first.std() == pytest.approx(deviation, rel=0.03)


@pytest.mark.parametrize("box", BOXES.values(), ids=list(BOXES))
def test_a_shift_moves_the_picture_under_the_box(box: Box) -> None:
    """Down and to the right; beyond the picture's edge its border is repeated."""
    copy = copy_of(face_of(PICTURE, box), Change("shift", 1))
    rows, columns = np.maximum(np.arange(box.top, box.bottom) - 1, 0), np.maximum(np.arange(box.left, box.right) - 1, 0)
    np.testing.assert_array_equal(PICTURE[rows][:, columns], copy.pixels)


@pytest.mark.parametrize("kind", CHANGES)
def test_grey_stays_grey(kind: str) -> None:
    """But for noise, which every channel has of its own."""
    grey = np.repeat(PICTURE[..., :1], 3, axis=2)
    pixels = copy_of(face_of(grey, MIDDLE), Change(kind, AMOUNTS[kind])).pixels
    assert (kind == "noise") == bool((np.ptp(pixels, axis=2) > 0).any())


@pytest.mark.parametrize("kind", CHANGES)
def test_a_large_picture_costs_no_more_than_its_face(kind: str) -> None:
    """The copy holds the face and at most 32 pixels about it."""
    copy = copy_of(face_of(PICTURE, MIDDLE), Change(kind, AMOUNTS[kind]))
    assert copy.picture.height <= MIDDLE.height + 64
    assert copy.picture.width <= MIDDLE.width + 64


@pytest.mark.parametrize("kind", CHANGES)
def test_a_copy_says_what_it_is(kind: str) -> None:
    """By its name and its notes; points on the face are left behind, since they may not fit any more."""
    face = Face(picture_of(PICTURE, "face.png"), MIDDLE, "blazeface", keypoints=np.zeros((6, 2), np.float32))
    copy = copy_of(face, Change(kind, AMOUNTS[kind]))
    said = f"{kind} {AMOUNTS[kind]:g}"
    assert (f"face.png, {said}", (f"part around the face, changed: {said}",)) == (copy.picture.name, copy.picture.notes)
    assert ("blazeface", None) == (copy.locator, copy.keypoints)


@settings(max_examples=60)
@given(st.data(), st.sampled_from(sorted(CHANGES)), st.floats(0.05, 1))
def test_no_copy_is_empty(drawn: st.DataObject, kind: str, factor: float) -> None:
    """Of pictures of one pixel and more, boxes of one pixel and more, wherever they lie."""
    height, width = drawn.draw(st.integers(1, 40)), drawn.draw(st.integers(1, 40))
    top, left = drawn.draw(st.integers(0, height - 1)), drawn.draw(st.integers(0, width - 1))
    box = Box(top, left, drawn.draw(st.integers(top + 1, height)), drawn.draw(st.integers(left + 1, width)))
    amount = factor if kind == "resize" else AMOUNTS[kind]
    copy = copy_of(face_of(np.full((height, width, 3), 100, np.uint8), box), Change(kind, amount))
    assert (copy.box.height, copy.box.width, 3) == copy.pixels.shape
    assert copy.pixels.size > 0
