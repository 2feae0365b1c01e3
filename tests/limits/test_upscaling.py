"""Enlarged pictures show a period; pictures as they were do not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from engines import constant
from PIL import Image
from showing import shown, texture

from xaifake.limits.upscaling import Upscaling
from xaifake.opencv import cv2
from xaifake.records import Limit, Pixels

INTERPOLATIONS = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC, "Lanczos": cv2.INTER_LANCZOS4}


def judged(pixels: Pixels) -> Limit:
    (limit,) = Upscaling().measure(constant(), [shown(pixels)])
    return limit


def compressed(pixels: Pixels, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("quality", [None, 95, 75, 50])
def test_pictures_as_they_were_are_within(seed: int, quality: int | None) -> None:
    """Not compressed, or compressed: JPEG's blocks are a period of their own, and no enlargement."""
    pixels = texture(seed=seed)
    assert judged(pixels if quality is None else compressed(pixels, quality)).status == "within"


@pytest.mark.parametrize("deviation", [1, 2])
@pytest.mark.parametrize("quality", [90, 75, 50])
def test_blurred_pictures_that_were_compressed_are_within(deviation: int, quality: int) -> None:
    """Where content is smooth, JPEG's blocks show most."""
    pixels = np.asarray(cv2.GaussianBlur(texture(400, 400), (0, 0), deviation), np.uint8)
    assert judged(compressed(pixels, quality)).status == "within"


@pytest.mark.parametrize("name", INTERPOLATIONS)
@pytest.mark.parametrize("factor", [2, 3])
def test_enlarged_pictures_are_outside(name: str, factor: int) -> None:
    """Twofold and threefold by every usual interpolation, but for threefold linear, whose first differences are alike."""
    limit = judged(cv2.resize(texture(), None, fx=factor, fy=factor, interpolation=INTERPOLATIONS[name]))
    assert ("within" if (name, factor) == ("linear", 3) else "outside") == limit.status


@pytest.mark.parametrize("factor", [1.5, 1.8])
def test_broken_factors_show_too(factor: float) -> None:
    """By linear and cubic interpolation; Lanczos leaves little of a trace."""
    for interpolation in (cv2.INTER_LINEAR, cv2.INTER_CUBIC):
        limit = judged(cv2.resize(texture(), None, fx=factor, fy=factor, interpolation=interpolation))
        assert limit.status == "outside"


def test_a_period_in_rows_alone_is_content() -> None:
    """A striped shirt is no enlargement: that has its period in both directions."""
    pixels = texture().astype(int)
    pixels[::3] += 30
    assert judged(np.clip(pixels, 0, 255).astype(np.uint8)).status == "within"


@pytest.mark.parametrize(
    "pixels",
    [texture(95, 300), np.full((200, 200, 3), 77, np.uint8), np.zeros((1, 1, 3), np.uint8)],
    ids=["small", "flat", "one pixel"],
)
def test_too_small_or_flat_is_not_known(pixels: Pixels) -> None:
    """No number is made up."""
    assert Limit("upscaling", "not known", None, 9.0, "times the usual") == judged(pixels)


def test_of_a_large_face_the_middle_is_looked_at() -> None:
    """1,024 pixels a side, so that cost has a bound."""
    rim = np.zeros((1300, 1300, 3), np.uint8)
    rim[138:1162, 138:1162] = texture(1024, 1024)
    assert judged(rim).value == judged(texture(1024, 1024)).value
