"""Sobol indices: what is known in closed form comes back, with a sign and in logits."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from engines import FAKE, REAL, NumpyEngine, constant, linear, planted, planted_view, weights_of
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.errors import UsageError
from xaifake.explainers.sobol import Sobol, _changes, _points, effects
from xaifake.game.fills.blur import Blur
from xaifake.game.region_game import RegionGame, new_game
from xaifake.game.regions import grid
from xaifake.records import Attribution

ISHIGAMI = (7.0, 0.1)


def explained(engine: NumpyEngine, seed: int = 0, calls: int = 200) -> Attribution:
    (attribution,) = Sobol(calls=calls).explain(engine, [new_game(planted_view(), regions=25)], seed)
    return attribution


def gridded(rows: int, columns: int) -> RegionGame:
    """The game of the planted view's rectangles."""
    return RegionGame(planted_view(), lambda pixels: grid(pixels.shape[:2], rows, columns), Blur())


def estimated(function: object, players: int, points: int, seed: int = 0) -> np.ndarray:
    """The effects of a function of bare shares (N, players) → (N,)."""
    before, after = np.split(_points(points, 2 * players, seed), 2, axis=1)
    logits = function(_changes(before, after)).reshape(points, players + 1)  # type: ignore[operator]
    return effects(before - after, logits[:, :1] - logits[:, 1:])


def test_the_ishigami_function_has_its_known_indices() -> None:
    """The squared effects, over twelve times the variance, are the total-order indices 0.5576, 0.4424 and 0.2437."""
    a, b = ISHIGAMI

    def ishigami(shares: np.ndarray) -> np.ndarray:
        x = np.pi * (2 * shares - 1)
        return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])

    variance = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 1 / 2

    indices = estimated(ishigami, 3, 2**14) ** 2 / 12 / variance

    np.testing.assert_allclose(indices, [0.5576, 0.4424, 0.2437], atol=0.004)


def test_a_product_has_its_known_effects() -> None:
    """Of x·y, with means of a half, each factor's root mean square slope is 1/√3, and its sign the other's."""
    values = estimated(lambda shares: shares[:, 0] * -shares[:, 1], 2, 2**12)

    np.testing.assert_allclose(values, [-(3**-0.5), -(3**-0.5)], rtol=0.01)


@settings(max_examples=25)
@given(players=st.integers(1, 30), points=st.integers(2, 12), seed=st.integers(0, 99))
def test_an_additive_game_is_recovered_exactly(players: int, points: int, seed: int) -> None:
    """From few points, with the sign of each."""
    worth = np.random.default_rng(seed).normal(size=players)

    np.testing.assert_allclose(estimated(lambda shares: shares @ worth, players, points, seed), worth, atol=1e-9)


@settings(max_examples=25)
@given(players=st.integers(1, 12), points=st.integers(1, 9), seed=st.integers(0, 99))
def test_one_share_is_changed_at_a_time(players: int, points: int, seed: int) -> None:
    """Each point is followed by one row for each player, in which only that player's share differs."""
    before, after = np.random.default_rng(seed).random((2, points, players))

    rows = _changes(before, after).reshape(points, players + 1, players)

    np.testing.assert_array_equal(rows[:, 0], before)
    for player in range(players):
        changed = rows[:, player + 1] != before
        assert changed.sum(axis=0).tolist() == [points * (other == player) for other in range(players)]
        np.testing.assert_array_equal(rows[:, player + 1, player], after[:, player])


def test_an_additive_detector_is_recovered() -> None:
    """Through the whole explainer: each region's value is its own share of the difference from the game's fill."""
    game = new_game(planted_view(), regions=25)
    difference = (game.view.pixels - game.fill) * weights_of(0, game.view.pixels.shape[:2])

    (attribution,) = Sobol(calls=200).explain(linear(), [game], seed=0)

    expected = (game.soft_masks.summed(np.eye(game.players))[..., None] * difference).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(attribution.region_values, expected, atol=2e-3 * np.abs(expected).max())


@pytest.mark.parametrize("sign", [1, -1])
def test_the_extremes_lie_in_the_plants(sign: int) -> None:
    """The largest region touches the evidence for FAKE, the smallest that for REAL; a negated detector swaps them."""
    values = sign * explained(planted(sign)).values

    assert values.max() == values[FAKE.rows_and_columns].max() > 0
    assert values.min() == values[REAL.rows_and_columns].min() < 0


def test_a_constant_detector_gives_no_evidence() -> None:
    """A score that never changes leaves exact zeros."""
    assert explained(constant()).is_empty


def test_a_seed_decides_every_byte() -> None:
    """One seed gives the same bytes twice, another seed other ones."""
    first, again, other = (explained(planted(), seed) for seed in (3, 3, 4))

    assert first.values.tobytes() == again.values.tobytes()
    assert first.values.tobytes() != other.values.tobytes()


def test_the_record_is_whole() -> None:
    """Calls are those that the engine saw; values are the regions' painted; options and the game's settings are there."""
    engine = planted()
    attribution = explained(engine, seed=5, calls=210)

    assert attribution.region_values is not None
    players = len(attribution.region_values)
    assert sum(engine.batches) == attribution.calls == 210 // (players + 1) * (players + 1)
    np.testing.assert_array_equal(attribution.values, attribution.region_values[attribution.regions])
    assert (attribution.method, attribution.unit, attribution.domain) == ("sobol", "logit per region", "pixel")
    assert (attribution.seed, attribution.options) == (5, asdict(Sobol(calls=210)))
    assert attribution.diagnostics["points"] == 210 // (players + 1)
    assert attribution.diagnostics["fill"] == "median"


def test_one_region_holds_all_the_evidence() -> None:
    """On a linear detector the one region's value is the whole difference."""
    game = gridded(1, 1)

    (attribution,) = Sobol().explain(linear(), [game], seed=0)

    ends = linear().score(np.stack([game.view.pixels, game.fill]))
    assert attribution.region_values is not None
    assert attribution.region_values.tolist() == pytest.approx([ends[0] - ends[1]], rel=1e-3)


def test_too_few_calls_are_refused() -> None:
    """The refusal names the flags and what would be enough."""
    with pytest.raises(UsageError, match="at least 16 model calls; raise --calls"):
        Sobol(calls=15)
    with pytest.raises(UsageError, match=r"of 25 regions .* --calls 104 or more, or fewer --regions. Received: 103"):
        Sobol(calls=103).explain(linear(), [gridded(5, 5)], seed=0)
