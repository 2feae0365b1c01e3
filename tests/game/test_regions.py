"""Regions cut every view into connected players, numbered without gaps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from engines import planted_view
from hypothesis import example, given, settings
from hypothesis import strategies as st
from skimage.measure import label

from xaifake.errors import UsageError
from xaifake.game.regions import _grid_of, grid, neighbours, superpixels


def pieces(labels: np.ndarray) -> int:
    """How many connected regions a label map has, counting the parts of a torn region one by one."""
    return int(label(labels, connectivity=1, background=-1).max())


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 255, (*shape, 3)).astype(np.float32)


def half(*shape: int) -> np.ndarray:
    """Black above, white below, and noise in the lower half."""
    pixels = noise(*shape)
    pixels[: shape[0] // 2] = 0
    return pixels


@settings(max_examples=40)
@given(
    shape=st.tuples(st.integers(1, 48), st.integers(1, 48)),
    count=st.integers(1, 80),
    pixels=st.sampled_from([noise, half, lambda *shape: np.full((*shape, 3), 90, np.float32)]),
)
@example(shape=(96, 96), count=50, pixels=noise)
@example(shape=(1, 40), count=2, pixels=noise)
def test_regions_are_connected_and_numbered_without_gaps(
    shape: tuple[int, int], count: int, pixels: Callable[..., np.ndarray]
) -> None:
    """Whatever the view and the number asked, labels run from 0 without gaps, each is one connected region, and of two
    or more each has a neighbour.
    """
    labels = superpixels(pixels(*shape), count)

    assert labels.shape == shape
    assert labels.dtype == np.int32
    assert set(np.unique(labels)) == set(range(labels.max() + 1))
    assert pieces(labels) == labels.max() + 1
    assert not labels.flags.writeable
    touching = neighbours(labels)
    np.testing.assert_array_equal(touching, touching.T)
    assert not touching.diagonal().any()
    assert labels.max() == 0 or touching.any(axis=1).all()


@pytest.mark.parametrize("shape", [(1, 2), (3, 3), (8, 8), (64, 64)])
def test_two_pixels_are_enough_for_two_regions(shape: tuple[int, int]) -> None:
    """Only a view of one pixel is a single region, when more are asked for."""
    assert superpixels(noise(*shape)).max() >= 1
    assert superpixels(noise(1, 1)).max() == 0


def test_noise_is_cut_into_a_grid() -> None:
    """Where SLIC would merge nearly all regions, about as many as asked for are still there."""
    assert superpixels(noise(224, 224), 50).max() + 1 == 49


def test_the_same_view_gives_the_same_regions() -> None:
    """Superpixels are deterministic."""
    first, second = (superpixels(planted_view().pixels, 20) for _ in range(2))

    assert first.tobytes() == second.tobytes()


def test_superpixels_follow_colour() -> None:
    """A border between two colours is a border between regions."""
    pixels = np.zeros((40, 40, 3), np.float32)
    pixels[:, 23:] = 255
    labels = superpixels(pixels, 16)

    assert not set(np.unique(labels[:, :23])) & set(np.unique(labels[:, 23:]))


def test_a_grid_has_even_cells() -> None:
    """Cells are numbered row by row and differ by at most one row and column."""
    labels = grid((7, 9), 2, 3)

    assert labels[0].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert np.bincount(labels.ravel()).tolist() == [12, 12, 12, 9, 9, 9]


@pytest.mark.parametrize(("rows", "columns"), [(0, 3), (8, 3), (2, 10)])
def test_a_grid_finer_than_pixels_is_refused(rows: int, columns: int) -> None:
    """The refusal names what would fit."""
    with pytest.raises(UsageError, match="1 to 7 rows and 1 to 9 columns"):
        grid((7, 9), rows, columns)


def test_neighbours_share_an_edge() -> None:
    """Of a grid of two rows and three columns: above, below and beside, and nothing across a corner."""
    touching = neighbours(grid((4, 6), 2, 3))

    assert [np.flatnonzero(row).tolist() for row in touching] == [[1, 3], [0, 2, 4], [1, 5], [0, 4], [1, 3, 5], [2, 4]]


def test_neighbours_touch_in_every_row() -> None:
    """Not the first one alone."""
    touching = [[1], [0, 2], [1, 3], [2]]

    assert [np.flatnonzero(row).tolist() for row in neighbours(grid((4, 1), 4, 1))] == touching
    assert [np.flatnonzero(row).tolist() for row in neighbours(grid((1, 4), 1, 4))] == touching


@pytest.mark.parametrize(("shape", "cells"), [((100, 4), (5, 1)), ((4, 100), (1, 5)), ((40, 40), (2, 2)), ((2, 1), (2, 1))])
def test_a_strip_is_cut_across_alone(shape: tuple[int, int], cells: tuple[int, int]) -> None:
    """Into as many as are asked for, however long it is."""
    np.testing.assert_array_equal(_grid_of(shape, 5), grid(shape, *cells))
