"""Occlusion gives each region what the logit loses without it, exactly."""

from __future__ import annotations

import numpy as np
from engines import NumpyEngine, linear, planted, planted_view, weights_of
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.explainers.occlusion import Occlusion
from xaifake.explainers.shap import Shap
from xaifake.game.fills.mean import Mean
from xaifake.game.region_game import RegionGame, new_game
from xaifake.game.regions import grid


@settings(max_examples=20, deadline=None)
@given(players=st.integers(1, 40), seed=st.integers(0, 99))
def test_each_value_is_the_loss_without_that_player(players: int, seed: int) -> None:
    """Of any game, from players + 1 coalitions."""
    method = Occlusion()
    asked = method.ask(players, seed)
    logits = np.random.default_rng(seed).normal(size=len(asked))

    values, diagnostics = method.solve(asked, logits, seed)

    assert len(asked) == players + 1
    for player in range(players):
        (without,) = np.flatnonzero(~asked[:, player])
        assert asked[without].sum() == players - 1
        assert values[player] == logits[0] - logits[without]
    assert asked[0].all()
    assert diagnostics["full"] == logits[0]


def test_an_additive_detector_is_recovered() -> None:
    """On a linear detector each region's value is its own share of the difference from the game's fill."""
    game = new_game(planted_view(), regions=25, fill=Mean())
    difference = (game.view.pixels - game.fill) * weights_of(0, game.view.pixels.shape[:2])

    (attribution,) = Occlusion().explain(linear(), [game], seed=0)

    expected = (game.soft_masks()[..., None] * difference).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(attribution.region_values, expected, atol=2e-4 * np.abs(expected).max())


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
