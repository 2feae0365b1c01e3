"""The steps of pasting a face, each on what can be counted."""

from __future__ import annotations

import numpy as np

from xaifake.faces.pasting import hull_of, mixed, moved, softened

SQUARE = np.array([[20, 20], [40, 20], [40, 40], [20, 40], [30, 30]])
RANDOM = np.random.default_rng(0)


def test_a_hull_holds_all_between_its_points() -> None:
    """21 × 21 pixels, and what of it lies beyond the grid is not drawn."""
    assert 21 * 21 == hull_of(SQUARE, (64, 64)).sum()
    assert 21 * 10 == hull_of(SQUARE, (30, 64)).sum()


def test_masks_grow_shrink_and_fade() -> None:
    """By so many pixels outwards, one fewer inwards, since a distance is to the nearest pixel of the other kind."""
    inside = hull_of(SQUARE, (64, 64))
    widths = [(softened(inside, by, 0.3)[30] > 0.5).sum() for by in (-4, 0, 4)]
    assert [15, 21, 29] == widths
    soft = softened(inside, 0, 3)
    assert 0 < soft[30, 15] < soft[30, 20] < soft[30, 25] < 1
    assert 0 == soft[30, 0]
    assert np.float32 == soft.dtype


def test_pixels_move_about_a_point() -> None:
    """What is neither scaled nor shifted stays; a point goes where the shift says, and is the centre of what is scaled."""
    pixels = RANDOM.integers(0, 255, (48, 64, 3)).astype(np.float32)
    about, still = np.array([30.0, 20.0]), np.zeros(2)
    assert np.array_equal(pixels, moved(pixels, about, 1.0, still))
    assert np.array_equal(pixels[:-2, :-3], moved(pixels, about, 1.0, np.array([3.0, 2.0]))[2:, 3:])
    dot = np.zeros((48, 64, 3), np.float32)
    dot[20, 30] = dot[20, 40] = 255
    wider = moved(dot, about, np.array([1.5, 1.0]), still)
    assert [30, 45] == np.flatnonzero(wider[20, :, 0] > 100).tolist()
    assert [20] == np.flatnonzero(wider[:, 30, 0] > 100).tolist()


def test_pictures_mix_by_the_mask() -> None:
    """All, nothing, and a quarter of the source."""
    mask = np.float32([[1, 0, 0.25]])
    assert [200, 40, 80] == mixed(np.full((1, 3, 3), 200), np.full((1, 3, 3), 40, np.uint8), mask)[0, :, 1].tolist()
