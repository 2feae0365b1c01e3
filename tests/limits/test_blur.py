"""The blur that was planted is the blur that is measured."""

from __future__ import annotations

import numpy as np
import pytest
from engines import constant
from showing import disks, shown

from xaifake.limits.blur import Blur
from xaifake.opencv import cv2
from xaifake.records import Limit, Pixels

pytestmark = pytest.mark.slow


def judged(pixels: Pixels) -> Limit:
    (limit,) = Blur().measure(constant(), [shown(pixels)])
    return limit


def blurred(side: int, percent: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(disks(side), (0, 0), percent / 100 * side), np.uint8)


@pytest.mark.parametrize("side", [128, 200, 256, 512])
@pytest.mark.parametrize("percent", [0.75, 1.0, 1.5])
def test_planted_blur_is_measured_at_every_size(side: int, percent: float) -> None:
    """To an eighth, of pictures whose own edges are as sharp as pixels are."""
    assert judged(blurred(side, percent)).value == pytest.approx(percent, rel=0.12)


@pytest.mark.parametrize("side", [256, 600])
def test_sharp_is_within_and_blurred_is_outside(side: int) -> None:
    """The bound lies between no blur and one of 1 % of the face."""
    assert ["within", "outside"] == [judged(pixels).status for pixels in (disks(side), blurred(side, 1))]


def test_contrast_does_not_matter() -> None:
    """A ratio of gradients has none: half the contrast, the same blur."""
    pixels = blurred(256, 0.75)
    assert judged(pixels // 2 + 60).value == pytest.approx(judged(pixels).value, rel=0.1)


def test_a_sharp_face_before_a_blurred_background_is_sharp() -> None:
    """The sharper edges count, a quarter of the picture having them."""
    pixels = blurred(256, 3).copy()
    pixels[64:192, 64:192] = disks(256)[64:192, 64:192]
    assert judged(pixels).status == "within"


@pytest.mark.parametrize(
    "pixels",
    [disks(127), np.full((200, 200, 3), 77, np.uint8), np.zeros((1, 1, 3), np.uint8)],
    ids=["small", "flat", "one"],
)
def test_too_small_or_flat_is_not_known(pixels: Pixels) -> None:
    """No number is made up."""
    assert Limit("blur", "not known", None, 0.9, "% of the face") == judged(pixels)
