"""What stands for a picture without a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xaifake.errors import PictureError
from xaifake.images import as_picture, name_of, picture_of, read_picture
from xaifake.records import Pixels

PIXELS: Pixels = np.random.default_rng(0).integers(0, 256, (6, 5, 3), np.uint8)


@pytest.mark.parametrize(
    ("array", "expected", "notes"),
    [
        (PIXELS, PIXELS, ()),
        (PIXELS[..., 0], PIXELS[..., :1], ()),
        (PIXELS[..., :1], PIXELS[..., :1], ()),
        (np.dstack([PIXELS, PIXELS[..., 0]]), PIXELS, ("alpha channel dropped",)),
    ],
    ids=["RGB", "grey", "grey with an axis", "RGBA"],
)
def test_pictures_in_memory(array: Pixels, expected: Pixels, notes: tuple[str, ...]) -> None:
    """RGB of each accepted shape, hashed by shape and pixels, and no longer the caller's array."""
    mine = array.copy()
    picture = picture_of(mine, "mine")
    mine[:] = 0
    np.testing.assert_array_equal(picture.pixels, np.broadcast_to(expected, PIXELS.shape))
    digest = hashlib.sha256(b"(6, 5, 3)" + np.broadcast_to(expected, PIXELS.shape).tobytes()).hexdigest()
    assert ("mine", None, notes, digest) == (picture.name, picture.path, picture.notes, picture.sha256)


@pytest.mark.parametrize(
    "array",
    [PIXELS / 255, PIXELS.astype(np.uint16), PIXELS[None], PIXELS[..., :2], PIXELS[:0], np.uint8(3)],
    ids=["floats", "16 bits", "a batch", "two channels", "empty", "a number"],
)
def test_arrays_that_are_no_pictures_are_refused(array: np.ndarray) -> None:
    """The refusal says what a picture in memory is and what was given."""
    with pytest.raises(
        PictureError, match=rf"^A picture in memory is uint8 .* Received: {np.asarray(array).dtype} of shape"
    ):
        picture_of(array)


def test_whatever_stands_for_a_picture(tmp_path: Path) -> None:
    """A path, an array or a picture itself; anything else is refused by its type."""
    path = tmp_path / "a.png"
    Image.fromarray(PIXELS).save(path)
    picture = picture_of(PIXELS)
    assert as_picture(picture) is picture
    for image in (path, str(path), PIXELS):
        np.testing.assert_array_equal(as_picture(image).pixels, PIXELS)
    assert [str(path), str(path), "array", "ndarray"] == [name_of(i) for i in (path, read_picture(path), picture, PIXELS)]
    with pytest.raises(PictureError, match=r"Received: list$"):
        as_picture([1])
