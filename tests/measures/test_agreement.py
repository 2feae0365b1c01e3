"""Relevance mass, relevance rank and the pointing game: what a perfect map has, and what chance has."""

from __future__ import annotations

import numpy as np
import pytest
from engines import SIZE, planted, planted_view
from explaining import attribution_of, explained_as
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.errors import UsageError
from xaifake.game.region_game import new_game
from xaifake.measures.pointing_game import PointingGame
from xaifake.measures.relevance_mass import RelevanceMass
from xaifake.measures.relevance_rank import RelevanceRank

MASK = np.zeros((SIZE, SIZE), bool)
MASK[4:20, 8:32] = True
AREA = MASK.mean()
ALL = (RelevanceMass(), RelevanceRank(), PointingGame())


def test_a_map_that_is_the_mask_has_all() -> None:
    """Every measure is 1, and the chance level is the mask's share of the view."""
    expected = [{"positive": 1.0, "magnitude": 1.0}, {"accuracy": 1.0}, {"hit": 1.0}]

    assert [each.numbers(MASK.astype(float), MASK) for each in ALL] == [{**numbers, "chance": AREA} for numbers in expected]


def test_a_map_that_is_the_same_everywhere_has_chance() -> None:
    """Equal pixels share what there is."""
    for each in ALL:
        numbers = each.numbers(np.full(MASK.shape, 0.7), MASK)
        assert numbers == pytest.approx(dict.fromkeys(numbers, AREA))


@pytest.mark.parametrize("measurer", ALL)
def test_noise_has_chance_in_the_mean(measurer: RelevanceMass | RelevanceRank | PointingGame) -> None:
    """Over four hundred maps of noise, within three standard errors or so."""
    random = np.random.default_rng(0)
    told = [measurer.numbers(random.random(MASK.shape), MASK) for _ in range(400)]

    for name in told[0]:
        values = np.array([numbers[name] for numbers in told], float)
        assert values.mean() == pytest.approx(AREA, abs=0.07 if name == "hit" else 0.005)


@settings(max_examples=15)
@given(seed=st.integers(0, 999), levels=st.integers(1, 5))
def test_equal_pixels_count_as_if_drawn_at_random(seed: int, levels: int) -> None:
    """Of maps of few levels, rank accuracy and hits are the means over orders in which ties are drawn."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, levels, (8, 8)).astype(float)
    mask = random.random((8, 8)) < 0.3
    mask[0, 0] = True
    noise = random.random((3000, 64))
    orders = np.argsort(-(pixels.ravel() + noise * 0.5), axis=1)
    hits = mask.ravel()[orders]

    assert RelevanceRank().numbers(pixels, mask)["accuracy"] == pytest.approx(hits[:, : mask.sum()].mean(), abs=0.02)
    assert PointingGame().numbers(pixels, mask)["hit"] == pytest.approx(hits[:, 0].mean(), abs=0.05)


def test_mass_tells_evidence_for_fake_from_magnitude() -> None:
    """Evidence for REAL on the edit counts as magnitude alone; where nothing speaks for FAKE there is no share."""
    pixels = np.where(MASK, -1.0, 0.5)

    numbers = RelevanceMass().numbers(pixels, MASK)

    assert numbers["positive"] == 0
    assert numbers["magnitude"] == pytest.approx(MASK.sum() / (MASK.sum() + 0.5 * (~MASK).sum()))
    assert RelevanceMass().numbers(-MASK.astype(float), MASK)["positive"] is None


def test_a_near_miss_counts_within_the_tolerance() -> None:
    """Three pixels beside the edit hit with a tolerance of three, for which chance is higher."""
    pixels = np.zeros(MASK.shape)
    pixels[22, 12] = 1

    numbers = {tolerance: PointingGame(tolerance).numbers(pixels, MASK) for tolerance in (0.0, 2.0, 3.0)}

    assert [each["hit"] for each in numbers.values()] == [0, 0, 1]
    assert numbers[0.0]["chance"] == AREA < numbers[2.0]["chance"] < numbers[3.0]["chance"]


@pytest.mark.parametrize("mask", [None, np.zeros((SIZE, SIZE), bool)], ids=["no mask", "no edit"])
def test_pictures_without_an_edit_are_not_measured(mask: np.ndarray | None) -> None:
    """Nothing is said where nobody knows, or where nothing was edited."""
    game = new_game(planted_view(), regions=12)
    one = explained_as(planted(), game, attribution_of(game, np.arange(game.players) + 1.0), mask=mask)

    assert [each.measure(planted(), [one], 0) for each in ALL] == [[[]], [[]], [[]]]


def test_a_coarse_grid_lies_where_it_is_drawn() -> None:
    """A grid of 3 × 3 whose middle cell has all points at the middle of the view."""
    game, middle = new_game(planted_view(), regions=12), np.zeros((SIZE, SIZE), bool)
    middle[16:32, 16:32] = True
    values = np.zeros((3, 3))
    values[1, 1] = 1

    ((measure,),) = PointingGame().measure(
        planted(), [explained_as(planted(), game, attribution_of(game, values), mask=middle)], 0
    )

    assert dict(measure.values) == {"hit": 1.0, "chance": pytest.approx(1 / 9)}


def test_a_tolerance_below_nought_is_refused() -> None:
    """It is a number of pixels."""
    with pytest.raises(UsageError, match=r"a tolerance of 0 pixels or more\. Received: tolerance -1"):
        PointingGame(-1)
