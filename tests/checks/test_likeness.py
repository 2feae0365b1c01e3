"""How alike two maps are, in numbers that can be reckoned on paper."""

from __future__ import annotations

import numpy as np
from hand_made import map_of, squares, true_map

from xaifake.checks._likeness import correlation, leading, overlap, rank_correlation, shown, values_of


def test_what_is_the_same_everywhere_is_like_nothing() -> None:
    """On either side; a range of one is no constant."""
    rising, flat = np.array([0.0, 1.0]), np.array([2.0, 2.0])

    assert [correlation(*pair) for pair in ((rising, flat), (flat, rising), (flat, flat))] == [0, 0, 0]
    assert correlation(rising, rising) == 1
    assert rank_correlation(rising, -rising) == -1
    assert correlation(np.array([0.0, 1.0, 0.0, 0.0]), np.array([0.0, 1.0, 1.0, 0.0])) == 0.57735


def test_a_tenth_of_the_greatest_is_shown() -> None:
    """Whatever the unit, and what is less counts as nothing."""
    for unit in (1 / 1024, 1.0, 1024.0):
        assert shown(unit * np.array([10.0, -1.0, 0.9])).tolist() == [10 * unit, -unit, 0]


def test_leading_places_have_a_value() -> None:
    """Five, or half of all, or as many as have any; at least one of those that have."""
    assert leading(np.array([0.0, -9, 0, 0, 0, 0, 0, 0])) == {1}
    assert leading(np.arange(1.0, 21.0)) == {15, 16, 17, 18, 19}
    assert leading(np.arange(1.0, 8.0)) == {4, 5, 6}
    assert leading(np.array([3.0, 2.0])) == leading(np.array([-2.0])) == {0}
    assert leading(np.zeros(4)) == set()


def test_overlap_is_the_share_of_all_leaders() -> None:
    """One in common of nine, all five, none of ten, and nothing where nothing leads."""
    one = np.concatenate([np.full(5, 9.0), np.ones(15)])

    assert [overlap(one, np.roll(one, by)) for by in (0, 4, 10)] == [1, 0.111111, 0]
    assert overlap(np.eye(8)[3], np.eye(8)[3]) == 1
    assert overlap(np.zeros(8), np.zeros(8)) == 0


def test_maps_of_pixels_are_compared_on_superpixels_and_others_cell_by_cell() -> None:
    """A grid of 7 × 7 has 36 squares' evidence, or 49 frequencies."""
    labels, values = squares(side=6).labels, true_map()[::7, ::7]

    assert values_of(map_of("gradcam", values), labels).shape == (36,)
    assert values_of(map_of("bands", values, "frequency"), labels).tolist() == values.ravel().tolist()
