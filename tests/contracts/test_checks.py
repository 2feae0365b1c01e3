"""Every check that the folder holds answers for every map, counts its calls, and believes nothing of a dead detector."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from engines import SIZE, NumpyEngine, constant, planted, planted_view
from hand_made import map_of

from xaifake import plugins
from xaifake.explainers.occlusion import Occlusion
from xaifake.explainers.rise import Rise
from xaifake.game.region_game import RegionGame, new_game
from xaifake.game.regions import grid
from xaifake.interfaces import Explained
from xaifake.records import Check, Prediction
from xaifake.report.words import words

pytestmark = pytest.mark.slow

CHECKS = plugins.names("check")
OUTCOMES = {"held up", "mixed", "did not hold up", "not tested"}
EXPLAINERS = {"occlusion": Occlusion(), "rise": Rise(calls=64)}
WHITE = np.random.default_rng(0).normal(size=(SIZE, SIZE)).astype(np.float32)


def game_of(seed: int) -> RegionGame:
    """Seven times seven squares, of which one holds no more than an eighth of what is planted."""
    return new_game(planted_view(seed), fill="mean").among(grid((SIZE, SIZE), 7, 7))


def explained(engine: NumpyEngine, seed: int = 0, **maps: np.ndarray) -> Explained:
    """A picture with what two methods say of it, an empty map, one of another domain, and others by name."""
    game = game_of(seed)
    (logit,) = engine.score(game.view.pixels[None])
    game.whole = float(logit)
    answers = {name: explainer.explain(engine, [game], 0)[0] for name, explainer in EXPLAINERS.items()}
    answers |= {"gradcam": map_of("gradcam", np.zeros((7, 7), np.float32)), "bands": map_of("bands", WHITE, "frequency")}
    answers |= {name: map_of(name, values) for name, values in maps.items()}
    return Explained(game, Prediction(game.whole), dict(EXPLAINERS), answers)


def answers(name: str, engine: NumpyEngine, pictures: list[Explained], seed: int = 0) -> list[list[Check]]:
    return [list(mine) for mine in plugins.make("check", name).check(engine, pictures, seed)]


@pytest.fixture(params=CHECKS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_map_gets_its_answer(name: str) -> None:
    """One check for each attribution in order, or a single one of no method; named, and with its options."""
    engine = planted()
    picture = explained(engine)

    (checks,) = answers(name, engine, [picture], seed=3)

    methods = [check.method for check in checks]
    assert methods in ([None], [attribution.method for attribution in picture.attributions.values()])
    for check in checks:
        assert check.name == name
        assert check.outcome in OUTCOMES
        assert dict(check.options) == dataclasses.asdict(plugins.make("check", name))
        assert check.seed in (None, 3)


def test_what_it_says_can_be_said(name: str) -> None:
    """Its numbers go into JSON as they are; its words name nothing but its numbers; each reason has its sentence."""
    engine = planted()
    (checks,) = answers(name, engine, [explained(engine)])
    own, reasons = getattr(words().checks, name), vars(words().checks.reasons)

    for check in checks:
        json.dumps(dict(check.measures), allow_nan=False)
        assert check.reason is None or check.reason in reasons
        if check.outcome != "not tested":
            said = (own.held_up, own.mixed, own.did_not_hold_up)
            assert set().union(*(text.fields for text in said)) <= {*check.measures, *check.options, "method", "whole"}


def test_calls_are_counted_exactly(name: str) -> None:
    """Of several pictures: asked less saved is what the engine scored, and no more than it said it would be."""
    engine = planted()
    pictures = [explained(engine, seed) for seed in range(2)]
    before = sum(engine.batches)

    checks = answers(name, engine, pictures)

    paid = [sum(check.calls - check.saved for check in mine) for mine in checks]
    assert sum(paid) == sum(engine.batches) - before
    assert max(paid) <= plugins.make("check", name).calls(len(pictures[0].attributions))


def test_asking_twice_costs_nothing_twice(name: str) -> None:
    """What was asked of a picture's games is known to the next who asks."""
    engine = planted()
    pictures = [explained(engine)]
    first = answers(name, engine, pictures)

    again = answers(name, engine, pictures)

    assert outcomes(again) == outcomes(first)
    assert sum(check.calls for check in again[0]) == sum(check.calls for check in first[0])
    assert sum(check.saved for check in again[0]) >= sum(check.saved for check in first[0])


def outcomes(checks: list[list[Check]]) -> list[list[tuple[Any, ...]]]:
    return [[(check.method, check.outcome, check.reason) for check in mine] for mine in checks]


def test_the_same_seed_gives_the_same_numbers(name: str) -> None:
    """To the last digit."""
    first, second = (
        [dict(check.measures) for check in answers(name, engine, [explained(engine)], seed=5)[0]]
        for engine in (planted(), planted())
    )

    assert first == second


def test_company_and_batches_change_no_outcome(name: str) -> None:
    """Pictures that are checked together, one view at a time, come out as each does alone."""
    one_by_one = planted()
    one_by_one.batch = 1
    together = answers(name, one_by_one, [explained(one_by_one, seed) for seed in range(2)])

    alone = [answers(name, planted(), [explained(planted(), seed)])[0] for seed in range(2)]

    assert outcomes(together) == outcomes(alone)


def indifferent() -> NumpyEngine:
    """A detector whose score hangs on nothing but rounding and a little brightness, as an untrained one's does."""
    return NumpyEngine(lambda views: 0.3 + views.astype(np.float64).mean(axis=(1, 2, 3)) / 10_000)


@pytest.mark.parametrize("engine", [constant, indifferent])
def test_nothing_holds_up_of_a_detector_that_sees_nothing(name: str, engine: Callable[[], NumpyEngine]) -> None:
    """Whatever map is laid before it."""
    detector = engine()
    strong = np.zeros((SIZE, SIZE), np.float32)
    strong[8:16, 8:16] = 5

    (checks,) = answers(name, detector, [explained(detector, smoothgrad=WHITE, integrated_gradients=strong)])

    assert [check.outcome for check in checks if check.outcome == "held up"] == []


def test_no_picture_is_no_trouble(name: str) -> None:
    """Nothing asked, nothing said; a picture without maps has none that could be checked."""
    engine = planted()
    bare = dataclasses.replace(explained(engine), attributions={})

    assert answers(name, engine, []) == []
    assert [check.method for check in answers(name, engine, [bare])[0]] in ([], [None])
