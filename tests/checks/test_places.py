"""Places: what maps of any grid or regions say of superpixels, which are densest, and random places of the same area."""

from __future__ import annotations

import numpy as np
import pytest
from engines import SIZE
from hand_made import map_of
from skimage.measure import label

from xaifake.checks._places import densest, densities_on, random_places, sizes_of
from xaifake.domains import has_sign
from xaifake.game.regions import grid

LABELS = grid((SIZE, SIZE), 8, 8)
UNEVEN = np.minimum(grid((SIZE, SIZE), 1, SIZE), 30).astype(np.int32)
"""Thirty columns of one pixel, and one of eighteen."""


def test_the_densest_regions_fill_the_share() -> None:
    """By evidence per area, not by evidence: a large region of little density comes after small ones."""
    members = densest(np.array([1.0, 3.0, 2.0]), np.array([0.8, 0.1, 0.1]), 0.2)

    assert members.tolist() == [False, True, True]


def test_one_region_is_the_least() -> None:
    """Also where it covers more than was asked for; and none is added that would take the area further off."""
    assert densest(np.array([1.0, 0.0]), np.array([0.7, 0.3]), 0.1).tolist() == [True, False]
    assert densest(np.array([3.0, 2.0, 1.0]), np.array([0.08, 0.09, 0.83]), 0.1).tolist() == [True, False, False]


def test_a_coarse_grid_is_read_between_its_cells() -> None:
    """A ramp over four columns rises over all eight columns of squares; outside the middles of its cells it stays."""
    ramp = map_of("gradcam", np.tile(np.arange(4.0), (4, 1)))

    densities = densities_on(LABELS, ramp).reshape(8, 8)

    np.testing.assert_allclose(densities, np.tile(densities[0], (8, 1)), atol=1e-6)
    assert (np.diff(densities[0]) > 0).all()


def test_maps_of_other_regions_are_spread_over_them() -> None:
    """A part that covers a quarter and has as much evidence as the rest together is three times as dense."""
    regions = (grid((SIZE, SIZE), 1, 4) > 0).astype(np.int32)
    values = np.array([2.0, 2.0], np.float32)
    parts = map_of("parts", values[regions], regions=regions, region_values=values)

    densities = densities_on(LABELS, parts).reshape(8, 8)

    np.testing.assert_allclose(densities[:, :2], 3 * densities[:, 2:4], rtol=1e-5)


def test_evidence_is_told_by_area() -> None:
    """A wide region of the same density says the same as narrow ones."""
    even = map_of("gradcam", np.ones((7, 7)))

    assert np.ptp(densities_on(UNEVEN, even)) == pytest.approx(0, abs=1e-6)


def test_sensitivities_have_no_sign() -> None:
    """Logits per grey level say how strongly, not to which side."""
    assert has_sign(map_of("gradcam", np.ones((7, 7))))
    assert not has_sign(map_of("smoothgrad", np.ones((7, 7)), unit="logit per grey level"))


def test_random_places_are_connected_and_of_one_area() -> None:
    """All different, each in one piece, within a quarter of the share, and together over all of the view."""
    places = random_places(LABELS, 0.1, 28, seed=0)

    assert len({place.tobytes() for place in places}) == 28
    assert all(label(place[LABELS], connectivity=1, return_num=True)[1] == 1 for place in places)
    np.testing.assert_allclose(places @ sizes_of(LABELS), 0.1, atol=0.025)
    assert places.any(axis=0).mean() > 0.75


def test_random_places_follow_the_seed() -> None:
    """The same seed draws the same, another draws others."""
    first, again, other = (random_places(LABELS, 0.1, 28, seed) for seed in (1, 1, 2))

    np.testing.assert_array_equal(first, again)
    assert {place.tobytes() for place in first} != {place.tobytes() for place in other}


@pytest.mark.parametrize(("labels", "most"), [(grid((SIZE, SIZE), 3, 3), 9), (grid((4, 4), 1, 1), 0), (UNEVEN, 28)])
def test_where_there_are_few_places_there_are_fewer(labels: np.ndarray, most: int) -> None:
    """Never one twice, never one that is too large; the wide column is in none."""
    places = random_places(labels, 0.11, 28, seed=0)

    assert len(places) <= most
    assert (np.abs(places @ sizes_of(labels) - 0.11) <= 0.11 / 4).all()


def test_no_region_takes_a_random_place_further_off() -> None:
    """Of columns of which two and a half would be too many, all places have two."""
    columns = grid((SIZE, SIZE), 1, 24)

    places = random_places(columns, 2.45 / 24, 20, seed=0)

    assert places.sum(axis=1).tolist() == [2] * 20


def test_of_places_that_grow_from_one_region_that_of_the_nearest_area_is_taken() -> None:
    """Wide and narrow columns beside each other: nearly all places have the area that is asked for."""
    columns = np.repeat(np.arange(24), np.tile([1, 3], 12)).astype(np.int32)[None].repeat(SIZE, axis=0)

    places = random_places(columns, 8 / SIZE, 20, seed=0)

    assert (places @ sizes_of(columns) * SIZE).round().tolist() == [8] * len(places)
