"""Whether another seed would tell the same."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

import numpy as np
import pytest
from engines import NumpyEngine, planted
from hand_made import map_of, squares

from xaifake.checks.repeats import Repeats
from xaifake.explainers.lime import Lime
from xaifake.explainers.occlusion import Occlusion
from xaifake.explainers.rise import Rise
from xaifake.interfaces import Explained
from xaifake.records import Check, Prediction, Views

pytestmark = pytest.mark.slow  # lime's import


def explained(engine: NumpyEngine, side: int = 5, **explainers: Any) -> Explained:
    game = squares(side=side)
    maps = {name: explainer.explain(engine, [game], 0)[0] for name, explainer in explainers.items()}
    return Explained(game, Prediction(0.0), explainers, maps)


def checked(engine: NumpyEngine, picture: Explained, seed: int = 0) -> dict[str, Check]:
    (checks,) = Repeats().check(engine, [picture], seed)
    return {str(check.method): check for check in checks}


def hashed(views: Views) -> np.ndarray:
    """Scores without any rule: another number for every view."""
    digests = [hashlib.sha256(np.rint(view * 8).tobytes()).digest() for view in views]
    return np.array([int.from_bytes(digest[:4], "big") / 2**32 for digest in digests]) * 4


def test_what_is_there_repeats_at_no_call() -> None:
    """The halves of what is known agree on planted evidence, and nothing is asked for it."""
    engine = planted(4.0)
    picture = explained(engine, lime=Lime(calls=512, full=True))
    asked = sum(engine.batches)

    check = checked(engine, picture)["lime"]

    assert check.outcome == "held up"
    assert (check.calls, sum(engine.batches)) == (0, asked)
    assert check.measures["calls_of_each"] == 256
    assert check.measures["flipped"] == ()


def test_chance_does_not_repeat() -> None:
    """Of scores without any rule, two halves make two maps; regions whose sign flips are named."""
    engine = NumpyEngine(hashed)

    check = checked(engine, explained(engine, lime=Lime(calls=512, full=True)))["lime"]

    assert check.outcome == "did not hold up"
    assert check.measures["flips"] == len(check.measures["flipped"]) > 5


def test_a_method_without_chance_is_not_tested() -> None:
    """Occlusion tells the same every time, and so does a game of which every coalition was asked."""
    engine = planted(4.0)

    of_occlusion = checked(engine, explained(engine, occlusion=Occlusion()))["occlusion"]
    of_all = checked(engine, explained(engine, side=3, lime=Lime(calls=512, full=True)))["lime"]

    assert [check.reason for check in (of_occlusion, of_all)] == ["nothing_random"] * 2


def test_too_few_answers_make_no_halves() -> None:
    """Eighty calls with 25 regions leave forty a half, where 75 are needed."""
    engine = planted(4.0)

    assert checked(engine, explained(engine, lime=Lime(calls=80, full=True)))["lime"].reason == "too_few_calls"


def test_other_methods_are_asked_again_within_bounds() -> None:
    """RISE with 64 masks is asked by two more seeds, with 128 not; the engine's views are counted."""
    engine = planted(4.0)
    cheap, dear = (explained(engine, rise=Rise(calls=calls)) for calls in (64, 128))
    before = sum(engine.batches)

    check = checked(engine, cheap)["rise"]

    assert (check.calls, sum(engine.batches) - before) == (128, 128)
    assert check.measures["comparisons"] == 2
    assert checked(engine, dear)["rise"].reason == "too_many_calls"


def test_silence_and_weakness_are_not_repeats() -> None:
    """An empty map, and one that says next to nothing of the logit, are not held up for being the same."""
    engine, game = planted(), squares()
    weak = dataclasses.replace(map_of("rise", np.full((4, 4), 0.01)), seed=0)
    maps = {"rise": weak, "sobol": map_of("sobol", np.zeros((4, 4)))}
    picture = Explained(game, Prediction(0.0), {"rise": Rise(), "sobol": Rise()}, maps)

    assert ["weak", "empty"] == [check.reason for check in checked(engine, picture).values()]
