"""μFidelity: 1 for the exact values of an additive game, and near nothing for maps that know nothing."""

from __future__ import annotations

import numpy as np
import pytest
from engines import constant, linear, planted_view, weights_of
from explaining import attribution_of, explained_as

from xaifake.errors import UsageError
from xaifake.game.fills.mean import Mean
from xaifake.game.region_game import RegionGame, new_game
from xaifake.measures.mu_fidelity import MuFidelity


def additive() -> tuple[RegionGame, np.ndarray]:
    """A game of `linear`, and the exact Shapley values of its regions."""
    game = new_game(planted_view(), regions=25, fill=Mean())
    difference = (game.view.pixels - game.fill) * weights_of(0, game.view.pixels.shape[:2])
    return game, (game.soft_masks.summed(np.eye(game.players))[..., None] * difference).sum(axis=(1, 2, 3))


def test_exact_values_of_an_additive_game_have_one() -> None:
    """What the map gives a set is then what hiding it takes off the logit; turned around, it is minus one."""
    game, values = additive()
    maps = attribution_of(game, values, "exact"), attribution_of(game, -3 * values, "reversed")

    ((exact, turned),) = MuFidelity().measure(linear(), [explained_as(linear(), game, *maps)], 0)

    assert (exact.values["pearson"], exact.values["spearman"]) == pytest.approx((1, 1), abs=1e-3)
    assert (turned.values["pearson"], turned.values["spearman"]) == pytest.approx((-1, -1), abs=1e-3)
    assert (exact.saved < 5, turned.saved) == (True, turned.calls)


def test_it_is_the_correlation_that_numpy_has() -> None:
    """Against sets drawn, painted and scored here one by one."""
    game, _ = additive()
    guess = np.random.default_rng(1).normal(size=game.players)
    hidden = MuFidelity(samples=20)._hidden(game.players, 0)
    views = np.empty((21, *game.view.pixels.shape), np.float32)
    game.painter()(np.concatenate([np.ones((1, game.players), bool), ~hidden]), views)
    whole, *without = linear().score(views).astype(float)

    ((measure,),) = MuFidelity(samples=20).measure(linear(), [explained_as(linear(), game, attribution_of(game, guess))], 0)

    expected = np.corrcoef([guess[row].sum() for row in hidden], whole - np.array(without))[0, 1]
    assert measure.values["pearson"] == pytest.approx(expected, abs=1e-5)
    assert set(hidden.sum(axis=1)) == {round(0.2 * game.players)}


def test_random_maps_seldom_pass_their_own_bound() -> None:
    """Of forty maps of noise, few lie above what 95 % of random maps stay below."""
    game, _ = additive()
    noise = np.random.default_rng(5).normal(size=(40, game.players))
    maps = [attribution_of(game, values, f"noise {index}") for index, values in enumerate(noise)]

    (measures,) = MuFidelity().measure(linear(), [explained_as(linear(), game, *maps)], 0)

    bound = measures[0].values["random_95"]
    assert 0 < bound < 0.6
    assert sum(measure.values["spearman"] > bound for measure in measures) <= 6


def test_where_nothing_varies_there_is_no_correlation() -> None:
    """Neither of a constant detector nor of a map that gives all regions the same is one told."""
    game, values = additive()

    ((of_constant,),) = MuFidelity().measure(constant(), [explained_as(constant(), game, attribution_of(game, values))], 0)
    even = attribution_of(game, np.ones(game.players))
    ((of_even,),) = MuFidelity().measure(linear(), [explained_as(linear(), game, even)], 0)

    assert dict(of_constant.values) == {"spearman": None, "pearson": None, "random_95": None}
    assert (of_even.values["spearman"], of_even.values["pearson"]) == (None, None)


@pytest.mark.parametrize("options", [{"samples": 2}, {"share": 0.0}, {"share": 1.0}, {"controls": 0}])
def test_options_that_mean_nothing_are_refused(options: dict[str, float]) -> None:
    """Two sets, sets of nothing or of everything, and no random map."""
    with pytest.raises(UsageError, match=r"The measure mu_fidelity needs at least 3 samples.*Received: samples"):
        MuFidelity(**options)
