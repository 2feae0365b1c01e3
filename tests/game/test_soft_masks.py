"""Soft masks kept sparse are soft masks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.game.regions import grid
from xaifake.game.soft_masks import STRIP, SoftMasks
from xaifake.opencv import cv2


def dense(labels: np.ndarray, feather: float) -> np.ndarray:
    """Every share of every region, as a Gaussian blurs the regions."""
    masks = np.stack([(labels == region).astype(np.float32) for region in range(labels.max() + 1)])
    if feather:
        masks = np.stack([cv2.GaussianBlur(mask, (0, 0), feather, borderType=cv2.BORDER_REFLECT) for mask in masks])
    return np.asarray(masks / masks.sum(axis=0), np.float32)


@settings(max_examples=25)
@given(
    shape=st.tuples(st.integers(6, 40), st.integers(6, 40)),
    cells=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    feather=st.sampled_from([0.0, 0.4, 2.0, 30.0]),
    seed=st.integers(0, 99),
)
def test_sums_are_those_of_all_shares(shape: tuple[int, int], cells: tuple[int, int], feather: float, seed: int) -> None:
    """By any weights, up to the rounding of float32."""
    labels = grid(shape, *cells)
    weights = np.random.default_rng(seed).normal(size=(5, cells[0] * cells[1]))
    expected = np.tensordot(weights, dense(labels, feather), axes=1)
    np.testing.assert_allclose(SoftMasks(labels, feather).summed(weights), expected, atol=1e-5)


@pytest.mark.parametrize("width", [7, 1000, STRIP, STRIP + 1])
def test_strips_cover_every_row_once(width: int) -> None:
    """Also where a strip is a single row, and where the last one is shorter."""
    labels = grid((11, width), 3, 7)
    masks = SoftMasks(labels, 1.0)
    assert all(sums[0].size <= max(STRIP, width) for _, sums in masks.strips(np.ones((1, 21))))
    rows = np.concatenate([np.arange(11)[strip] for strip, _ in masks.strips(np.ones((1, 21)))])
    np.testing.assert_array_equal(rows, np.arange(11))
    np.testing.assert_allclose(masks.summed(np.ones((2, 21), np.bool_)), np.ones((2, 11, width)), atol=1e-6)
