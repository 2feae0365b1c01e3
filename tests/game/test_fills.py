"""Each fill takes away what it says, and leaves what it says."""

from __future__ import annotations

import numpy as np
import pytest
from engines import FAKE, planted_view

from xaifake.errors import UsageError
from xaifake.game.fills.blur import Blur
from xaifake.game.fills.inpaint import Inpaint
from xaifake.game.fills.mean import Mean
from xaifake.game.fills.median import Median
from xaifake.game.fills.mirror import Mirror
from xaifake.game.fills.noise import Noise
from xaifake.interfaces import Fill
from xaifake.opencv import cv2

PAINTED = {
    0.02: [[16, 3, 10], [154, 129, 167], [118, 104, 133], [210, 76, 184]],
    1 / 7: [[45, 14, 38], [148.3, 133.3, 138], [108.9, 119.9, 130.3], [188.6, 103.1, 139.1]],
    0.25: [[68, 29, 84], [134.3, 105.7, 123], [122.7, 117.9, 124.1], [142, 145, 134]],
}
"""Of four pixels, by the share of a cell."""


def test_a_blur_keeps_one_colour_as_it_is() -> None:
    """Borders are reflected, so nothing darkens towards them."""
    pixels = np.full((20, 30, 3), 77, np.float32)

    np.testing.assert_allclose(Blur().fill(pixels), pixels, rtol=1e-6)


def test_the_default_blur_removes_what_is_as_fine_as_a_region() -> None:
    """A wave as long as the side of one region of fifty keeps less than a hundredth of its amplitude."""
    period = 224 / 50**0.5
    wave = 100 * np.sin(2 * np.pi * np.arange(224) / period)
    pixels = np.broadcast_to(128 + wave[:, None, None], (224, 224, 3)).astype(np.float32)

    inner = Blur().fill(pixels)[64:160]  # away from the borders, whose mirror image breaks the wave

    assert np.abs(inner - 128).max() < 1.0


def test_the_mean_fill_is_the_mean_colour() -> None:
    """One colour everywhere, each channel's mean."""
    pixels = planted_view().pixels
    filled = Mean().fill(pixels)

    assert np.ptp(filled, axis=(0, 1)).tolist() == [0, 0, 0]
    np.testing.assert_allclose(filled[FAKE.top, FAKE.left], pixels.mean(axis=(0, 1), dtype=np.float64), rtol=1e-6)


@pytest.mark.parametrize(
    ("fill", "options", "message"),
    [
        (Blur, {"share": 0}, "above 0"),
        (Noise, {"share": 0}, "above 0"),
        (Noise, {"seed": -1}, "from 0"),
        (Blur, {"share": 1e6}, "up to 1"),
        (Noise, {"share": 1e6}, "up to 1"),
        (Median, {"share": 0}, "above 0"),
        (Median, {"share": 1.5}, "up to 1"),
        (Inpaint, {"share": 0}, "above 0"),
        (Inpaint, {"share": 0.5}, r"up to 0\.25"),
    ],
)
def test_a_fill_of_nothing_is_refused(fill: type, options: dict[str, float], message: str) -> None:
    """A blur of nothing would hide nothing, and a hole as large as the picture has no surroundings."""
    with pytest.raises(UsageError, match=message):
        fill(**options)


def test_a_median_takes_a_spot_away_and_leaves_an_edge() -> None:
    """A spot smaller than half a window leaves no trace; a step stays a step, as steep as the blur before lets it be."""
    spot = np.full((100, 100, 3), 180, np.float32)
    spot[46:54, 46:54] = 20
    step = np.full((100, 100, 3), 60, np.float32)
    step[:, 50:] = 200

    assert Median(share=0.2).fill(spot)[50, 50].tolist() == [180, 180, 180]
    assert np.abs(Median(share=0.2).fill(step)[50, [45, 54]] - [[60], [200]]).max() < 3


def test_a_mirror_shows_the_other_side() -> None:
    """Left and right change places, and rows stay."""
    pixels = np.random.default_rng(0).uniform(0, 255, (4, 5, 3)).astype(np.float32)

    np.testing.assert_array_equal(Mirror().fill(pixels)[2, 0], pixels[2, 4])


def test_noise_has_the_variance_that_the_blur_took_away() -> None:
    """In each channel, and another seed gives other noise."""
    pixels = (128 + np.random.default_rng(1).normal(0, [5, 10, 20], (200, 200, 3))).astype(np.float32)

    filled = Noise().fill(pixels)

    np.testing.assert_allclose(filled.std(axis=(0, 1)), [5, 10, 20], rtol=0.05)
    assert np.abs(filled - Noise(seed=1).fill(pixels)).max() > 10


def test_inpainting_knows_nothing_of_what_it_hides() -> None:
    """A spot of a third of a cell leaves next to nothing; the slope around it goes on."""
    slope = np.repeat(np.linspace(40, 200, 112)[None, :, None], 112, axis=0).repeat(3, axis=2).astype(np.float32)
    spot = slope.copy()
    middle = 16 * 3 + 8
    spot[middle - 3 : middle + 3, middle - 3 : middle + 3] = 255

    filled = Inpaint().fill(spot)

    assert spot[middle, middle, 0] - slope[middle, middle, 0] > 100
    assert np.abs(filled[middle, middle] - slope[middle, middle]).max() < 8


@pytest.mark.parametrize("share", [0.02, 1 / 7, 0.25])
def test_an_inpainted_view_has_the_fill_that_it_always_had(share: float) -> None:
    """Cases that were saved are repeated by it, so it may not change unawares."""
    rows, columns = np.mgrid[0:20, 0:40]
    waves = (columns * 7 + rows * 11, columns**2 + rows, rows**2 * 3 + columns * 5)
    pixels = (np.stack(waves, axis=2) % 256).astype(np.float32)

    filled = Inpaint(share).fill(pixels)

    np.testing.assert_allclose(filled[[0, 7, 13, 19], [0, 11, 33, 39]], PAINTED[share], atol=0.6)


@pytest.mark.parametrize("shape", [(75, 150), (150, 75), (400, 3), (3, 400)])
def test_large_views_are_painted_at_a_working_size(shape: tuple[int, int]) -> None:
    """The fill of one whose longer side is above 112 pixels is that of the view shrunk to it, enlarged."""
    pixels = np.random.default_rng(0).uniform(0, 255, (*shape, 3)).astype(np.float32)
    height, width = (max(2, round(112 * side / max(shape))) for side in shape)
    small = Inpaint().fill(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA))

    np.testing.assert_allclose(Inpaint().fill(pixels), cv2.resize(small, shape[::-1]), atol=1e-3)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_lone_row_is_painted_as_two_alike(axis: int) -> None:
    """OpenCV alone would paint what memory happened to hold."""
    pixels = np.random.default_rng(0).uniform(0, 255, (1, 9, 3)).astype(np.float32).swapaxes(0, axis)
    twice = Inpaint().fill(np.ascontiguousarray(pixels.repeat(2, axis=axis)))

    np.testing.assert_allclose(Inpaint().fill(pixels), twice.mean(axis=axis, keepdims=True), atol=1e-3)


@pytest.mark.parametrize("fill", [Blur(), Median(), Inpaint(), Noise()])
def test_a_white_view_stays_white(fill: Fill) -> None:
    """No mean rounds beyond what a pixel can be."""
    filled = fill.fill(np.full((30, 40, 3), 255, np.float32))

    assert (filled.max(), filled.min()) == (255, pytest.approx(255))


@pytest.mark.parametrize("fill", [Blur(), Blur(1.0), Median(), Median(1.0), Mean()])
def test_rows_are_treated_as_columns_are(fill: Fill) -> None:
    """A view on its side has its fill on its side."""
    pixels = np.random.default_rng(0).uniform(0, 255, (24, 24, 3)).astype(np.float32)
    turned = np.ascontiguousarray(pixels.transpose(1, 0, 2))

    np.testing.assert_allclose(fill.fill(turned).transpose(1, 0, 2), fill.fill(pixels), atol=1.5)


@pytest.mark.parametrize("fill", [Blur(), Median()])
def test_the_shorter_side_says_how_much_goes(fill: Fill) -> None:
    """A view six times as wide loses no more of what lies across it."""
    rows = (128 + 100 * np.sin(np.arange(40)))[:, None, None].astype(np.float32)
    square, wide = (np.broadcast_to(rows, (40, width, 3)).copy() for width in (40, 240))

    np.testing.assert_allclose(fill.fill(wide)[:, 0], fill.fill(square)[:, 0], atol=1e-3)


def test_noise_stays_within_the_range_about_the_blur() -> None:
    """Black and white are reached and not passed, and the mean stays where it is."""
    grain = np.random.default_rng(0)
    extreme = (255 * (grain.random((100, 100, 3)) < 0.5)).astype(np.float32)
    middle = grain.normal(128, 5, (100, 100, 3)).astype(np.float32)

    filled = Noise().fill(extreme)

    assert (filled.min(), filled.max()) == (0, 255)
    assert Noise().fill(middle).mean() == pytest.approx(middle.mean(), abs=0.2)


def test_a_median_takes_fine_stripes_away() -> None:
    """Of which it would make stripes again, were they not blurred before; in narrow windows they are blurred too."""
    stripes = np.repeat(60.0 + 120 * (np.arange(224)[:, None, None] // 2 % 2), 224, axis=1).repeat(3, axis=2)

    assert Median(share=0.2).fill(stripes.astype(np.float32)).std() < 5
    assert Median(share=0.01).fill(stripes.astype(np.float32)).std() < 50


def test_what_the_blur_keeps_makes_no_noise() -> None:
    """A slow wave has hardly any."""
    wave = 128 + 100 * np.cos(np.arange(100) * np.pi / 99)
    pixels = np.broadcast_to(wave[None, :, None], (100, 100, 3)).astype(np.float32)

    assert np.abs(Noise().fill(pixels) - Blur().fill(pixels)).std() < 10
