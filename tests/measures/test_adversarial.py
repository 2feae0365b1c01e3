"""The adversarial test: attacks keep to their regions and bounds, and strong regions of a linear detector give way more."""

from __future__ import annotations

import numpy as np
import pytest
from engines import NumpyEngine, constant, linear, view_of, weights_of
from explaining import attribution_of, explained_as

from xaifake.errors import UsageError
from xaifake.game.fills.mean import Mean
from xaifake.game.region_game import RegionGame
from xaifake.game.regions import grid
from xaifake.measures._attack import Attack, Strength, attack
from xaifake.measures.adversarial import Adversarial
from xaifake.records import Measure

pytestmark = pytest.mark.slow

SIDE = 24
STRENGTH = Strength(samples=30, steps=8)


def grey_game(seed: int = 0) -> RegionGame:
    """A noisy grey view of nine squares."""
    pixels = np.random.default_rng(seed).uniform(100, 150, (SIDE, SIDE, 3)).astype(np.float32)
    return RegionGame(view_of(pixels), lambda seen: grid(seen.shape[:2], 3, 3), Mean())


def leaning(gains: np.ndarray, offset: float) -> NumpyEngine:
    """A linear detector whose nine squares have so much weight each, in logits per grey level of all their pixels."""
    weights = np.repeat(gains.reshape(3, 3).repeat(8, 0).repeat(8, 1)[..., None], 3, axis=2) / 192
    return NumpyEngine(lambda views: (views.astype(np.float64) - 125).reshape(len(views), -1) @ weights.ravel() + offset)


def one_attack(engine: NumpyEngine, way: int = -1, seed: int = 0) -> Attack:
    """On the upper left square of `grey_game`."""
    game = grey_game(seed)
    logit = float(engine.score(game.view.pixels[None])[0])
    return Attack(game.view.pixels, game.labels == 0, way, np.random.default_rng(seed), logit)


@pytest.mark.parametrize("way", [-1, 1])
def test_the_estimated_gradient_points_where_the_true_one_does(way: int) -> None:
    """With many samples, nearly every step on a linear detector has the sign of its weight."""
    engine = linear(size=(SIDE, SIDE))
    one = one_attack(engine, way)

    attack(engine, [one], Strength(samples=4000, steps=1), lambda _: False)

    moved = (one.pixels - one.view)[one.places]
    true = way * np.sign(weights_of(0, (SIDE, SIDE))[one.places])
    assert (np.sign(moved) == true).mean() > 0.9
    np.testing.assert_allclose(np.abs(moved), 1, atol=1e-4)


def test_an_attack_keeps_to_its_places_and_its_reach() -> None:
    """After more steps than the reach allows, other pixels are untouched, and none has moved by more than 16 grey levels."""
    engine = linear(size=(SIDE, SIDE))
    one = one_attack(engine)

    attack(engine, [one], Strength(samples=30, steps=25), lambda _: False)

    assert np.array_equal(one.pixels[~one.places], one.view[~one.places])
    assert 8 < np.abs(one.pixels - one.view).max() <= 16 + 1e-4
    assert one.steps == 25
    assert one.calls == 25 * 61 == sum(engine.batches) - 1


def test_an_attack_stays_within_what_a_picture_can_hold() -> None:
    """On a view of black and white nothing leaves 0..255."""
    pixels = np.where(np.random.default_rng(0).random((SIDE, SIDE, 1)) < 0.5, 0, 255).repeat(3, axis=2).astype(np.float32)
    one = Attack(pixels, np.ones((SIDE, SIDE), bool), -1, np.random.default_rng(0), 0.0)

    attack(linear(size=(SIDE, SIDE)), [one], STRENGTH, lambda _: False)

    assert (one.pixels.min(), one.pixels.max()) == (0, 255)


def test_the_batch_changes_no_direction() -> None:
    """Engines of batch 1, 7 and 16 lead an attack to the same logit."""
    ends = []
    for batch in (1, 7, 16):
        engine = linear(size=(SIDE, SIDE), batch=batch)
        one = one_attack(engine)
        attack(engine, [one], STRENGTH, lambda _: False)
        ends.append(one.logit)
        assert max(engine.batches) <= max(2, batch)

    assert ends == pytest.approx([ends[0]] * 3, abs=1e-4)


def measured(engine: NumpyEngine, values: np.ndarray, measurer: Adversarial, seed: int = 0) -> Measure:
    game = grey_game()
    ((measure,),) = measurer.measure(engine, [explained_as(engine, game, attribution_of(game, values))], seed)
    return measure


@pytest.mark.parametrize("offset", [4.0, -4.0])
def test_true_regions_give_way_further_than_random_ones(offset: float) -> None:
    """Of squares of which three carry nearly all weight, those lead, whether FAKE or REAL is the label that is attacked."""
    gains = np.array([1, 1, 9, 1, 8, 1, 1, 7, 1]) / 40
    measurer = Adversarial(samples=30, steps=6, controls=6)

    true = measured(leaning(gains, offset), np.sign(offset) * gains, measurer).values
    wrong = measured(leaning(gains, offset), -np.sign(offset) * gains, measurer).values

    for count in (1, 2, 3):
        assert true[f"logit_{count}"] > true[f"logit_{count}_random"] > 0
        assert true[f"logit_{count}"] > 2 * wrong[f"logit_{count}"]
        assert np.sign(true[f"probability_{count}"]) == 1
    assert true["logit_1"] < true["logit_2"] < true["logit_3"]


def test_an_attack_ends_when_the_label_has_flipped() -> None:
    """A score just above the threshold flips in few steps; the drop is what it took."""
    gains = np.full(9, 1 / 40)
    values = measured(leaning(gains, 0.05), np.arange(9.0), Adversarial(samples=30, steps=30)).values

    assert values["flipped_3"] is True
    assert values["steps_3"] < 30
    assert values["logit_3"] > 0
    assert values["flipped_3_random"] == 1


def test_maps_that_name_the_same_regions_share_the_attack() -> None:
    """Whatever order they name them in, the answer is the same and known already."""
    engine, game = leaning(np.arange(9.0) / 20, 4.0), grey_game()
    first, second = np.zeros(9), np.zeros(9)
    first[[8, 7, 6]], second[[8, 6, 7]] = (3, 2, 1), (3, 2, 1)
    maps = [attribution_of(game, values, name) for name, values in (("a", first), ("b", second))]

    ((one, other),) = Adversarial(samples=4, steps=2).measure(engine, [explained_as(engine, game, *maps)], 0)

    assert [one.values[name] for name in ("logit_1", "logit_3")] == [other.values[name] for name in ("logit_1", "logit_3")]
    assert one.values["logit_2"] != other.values["logit_2"]
    assert other.calls - other.saved == 2 * 9


def test_a_constant_detector_gives_way_nowhere() -> None:
    """Nothing drops and nothing flips."""
    values = measured(constant(), np.arange(9.0), Adversarial(samples=2, steps=2)).values

    assert [values[f"{what}_3"] for what in ("logit", "probability", "flipped")] == [0, 0, False]


@pytest.mark.parametrize("option", ["regions", "samples", "steps", "controls"])
def test_options_that_mean_nothing_are_refused(option: str) -> None:
    """None of them may be nought."""
    with pytest.raises(UsageError, match=f"The measure adversarial needs at least 1 .*Received: .*{option} 0"):
        Adversarial(**{option: 0})
