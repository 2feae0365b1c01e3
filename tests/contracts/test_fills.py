"""Every fill that the folder holds is a view, takes the evidence out of its place, and gives the same bytes again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engines import FAKE, REAL, planted, planted_view

from xaifake import plugins

FILLS = plugins.names("fill")


@pytest.mark.parametrize("name", FILLS)
@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 5, 3), (30, 20, 3), (224, 160, 3)])
def test_a_fill_is_a_view(name: str, shape: Any) -> None:
    """Same shape, float32, in 0..255, and the view itself is left as it was."""
    pixels = np.random.default_rng(0).uniform(0, 255, shape).astype(np.float32)
    before = pixels.copy()

    filled = plugins.make("fill", name).fill(pixels)

    assert filled.shape == shape
    assert filled.dtype == np.float32
    assert 0 <= filled.min() <= filled.max() <= 255
    np.testing.assert_array_equal(pixels, before)
    assert not np.shares_memory(filled, pixels)


@pytest.mark.parametrize("name", FILLS)
@pytest.mark.parametrize("level", [0.0, 77.3, 255.0])
def test_one_colour_stays_as_it_is(name: str, level: float) -> None:
    """To the rounding of OpenCV's whole grey levels; nothing darkens towards the borders."""
    pixels = np.full((40, 50, 3), level, np.float32)

    np.testing.assert_allclose(plugins.make("fill", name).fill(pixels), pixels, atol=1.0)


@pytest.mark.parametrize("name", FILLS)
def test_the_same_view_gives_the_same_bytes(name: str) -> None:
    """Whatever was filled between."""
    pixels, other = planted_view(0).pixels, planted_view(1).pixels
    fill = plugins.make("fill", name)
    first = fill.fill(pixels).tobytes()
    fill.fill(other)

    assert fill.fill(pixels).tobytes() == plugins.make("fill", name).fill(pixels).tobytes() == first


@pytest.mark.parametrize("name", FILLS)
def test_a_fill_removes_the_evidence(name: str) -> None:
    """Where the stripes were, less than a twentieth of their effect is left, of either sign.

    Noise has fine structure of its own, and so some effect, whatever it hides.
    """
    view = planted_view()
    filled = plugins.make("fill", name).fill(view.pixels)
    for box in (FAKE, REAL):
        restored = view.pixels.copy()
        restored[box.rows_and_columns] = filled[box.rows_and_columns]
        full, without, empty = planted().score(np.stack([view.pixels, restored, filled]))

        assert abs(empty) < 0.05 * full
        assert abs(full - without) > 0.4
