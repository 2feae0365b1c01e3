"""Lines lie where the values say, and hold the share of the area that they name."""

from __future__ import annotations

import numpy as np
import pytest
from svg_paths import area, polygons
from synthetic import hill

from xaifake.records import Box
from xaifake.report.outlines import SHARES, contours, outline


def test_a_mask_is_outlined_at_its_borders() -> None:
    """In the pixels of the box that it fills, with its hole taken out."""
    mask = np.zeros((128, 128), bool)
    mask[32:96, 32:96] = True
    mask[48:80, 48:80] = False
    path = outline(mask, Box(100, 300, 356, 556))
    corners = np.vstack(polygons(path))
    assert corners.min(axis=0) == pytest.approx([300 + 64, 100 + 64], abs=1)
    assert corners.max(axis=0) == pytest.approx([300 + 192, 100 + 192], abs=1)
    assert area(path) == pytest.approx(128**2 - 64**2, rel=0.01)


def test_lines_at_the_edge_are_closed() -> None:
    """A mask that fills the whole box has the box for its outline."""
    path = outline(np.ones((64, 64), bool), Box(0, 0, 64, 64))
    assert area(path) == pytest.approx(64**2, rel=0.01)


def test_nothing_has_no_outline() -> None:
    """An empty mask gives an empty path."""
    assert outline(np.zeros((8, 8), bool), Box(0, 0, 8, 8)) == ""


@pytest.mark.parametrize("smooth", [True, False], ids=["levels", "cells"])
def test_contours_hold_the_share_that_they_name(smooth: bool) -> None:
    """Over both sides together: the strongest 5, 10 and 20 % of the area."""
    values = hill((200, 200), 0.7, 0.5, 0.2, 1.0) + hill((200, 200), 0.2, 0.3, 0.2, -0.9)
    found = contours(values, Box(0, 0, 100, 100), smooth=smooth)
    assert {contour.share for contour in found} == set(SHARES)
    for share in SHARES:
        enclosed = sum(area(contour.path) for contour in found if contour.share == share)
        assert enclosed == pytest.approx(100 * 100 * share, rel=0.03)


def test_cells_and_regions_are_taken_whole() -> None:
    """Of a grid of nine cells, the strongest 5 % is one whole cell, and 20 % two."""
    values = np.float32([[0, 0, 0], [9, 0, 0], [0, 0, -8]])
    found = {(contour.side, contour.share): area(contour.path) for contour in contours(values, Box(0, 0, 90, 90))}
    assert found[("fake", 0.05)] == pytest.approx(900, rel=0.02)
    assert ("real", 0.05) not in found
    assert found[("real", 0.2)] == pytest.approx(900, rel=0.02)


def test_lines_never_hold_what_has_no_evidence() -> None:
    """Where less than 20 % of the area has any, the line lies about that much."""
    values = np.zeros((20, 20), np.float32)
    values[3, 3] = 1
    assert [area(contour.path) for contour in contours(values, Box(0, 0, 20, 20))] == pytest.approx([1, 1, 1], rel=0.05)
    assert contours(np.zeros((7, 7), np.float32), Box(0, 0, 7, 7)) == ()


def test_a_sensitivity_has_one_side() -> None:
    """Its magnitudes count, and support neither."""
    values = np.float32([[0, 3], [0, 0]])
    assert {contour.side for contour in contours(values, Box(0, 0, 2, 2), has_sign=False)} == {"sensitive"}
