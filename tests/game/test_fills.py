"""Every fill keeps shape, type and range; each takes away what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engines import FAKE, planted, planted_view

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.game.fills.blur import Blur
from xaifake.game.fills.mean import Mean


@pytest.mark.parametrize("name", plugins.names("fill"))
@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 5, 3), (30, 20, 3)])
def test_a_fill_is_a_view(name: str, shape: Any) -> None:
    """Same shape, float32, in 0..255, and the view itself is left as it was."""
    pixels = np.random.default_rng(0).uniform(0, 255, shape).astype(np.float32)
    before = pixels.copy()

    filled = plugins.find("fill", name)().fill(pixels)

    assert filled.shape == shape
    assert filled.dtype == np.float32
    assert 0 <= filled.min() <= filled.max() <= 255
    np.testing.assert_array_equal(pixels, before)
    assert not np.shares_memory(filled, pixels)


@pytest.mark.parametrize("name", plugins.names("fill"))
def test_a_fill_removes_the_evidence(name: str) -> None:
    """On the filled view the planted detector finds less than a hundredth of what it found."""
    view = planted_view()
    filled = plugins.find("fill", name)().fill(view.pixels)

    full, empty = planted().score(np.stack([view.pixels, filled]))

    assert abs(empty) < 0.01 * full


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


def test_no_blur_is_refused() -> None:
    """A blur of nothing would hide nothing."""
    with pytest.raises(UsageError, match="above 0"):
        Blur(share=0)
