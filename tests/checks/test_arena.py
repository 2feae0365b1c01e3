"""One picture as checks that mask see it: how large places are, where they lie elsewhere, and which are fair."""

from __future__ import annotations

import numpy as np
import pytest
from engines import SIZE
from hand_made import map_of, squares, true_map

from xaifake.checks._arena import Arena, Evidence, Masking, Place

COLUMNS = np.maximum(np.arange(SIZE) - 4, 0).astype(np.int32)[None].repeat(SIZE, axis=0)
"""Regions of whole columns: the first of five, 43 of one."""


def arena_of(random: np.ndarray) -> Arena:
    """A picture of sixteen squares, a quarter of which is a place, with random places that are given."""
    arena = Arena(squares(side=4), 0.25, len(random), 0)
    vars(arena)["random"] = random
    return arena


def members(*places: int) -> np.ndarray:
    return np.isin(np.arange(16), places)


def test_a_place_elsewhere_shares_half_at_most() -> None:
    """Just half is elsewhere still."""
    arena = arena_of(np.stack([members(2, 3, 4, 5), members(1, 2, 3, 4), members(8, 9, 10, 11)]))

    assert Place(arena, members(0, 1, 2, 3), 1).elsewhere.tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("others", "own", "fair"), [(20, 4, True), (20, 3, True), (20, 5, True), (19, 4, False), (20, 2, False), (20, 6, False)]
)
def test_a_fair_place_has_twenty_others_and_about_the_area(others: int, own: int, fair: bool) -> None:
    """Both; a quarter more or less of the area is about it."""
    arena = arena_of(np.tile(members(8, 9, 10, 11), (others, 1)))

    assert Place(arena, members(*range(own)), 1).is_fair == fair


@pytest.mark.parametrize(("columns", "area"), [(2, 0.1), (3, 0.15), (4, 0.1)])
def test_places_are_as_large_as_the_largest_region_where_it_may_be_one(columns: int, area: float) -> None:
    """Up to 15 % of the view, three columns of twenty; a larger region leaves the share as it was asked."""
    labels = np.maximum(np.arange(20) - columns + 1, 0).astype(np.int32)[None].repeat(20, axis=0)

    assert Arena(squares().among(labels), 0.1, 28, 0).area == pytest.approx(area)


def test_twenty_random_places_are_enough() -> None:
    """And 15 % of the view is not too much."""
    assert Masking(areas=20, share=0.15).areas == 20
    assert isinstance(Arena(squares(), 0.1, 20, 0).evidence_of(map_of("true", true_map())), Evidence)


def test_evidence_is_flat_in_relation_to_itself() -> None:
    """Whether its unit is large or small."""
    arena, noise = Arena(squares(), 0.1, 28, 0), np.random.default_rng(0).normal(size=(12, 12))

    assert isinstance(arena.evidence_of(map_of("small", 1e-7 * true_map())), Evidence)
    assert arena.evidence_of(map_of("large", 1e6 * (1 + 1e-7 * noise))) == "flat"


def test_the_side_of_more_evidence_is_tested_not_that_of_the_denser() -> None:
    """Five columns of one logit each for FAKE outweigh one column of three for REAL."""
    arena = Arena(squares().among(COLUMNS), 0.1, 28, 0)
    densities = np.zeros(44)
    densities[0], densities[-1] = 1, -3

    place = Evidence(arena, densities, signed=True).strongest()

    assert isinstance(place, Place)
    assert (place.side, place.members.tolist()) == (1, [True, *[False] * 43])
