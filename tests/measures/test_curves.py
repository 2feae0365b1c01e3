"""Deletion and insertion: areas that can be computed on paper, for two fills, beside random orders."""

from __future__ import annotations

import numpy as np
import pytest
from engines import NumpyEngine, constant, linear, planted, planted_view, view_of, weights_of
from explaining import attribution_of, explained_as
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.errors import UsageError
from xaifake.game.fills.blur import Blur
from xaifake.game.fills.mean import Mean
from xaifake.game.region_game import RegionGame, new_game
from xaifake.game.regions import grid
from xaifake.measures.deletion import Deletion
from xaifake.measures.insertion import Insertion
from xaifake.records import Measure


def strips(shares: list[float], seed: int = 0) -> tuple[NumpyEngine, RegionGame]:
    """A view of vertical strips behind their mean, and a detector to which each shown strip adds its share."""
    width, count = 6, len(shares)
    pixels = np.random.default_rng(seed).uniform(0, 255, (24, width * count, 3)).astype(np.float32)
    game = RegionGame(view_of(pixels), lambda seen: grid(seen.shape[:2], 1, count), Mean(), feather=0)
    shown = (pixels - game.fill).astype(np.float64)

    def logits(views: np.ndarray) -> np.ndarray:
        hidden = views.astype(np.float64) - game.fill
        parts = [np.split(each, count, axis=2) for each in (hidden * shown, (shown * shown)[None])]
        return np.sum([s * (a.sum((1, 2, 3)) / b.sum()) for s, a, b in zip(shares, *parts, strict=True)], axis=0)

    return NumpyEngine(logits, pixels.shape[:2]), game


def measured(measurer: Deletion, engine: NumpyEngine, game: RegionGame, values: np.ndarray) -> Measure:
    (((measure),),) = measurer.measure(engine, [explained_as(engine, game, attribution_of(game, values))], 0)
    return measure


@settings(max_examples=12)
@given(st.lists(st.floats(-2, 2).filter(lambda share: abs(share) > 0.01), min_size=2, max_size=7, unique=True))
def test_areas_of_an_additive_game_are_those_on_paper(shares: list[float]) -> None:
    """With a step for each region, deletion is the mean over the curve's pieces of what is left; insertion of what came."""
    engine, game = strips(shares)
    count, falling = len(shares), np.sort(shares)[::-1]
    left = np.sum(shares) - np.cumsum([0, *falling])
    grown = np.cumsum([0, *falling])

    deletion = measured(Deletion(steps=count), engine, game, np.array(shares)).values
    insertion = measured(Insertion(steps=count), engine, game, np.array(shares)).values

    assert deletion["mean_logit"] == pytest.approx(((left[1:] + left[:-1]) / 2).mean(), abs=1e-5)
    assert insertion["mean_logit"] == pytest.approx(((grown[1:] + grown[:-1]) / 2).mean(), abs=1e-5)
    if abs(np.sum(shares)) > 0.01:
        assert deletion["mean_share"] == pytest.approx(deletion["mean_logit"] / np.sum(shares), abs=1e-3)


@settings(max_examples=12)
@given(seed=st.integers(0, 999), steps=st.integers(2, 16))
def test_no_order_beats_the_true_one_on_an_additive_game(seed: int, steps: int) -> None:
    """Exact values delete sooner and insert sooner than any other map, the random ones included."""
    random = np.random.default_rng(seed)
    shares = random.normal(0, 1, 6)
    engine, game = strips(shares.tolist())

    for measurer, better in ((Deletion(steps), -1), (Insertion(steps), 1)):
        true, other = (
            measured(measurer, engine, game, values).values for values in (shares, random.normal(0, 1, len(shares)))
        )
        assert better * true["mean_logit"] >= better * other["mean_logit"] - 1e-5
        assert better * true["mean_logit"] >= better * true["mean_logit_random"] - 1e-5


def test_two_fills_are_told_whatever_the_game_has() -> None:
    """The game's own fill and another one, by name; the blur's other is the median."""
    for filler, names in (
        (Mean(), {"mean", "blur"}),
        (Blur(), {"blur", "median"}),
        (Blur(0.2), {"blur:share=0.2", "median"}),
    ):
        game = RegionGame(planted_view(), lambda pixels: grid(pixels.shape[:2], 3, 3), filler)
        values = measured(Deletion(), linear(), game, np.arange(9.0)).values
        assert {name.partition("_")[0] for name in values} == names


def test_a_detector_that_says_nothing_has_no_share() -> None:
    """The areas of a constant are the constant, and nothing is divided by zero."""
    values = measured(Deletion(), constant(3.7), new_game(planted_view(), regions=9), np.arange(9.0)).values

    assert values["median_logit"] == values["median_logit_random"] == pytest.approx(3.7)
    assert values["median_probability"] == pytest.approx(1 / (1 + np.exp(-3.7)))
    assert values["median_share"] is values["median_share_random"] is None


def test_saturated_probabilities_do_not_overflow() -> None:
    """Logits of a thousand have probabilities of 0 and 1."""
    for logit, probability in ((1e3, 1.0), (-1e3, 0.0)):
        values = measured(Deletion(), constant(logit), new_game(planted_view(), regions=9), np.arange(9.0)).values
        assert values["median_probability"] == probability


def test_random_orders_are_asked_once_for_all_maps() -> None:
    """The second map of a picture saves the ends and every random order."""
    engine, game = planted(), new_game(planted_view(), regions=12)
    maps = [
        attribution_of(game, np.random.default_rng(seed).normal(size=game.players), name) for seed, name in enumerate("ab")
    ]

    ((first, second),) = Deletion(steps=6, controls=2).measure(engine, [explained_as(engine, game, *maps)], 0)

    assert first.calls == second.calls == 2 * 3 * 7
    assert second.calls - second.saved <= 2 * 5 < first.calls - first.saved


def test_the_sharpest_map_of_a_linear_detector_is_its_own_weights() -> None:
    """Of the game's true shares, deletion lies below random and insertion above, behind both fills."""
    engine, game = linear(), new_game(planted_view(), regions=25, fill=Mean())
    difference = (game.view.pixels - game.fill) * weights_of(0, game.view.pixels.shape[:2])
    shares = (game.soft_masks.summed(np.eye(game.players))[..., None] * difference).sum(axis=(1, 2, 3))

    deletion, insertion = (measured(each, engine, game, shares).values for each in (Deletion(), Insertion()))

    assert deletion["mean_logit"] < deletion["mean_logit_random"]
    assert insertion["mean_logit"] > insertion["mean_logit_random"]


@pytest.mark.parametrize("options", [{"steps": 1}, {"controls": 0}])
def test_options_that_mean_nothing_are_refused(options: dict[str, int]) -> None:
    """A curve of one step, and no random order, are refused by name."""
    with pytest.raises(
        UsageError, match=r"The measure deletion needs at least 2 steps and 1 random order .*Received: steps"
    ):
        Deletion(**options)
