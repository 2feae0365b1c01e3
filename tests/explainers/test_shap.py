"""SHAP gives Shapley values: exactly where all coalitions fit into the calls, and by its axioms elsewhere."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from engines import linear, planted, planted_view, view_of, weights_of
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.errors import UsageError
from xaifake.explainers.shap import Shap
from xaifake.game.coalitions import paired
from xaifake.game.fills.mean import Mean
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame, new_game
from xaifake.game.regions import grid

pytestmark = pytest.mark.slow

Function = Callable[[np.ndarray], np.ndarray]


def shapley(game: Function, players: int, calls: int = 200, seed: int = 0) -> np.ndarray:
    """What `Shap` makes of a game of bare coalitions."""
    method = Shap(calls=calls)
    asked = paired(players, calls, seed)
    return method.solve(asked, game(asked), seed)[0]


def brute_force(game: Function, players: int) -> np.ndarray:
    """Shapley's own sum over all coalitions without a player."""
    values = np.zeros(players)
    for player in range(players):
        others = [other for other in range(players) if other != player]
        for size in range(players):
            weight = math.factorial(size) * math.factorial(players - size - 1) / math.factorial(players)
            for members in itertools.combinations(others, size):
                without = np.zeros((1, players), bool)
                without[0, list(members)] = True
                within = without.copy()
                within[0, player] = True
                values[player] += weight * float((game(within) - game(without))[0])
    return values


def random_game(players: int, seed: int) -> Function:
    """Every coalition has a value of its own."""
    table = np.random.default_rng(seed).normal(size=2**players)
    return lambda rows: table[rows @ (1 << np.arange(players))]


def pairs_game(players: int, seed: int) -> Function:
    """Single players and pairs have values."""
    random = np.random.default_rng(seed)
    single, pairs = random.normal(size=players), random.normal(size=(players, players))
    return lambda rows: rows @ single + np.einsum("ni,ij,nj->n", rows, pairs, rows) + 1.5


@settings(max_examples=20)
@given(players=st.integers(1, 7), seed=st.integers(0, 99))
def test_few_players_get_exact_values(players: int, seed: int) -> None:
    """With 2 ** players <= calls the values are Shapley's own, of any game."""
    game = random_game(players, seed)

    np.testing.assert_allclose(shapley(game, players, calls=128), brute_force(game, players), atol=1e-9)


def test_a_detector_of_few_regions_gets_exact_values() -> None:
    """Through the whole explainer: a detector with interactions, six regions, equal to brute force."""
    shown = planted_view()

    def game() -> RegionGame:
        return RegionGame(shown, lambda pixels: grid(pixels.shape[:2], 2, 3), Mean())

    (attribution,) = Shap(calls=64).explain(planted(), [game()], seed=0)

    again = game()
    expected = brute_force(lambda rows: play(planted(), [again], [rows])[0], 6)
    np.testing.assert_allclose(attribution.region_values, expected, atol=1e-6)


def test_an_additive_detector_is_recovered() -> None:
    """On a linear detector each region's value is its own share, with far fewer calls than coalitions."""
    game = new_game(planted_view(), regions=25)
    difference = (game.view.pixels - game.fill) * weights_of(0, game.view.pixels.shape[:2])

    (attribution,) = Shap(calls=300).explain(linear(), [game], seed=0)

    expected = (game.soft_masks.summed(np.eye(game.players))[..., None] * difference).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(attribution.region_values, expected, atol=2e-4 * np.abs(expected).max())


@settings(max_examples=15)
@given(players=st.integers(8, 30), seed=st.integers(0, 99))
def test_values_add_up(players: int, seed: int) -> None:
    """Efficiency: the values sum to the logit of the whole view less that of the empty one, and the record says so."""
    game, method = pairs_game(players, seed), Shap()
    asked = paired(players, 200, seed)

    values, diagnostics = method.solve(asked, game(asked), seed)

    ends = game(np.array([[False] * players, [True] * players]))
    assert [diagnostics["empty"], diagnostics["full"]] == pytest.approx(ends.tolist())
    assert values.sum() == pytest.approx(ends[1] - ends[0])
    assert diagnostics["additivity_gap"] < 1e-9
    assert len(asked) <= 200


@settings(max_examples=15)
@given(seed=st.integers(0, 99))
def test_equals_are_treated_as_equals_and_idlers_get_nothing(seed: int) -> None:
    """Symmetry and null player, on a game with interactions."""
    inner = pairs_game(5, seed)

    def game(rows: np.ndarray) -> np.ndarray:
        twins = rows[:, [0]] ^ rows[:, [1]]  # the first two players are worth the same, the last one nothing
        return inner(np.hstack([twins, rows[:, 2:6]]))

    values = shapley(game, 7)

    assert values[0] == pytest.approx(values[1], abs=1e-9)
    assert values[6] == pytest.approx(0, abs=1e-9)


def test_more_calls_come_closer() -> None:
    """On a game with interactions among twelve players, 1,000 calls beat 60."""
    game = pairs_game(12, 1)
    table = random_game(12, 2)

    def rough(rows: np.ndarray) -> np.ndarray:
        return game(rows) + 3 * table(rows)

    exact = shapley(rough, 12, calls=4096)
    few, many = (
        np.mean([np.linalg.norm(shapley(rough, 12, calls, seed) - exact) for seed in range(5)]) for calls in (60, 1000)
    )

    assert many < few / 2


def test_one_region_holds_all_the_evidence() -> None:
    """A view of one region: its value is the whole difference."""
    shown = planted_view()

    (attribution,) = Shap().explain(planted(), [new_game(shown, regions=1)], seed=0)

    assert attribution.region_values is not None
    ends = planted().score(np.stack([shown.pixels, new_game(shown).fill]))
    assert attribution.region_values.tolist() == pytest.approx([ends[0] - ends[1]])
    assert attribution.calls == 2


def test_a_view_of_one_pixel_works() -> None:
    """Its fill is itself, so there is no evidence, and nothing breaks."""
    (attribution,) = Shap().explain(linear(size=(1, 1)), [new_game(view_of(np.full((1, 1, 3), 9.0)))], seed=0)

    assert attribution.is_empty


@pytest.mark.parametrize("calls", [16, 64, 98])
def test_too_few_calls_for_the_regions_are_refused(calls: int) -> None:
    """Where fewer independent coalitions than regions fit into the calls, shap would return rounding errors."""
    game = RegionGame(planted_view(), lambda pixels: grid(pixels.shape[:2], 5, 10), Mean())

    with pytest.raises(UsageError, match="--calls 150 or more, or fewer --regions. Received: " + str(calls)):
        Shap(calls=calls).explain(planted(), [game], seed=0)

    assert Shap(calls=150).explain(planted(), [game], seed=0)[0].calls <= 150
