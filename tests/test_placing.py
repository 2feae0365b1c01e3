"""A grid drawn into a canvas: nothing is invented, nothing is lost, and nothing lies outside its box."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.placing import place

SIDE = st.integers(1, 30)
CELLS = st.tuples(st.integers(1, 7), st.integers(1, 7))
EDGE = st.integers(-40, 160).map(lambda eighths: eighths / 8)
BOX = st.tuples(EDGE, EDGE, EDGE, EDGE).filter(lambda box: box[0] < box[2] and box[1] < box[3])
"""Fractional boxes that may reach beyond the canvas."""


def grid_of(cells: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(cells).normal(size=cells).astype(np.float32)


def inside(box: tuple[float, float, float, float], shape: tuple[int, int]) -> np.ndarray:
    """The pixels whose centres lie in the box."""
    rows, columns = (np.arange(side) + 0.5 for side in shape)
    down, across = (rows >= box[0]) & (rows < box[2]), (columns >= box[1]) & (columns < box[3])
    return down[:, None] & across


@settings(max_examples=25)
@given(cells=CELLS, box=BOX, shape=st.tuples(SIDE, SIDE), smooth=st.booleans())
def test_a_map_fills_its_box_within_its_own_range(
    cells: tuple[int, int], box: tuple[float, float, float, float], shape: tuple[int, int], smooth: bool
) -> None:
    """A map of one value has it everywhere in the box and 0 elsewhere; no other map goes beyond its own extremes."""
    within, values = inside(box, shape), grid_of(cells)

    flat = place(np.full(cells, 3, np.float32), box, shape, smooth=smooth)
    drawn = place(values, box, shape, smooth=smooth)

    np.testing.assert_allclose(flat, np.where(within, 3, 0), rtol=1e-6)
    assert not drawn[~within].any()
    assert np.clip(drawn, values.min(), values.max())[within] == pytest.approx(drawn[within], abs=1e-6)


@settings(max_examples=25)
@given(cells=CELLS, box=BOX, shape=st.tuples(SIDE, SIDE))
def test_a_mirrored_map_is_drawn_mirrored(
    cells: tuple[int, int], box: tuple[float, float, float, float], shape: tuple[int, int]
) -> None:
    """Neither corner comes first, and rows are treated as columns are."""
    values, (height, width), (top, left, bottom, right) = grid_of(cells), shape, box
    drawn = place(values, box, shape, smooth=True)
    within = inside(box, shape)

    across = place(values[:, ::-1], (top, width - right, bottom, width - left), shape, smooth=True)[:, ::-1]
    turned = place(values.T, (left, top, right, bottom), (width, height), smooth=True).T

    both = within & inside((top, width - right, bottom, width - left), shape)[:, ::-1]  # a centre may lie on an edge
    np.testing.assert_allclose(across[both], drawn[both], atol=1e-5)
    np.testing.assert_allclose(turned, drawn, atol=1e-6)


@settings(max_examples=25)
@given(cells=CELLS, factors=st.tuples(st.integers(1, 5), st.integers(1, 5)))
def test_whole_cells_are_copied(cells: tuple[int, int], factors: tuple[int, int]) -> None:
    """Without smoothing, a canvas of so many times the cells repeats them, and smoothing keeps the values of odd middles."""
    values = grid_of(cells)
    shape = cells[0] * factors[0], cells[1] * factors[1]
    box = (0, 0, *shape)

    np.testing.assert_array_equal(place(values, box, shape, smooth=False), np.kron(values, np.ones(factors, np.float32)))
    if factors[0] % 2 == factors[1] % 2 == 1:
        middles = place(values, box, shape, smooth=True)[factors[0] // 2 :: factors[0], factors[1] // 2 :: factors[1]]
        np.testing.assert_allclose(middles, values, atol=1e-5)


@settings(max_examples=25)
@given(cells=CELLS, edge=st.integers(1, 79).map(lambda eighths: eighths / 8), smooth=st.booleans())
def test_boxes_side_by_side_share_out_the_canvas(cells: tuple[int, int], edge: float, smooth: bool) -> None:
    """Half-open: each pixel has one of two neighbours, none has both, none has neither."""
    ones = np.ones(cells, np.float32)

    left, right = (place(ones, box, (3, 10), smooth=smooth) for box in ((0, 0, 3, edge), (0, edge, 3, 10)))

    np.testing.assert_allclose(left + right, 1, rtol=1e-6)
