"""Owen values by their definition, by what they add up to, and by what few calls leave of them."""

from __future__ import annotations

import numpy as np
import pytest
from engines import SIZE, NumpyEngine, linear, planted, planted_view, view_of

from xaifake.explainers.owen import Owen
from xaifake.game.game import play
from xaifake.game.merge_tree import merge_tree
from xaifake.game.region_game import RegionGame, new_game
from xaifake.game.regions import grid
from xaifake.records import Views

pytestmark = pytest.mark.slow
PLENTY = 5000


def interacting() -> NumpyEngine:
    """The mean grey level of the picture, squared, and that of its upper half times that of its left half."""

    def logits(views: Views) -> np.ndarray:
        grey = views.mean(axis=3) / 100
        upper, left = grey[:, : SIZE // 2].mean(axis=(1, 2)), grey[:, :, : SIZE // 2].mean(axis=(1, 2))
        return grey.mean(axis=(1, 2)) ** 2 - upper * left

    return NumpyEngine(logits)


def noisy_game(rows: int, columns: int) -> RegionGame:
    pixels = np.random.default_rng(rows).uniform(0, 255, (SIZE, SIZE, 3)).astype(np.float32)
    return new_game(view_of(pixels), feather=0.0).among(grid((SIZE, SIZE), rows, columns))


def values_of(engine: NumpyEngine, game: RegionGame, calls: int) -> np.ndarray:
    (attribution,) = Owen(calls=calls).explain(engine, [game], seed=0)
    return attribution.region_values.astype(float)


def orders(children: np.ndarray, node: int, players: int) -> list[list[int]]:
    """Every order of a node's regions in which no group is interrupted by others."""
    if node < players:
        return [[node]]
    left, right = (orders(children, int(half), players) for half in children[node - players])
    return [[*a, *b] for one in left for other in right for a, b in ((one, other), (other, one))]


def test_values_follow_their_definition() -> None:
    """With all nodes split: what each region adds, averaged over every order that keeps the tree's groups together."""
    engine, game = interacting(), noisy_game(2, 3)
    children, _ = merge_tree(game.view.pixels, game.labels)
    allowed = orders(children, 10, 6)
    expected = np.zeros(6)
    for order in allowed:
        shown = np.zeros((7, 6), bool)
        for step, region in enumerate(order):
            shown[step + 1 :, region] = True
        expected[order] += np.diff(play(engine, [game], [shown])[0]) / len(allowed)

    values = values_of(engine, game, PLENTY)

    assert len(allowed) == 2**5
    np.testing.assert_allclose(values, expected, atol=1e-5)


@pytest.mark.parametrize("calls", [16, 50, 200, PLENTY])
def test_values_add_up(calls: int) -> None:
    """However few the calls, they sum to the whole logit less the empty one, and no more calls are made."""
    engine, game = interacting(), noisy_game(3, 4)
    (attribution,) = Owen(calls=calls).explain(engine, [game], seed=0)
    empty, full = play(engine, [game], [np.repeat([[False], [True]], 12, axis=1)])[0]

    assert attribution.region_values.sum(dtype=float) == pytest.approx(full - empty, abs=1e-5)
    assert attribution.calls <= calls


def test_additive_detectors_are_solved_exactly() -> None:
    """Where regions do nothing together, each gets its own effect."""
    game, engine = noisy_game(3, 4), linear()
    empty, *alone = play(engine, [game], [np.concatenate([np.zeros((1, 12), bool), np.eye(12, dtype=bool)])])[0]

    np.testing.assert_allclose(values_of(engine, game, PLENTY), np.array(alone) - empty, atol=1e-5)


def test_a_group_left_whole_shares_its_value_by_area() -> None:
    """With calls for the ends and seven splits at most, some groups stay; their regions' values are as their areas."""
    game, engine = noisy_game(6, 6), linear()
    (attribution,) = Owen(calls=16).explain(engine, [game], seed=0)

    areas = np.bincount(game.labels.ravel())
    densities = attribution.region_values / areas

    assert len(np.unique(densities.round(9))) < 36
    assert attribution.stopped is not None
    assert "share their value by area" in attribution.stopped


def test_plants_are_found_with_few_calls() -> None:
    """The tree leads to the strongest evidence of either sign: a fifth of SHAP's calls are enough."""
    game = new_game(planted_view(), regions=36)
    full = values_of(planted(), game, PLENTY)

    few = values_of(planted(), game, 100)

    assert few.argmax() == full.argmax()
    assert few.argmin() == full.argmin()


def test_what_is_known_is_not_scored_again() -> None:
    """A second time nothing is scored, and the record says so."""
    game, engine = noisy_game(3, 4), interacting()
    first, second = (Owen(calls=100).explain(engine, [game], seed=0)[0] for _ in range(2))

    assert second.saved == second.calls == first.calls
    assert first.saved < first.calls
    assert sum(engine.batches) == game.scored


def test_the_record_says_when_all_was_split() -> None:
    """With calls to spare it stops by itself, and says so."""
    (attribution,) = Owen(calls=PLENTY).explain(interacting(), [noisy_game(2, 2)], seed=0)

    assert attribution.calls < PLENTY
    assert attribution.stopped == f"Every group of regions was split, in {attribution.calls:,} calls."
