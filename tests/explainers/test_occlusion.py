"""Occlusion gives each region what the logit loses without it, exactly."""

from __future__ import annotations

import numpy as np
import pytest
from engines import NumpyEngine, linear, planted, planted_view, weights_of

from xaifake.explainers.occlusion import Occlusion
from xaifake.explainers.shap import Shap
from xaifake.game.fills.mean import Mean
from xaifake.game.region_game import RegionGame, new_game
from xaifake.game.regions import grid


@pytest.mark.parametrize("regions", [1, 2, 9])
def test_each_value_is_the_loss_without_that_region(regions: int) -> None:
    """Of a detector whose regions interact, beside views that are masked one by one."""
    game = new_game(planted_view(), regions=regions)
    paint, views = game.painter(), np.empty((game.players + 1, *game.view.pixels.shape), np.float32)
    paint(np.concatenate([np.ones((1, game.players), bool), ~np.eye(game.players, dtype=bool)]), views)
    whole, *without = planted().score(views).astype(np.float64)

    (attribution,) = Occlusion().explain(planted(), [game], seed=0)

    np.testing.assert_allclose(attribution.region_values, whole - np.array(without), atol=1e-6)
    assert attribution.diagnostics["full"] == whole


def test_an_additive_detector_is_recovered() -> None:
    """On a linear detector each region's value is its own share of the difference from the game's fill."""
    game = new_game(planted_view(), regions=25, fill=Mean())
    difference = (game.view.pixels - game.fill) * weights_of(0, game.view.pixels.shape[:2])

    (attribution,) = Occlusion().explain(linear(), [game], seed=0)

    expected = (game.soft_masks.summed(np.eye(game.players))[..., None] * difference).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(attribution.region_values, expected, atol=2e-4 * np.abs(expected).max())


@pytest.mark.slow
def test_what_is_told_twice_is_seen_in_neither() -> None:
    """Two regions of which either is enough: SHAP halves the effect between them, occlusion gives nothing."""
    game = RegionGame(planted_view(), lambda pixels: grid(pixels.shape[:2], 1, 2), Mean(), feather=0)

    def shown(half: np.ndarray) -> np.ndarray:
        return half.std(axis=(1, 2)).max(axis=1) > 1  # the fill is plain

    either = NumpyEngine(lambda views: 1.0 * (shown(views[:, :, :20]) | shown(views[:, :, 28:])))

    assert Occlusion().explain(either, [game], seed=0)[0].is_empty
    np.testing.assert_allclose(Shap().explain(either, [game], seed=0)[0].region_values, [0.5, 0.5], atol=1e-6)


def test_it_asks_no_more_than_it_counts() -> None:
    """The engine sees as many views as the record says, and the count for progress holds with the usual regions."""
    engine, game = planted(), new_game(planted_view())

    (attribution,) = Occlusion().explain(engine, [game], seed=0)

    assert sum(engine.batches) == attribution.calls == game.players + 1 <= Occlusion().calls
