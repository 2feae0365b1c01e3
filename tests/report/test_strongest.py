"""The table beside a picture names the places where its evidence really lies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic import gradcam, masking, smoothgrad

from xaifake.records import Box
from xaifake.report.strongest import strongest

BOX, SIZE = Box(0, 0, 128, 128), (128, 128)


def test_cells_are_ordered_by_strength_on_both_sides() -> None:
    """The strongest cells for FAKE and for REAL come first, with their values and middles."""
    values = np.zeros((4, 4), np.float32)
    values[3, 0], values[1, 2], values[0, 3] = 2, 5, -1
    found = strongest(replace(gradcam(BOX, SIZE), values=values))
    assert [(a.value, a.down, a.across, a.share) for a in found.fake] == [
        (5, 0.375, 0.625, 1 / 16),
        (2, 0.875, 0.125, 1 / 16),
    ]
    assert [(a.value, a.down, a.across) for a in found.real] == [(-1, 0.125, 0.875)]
    assert found.unit == "logit"


def test_regions_keep_their_own_values() -> None:
    """A region's value is its own, not its sum over pixels; its middle and share come from the label map."""
    regions = np.zeros((10, 10), np.int32)
    regions[:, 8:] = 1
    values = np.array([0.5, -0.25], np.float32)
    lime = replace(masking("lime", BOX, SIZE), values=values[regions], regions=regions, region_values=values)
    found = strongest(lime)
    assert [(a.value, a.share) for a in found.fake + found.real] == [(0.5, 0.8), (-0.25, 0.2)]
    assert (found.real[0].down, found.real[0].across) == pytest.approx((0.5, 0.9))


def test_labels_without_pixels_are_left_out() -> None:
    """A label that no pixel has is no region."""
    regions = np.array([[0, 2]], np.int32)
    values = np.array([1, 9, -1], np.float32)
    lime = replace(masking("lime", BOX, SIZE), values=values[regions], regions=regions, region_values=values)
    found = strongest(lime)
    assert [area.value for area in found.fake + found.real] == [1, -1]


def test_fine_grids_are_summed_into_blocks() -> None:
    """The blocks of a pixel map add up to the whole map's logits."""
    attribution = smoothgrad(BOX, SIZE)
    found = strongest(attribution, count=49)
    total = sum(area.value for area in found.fake + found.real)
    assert total == pytest.approx(float(attribution.values.sum()), abs=1e-4)


def test_a_sensitivity_is_averaged() -> None:
    """Without a sign nothing adds up: blocks hold means, in the map's own unit."""
    attribution = replace(smoothgrad(BOX, SIZE, sensitivity=True), values=np.full((128, 3), 0.25, np.float32))
    found = strongest(attribution)
    assert [area.value for area in found.fake] == [0.25] * 3
    assert found.unit == "logit per grey level, mean"


def test_an_empty_map_has_no_places() -> None:
    """No evidence, no rows."""
    found = strongest(replace(gradcam(BOX, SIZE), values=np.zeros((7, 7), np.float32)))
    assert found.fake == found.real == ()
