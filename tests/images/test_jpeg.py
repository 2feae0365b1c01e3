"""How strongly a JPEG was compressed is read off its tables."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from xaifake.images import read_bytes, read_picture
from xaifake.images.jpeg import quality_of
from xaifake.opencv import cv2
from xaifake.records import Picture

NOISE = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
PHOTOSHOP = (2, 2, 2, 2, 3, 4, 5, 6, 2, 2, 2, 2, 3, 4, 5, 6, 2, 2, 2, 2, 4, 5, 7, 9, 2, 2, 2, 4, 5, 7, 9, 12, 3, 3, 4, 5, 8,
             10, 12, 12, 4, 4, 5, 7, 10, 12, 12, 12, 5, 5, 7, 9, 12, 12, 12, 12, 6, 6, 9, 12, 12, 12, 12, 12)  # fmt: skip
"""The luminance steps of most of the CIPLAB faces, which Photoshop saved."""


def saved(image: Image.Image, **options: Any) -> Picture:
    file = io.BytesIO()
    image.save(file, **{"format": "JPEG"} | options)
    return read_bytes(file.getvalue(), "picture")


def test_every_quality_of_both_writers_is_read_exactly() -> None:
    """1 to 100, as Pillow and as OpenCV write it."""
    wanted = list(range(1, 101))
    assert wanted == [saved(Image.fromarray(NOISE), quality=quality).jpeg_quality for quality in wanted]
    files = [cv2.imencode(".jpg", NOISE, (cv2.IMWRITE_JPEG_QUALITY, quality))[1].tobytes() for quality in wanted]
    assert wanted == [read_bytes(file, "picture").jpeg_quality for file in files]


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True, "subsampling": 0}], ids=str)
def test_the_quality_does_not_depend_on_how_else_it_was_saved(mode: str, options: dict[str, Any]) -> None:
    """Grey, four colours, progressive, full colour resolution."""
    picture = saved(Image.fromarray(NOISE).convert(mode), quality=63, **options)
    assert ("JPEG", 63) == (picture.format, picture.jpeg_quality)


def test_tables_of_their_own_are_of_the_nearest_quality() -> None:
    """Photoshop's level 10 compresses about as libjpeg's 94; the table of brightness counts, whatever that of colours."""
    assert quality_of(PHOTOSHOP) == 94
    assert saved(Image.fromarray(NOISE), qtables=[PHOTOSHOP, [99] * 64]).jpeg_quality == 94


def test_tables_that_are_like_none_have_no_quality() -> None:
    """A flat table of coarse steps is far from every standard one."""
    picture = saved(Image.fromarray(NOISE), qtables=[[40] * 64, [40] * 64])
    assert ("JPEG", None) == (picture.format, picture.jpeg_quality)


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("WEBP", {"quality": 50}), ("TIFF", {"compression": "jpeg", "quality": 50})], ids=str
)
def test_other_formats_have_no_quality(kind: str, options: dict[str, Any]) -> None:
    """Not even those that compress as strongly."""
    picture = saved(Image.fromarray(NOISE), format=kind, **options)
    assert (kind, None) == (picture.format, picture.jpeg_quality)


def test_a_phone_s_jpeg_with_a_second_picture_is_a_jpeg() -> None:
    """Pillow calls it MPO."""
    picture = saved(Image.fromarray(NOISE), format="MPO", save_all=True, append_images=[Image.fromarray(NOISE)], quality=85)
    assert ("JPEG", 85) == (picture.format, picture.jpeg_quality)


@pytest.mark.parametrize(
    ("name", "quality"),
    [
        ("kaggle_256/train/real", {75}),
        ("mesonet_samples/real", {75, 95}),
        ("ciplab/train/real", {87, 90, 94, 99}),
        ("ciplab/train/fake", {87, 90, 94, 99}),
    ],
)
def test_real_faces(data: Path, name: str, quality: set[int]) -> None:
    """Those of libjpeg have its qualities, those of Photoshop the nearest."""
    files = sorted((data / "faces" / name).iterdir())[:25]
    pictures = [read_picture(file) for file in files]
    assert {"JPEG"} == {picture.format for picture in pictures}
    assert {picture.jpeg_quality for picture in pictures} <= quality
