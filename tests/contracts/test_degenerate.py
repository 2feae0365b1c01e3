"""Every explainer, check, measure and limit on detectors and pictures that say next to nothing, or nothing finite.

What comes of them is finite, or a sentence says why there is nothing; and nothing that is not there holds up. No TensorFlow.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from engines import NumpyEngine, view_of
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake import plugins
from xaifake.audit.checking import doubts_of
from xaifake.audit.planning import plan_of
from xaifake.audit.stories import Story, stories_of
from xaifake.audit.subjects import Subject
from xaifake.errors import NumbersError
from xaifake.explainers._results import above_noise
from xaifake.game.region_game import new_game
from xaifake.interfaces import Tapped
from xaifake.records import Failure, Logits, Views
from xaifake.settled import WEAK

EXPLAINERS = set(plugins.names("explainer"))
SIDE, CELL = 24, 4
FRUGAL = {"samples": 3, "channels": 4, "steps": 2, "control": 2, "controls": 2}
SPARSE = np.zeros((SIDE, SIDE, 3))
SPARSE[6:12, 6:12] = 1 / 108 / 255
"""The mean of one square, 0..1."""


class Formula(NumpyEngine):
    """A detector of the square's mean m by a formula in float32, with its derivative; like `Detector` it refuses NaN."""

    def __init__(self, logit: Callable[[Any], Any], slope: Callable[[Any], Any] = np.zeros_like) -> None:
        super().__init__(lambda views: logit(self._mean(views)), (SIDE, SIDE))
        self._slope = slope

    def score(self, views: Views) -> Logits:
        with np.errstate(all="ignore"):  # as TensorFlow reckons
            return finite(super().score(views))

    def gradient(self, views: Views) -> tuple[Logits, np.ndarray]:
        with np.errstate(all="ignore"):
            slopes = np.asarray(self._slope(self._mean(views)), np.float32)
            return self.score(views), finite(slopes[:, None, None, None] * SPARSE.astype(np.float32))

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        logits, gradients = self.gradient(views)
        return Tapped(layer or "cells", cells(views).astype(np.float32), cells(gradients) * CELL**2, logits)

    def _mean(self, views: Views) -> np.ndarray:
        return np.einsum("nhwc,hwc->n", views.astype(np.float64), SPARSE).astype(np.float32)


def cells(views: np.ndarray) -> np.ndarray:
    """The mean of each cell, (N, 6, 6, 3)."""
    side = SIDE // CELL
    return np.asarray(views.reshape(len(views), side, CELL, side, CELL, 3).mean(axis=(2, 4)), np.float32)


def finite(answer: np.ndarray) -> np.ndarray:
    if not np.isfinite(answer).all():
        raise NumbersError("The detector answered with NaN or infinity.")
    return answer


def half(numbers: Any) -> np.ndarray:
    """The numbers as bfloat16 holds them."""
    return (np.asarray(numbers, np.float32).view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)


def level(number: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda m: np.full(len(m), number, np.float32)


DEAD: Mapping[str, Formula] = {
    "always 0": Formula(level(0)),
    "always 1e6": Formula(level(1e6)),
    "always -3e38": Formula(level(-3e38)),
    "denormal": Formula(lambda m: m * np.float32(1e-42), level(1e-42)),
    "rounding of 1e6": Formula(lambda m: np.float32(1e6) + m / 8, level(0.125)),
    "rounding of bfloat16": Formula(lambda m: half(100 + 2 * m), level(0)),
}
"""Detectors of which no picture holds evidence."""
ALIVE: Mapping[str, Formula] = {
    "1e30": Formula(lambda m: 1e30 * m - 3e29, level(1e30)),
    "1e37": Formula(lambda m: 3e38 * (m - 0.5), level(3e38)),
    "step": Formula(lambda m: np.where(m > 0.5, 1000.0, -1000.0)),
    "quadratic": Formula(lambda m: 40 * (m - 0.5) ** 2, lambda m: 80 * (m - 0.5)),
    "NaN slope": Formula(lambda m: 4 * np.sqrt(np.maximum(m - 0.5, 0)), lambda m: np.where(m > 0.5, 1.0, np.nan)),
    "NaN when dark": Formula(lambda m: 4 * np.sqrt(m - 0.4), lambda m: 2 / np.sqrt(m - 0.4)),
    "infinite when bright": Formula(lambda m: np.exp(200 * m), lambda m: 200 * np.exp(200 * m)),
}
"""Detectors that see the square, or would."""


def pictures() -> dict[str, np.ndarray]:
    one = np.zeros((SIDE, SIDE, 3), np.float32)
    one[8, 8] = 255
    square = np.full_like(one, 60)
    square[6:12, 6:12] = 220
    noise = np.random.default_rng(0).uniform(0, 255, one.shape).astype(np.float32)
    return {"black": one * 0, "white": one * 0 + 255, "one pixel": one, "square": square, "noise": noise}


def told_of(engine: Formula, *names: str, regions: int = 9) -> list[Story | Failure]:
    """What all that the folders hold says of the pictures, explained together."""
    made = {
        kind: [frugal(kind, name) for name in plugins.names(kind)] for kind in ("explainer", "check", "measure", "limit")
    }
    doubts = doubts_of(made["check"], made["measure"], made["limit"], robustness=True)
    game = functools.partial(new_game, regions=regions)
    plan = plan_of(made["explainer"], 64, doubts, 0, game, lambda: 0.0)
    views = [view_of(pictures()[name]) for name in names]
    views = [dataclasses.replace(view, original=view.pixels[::-1].copy()) for view in views]
    subjects = [Subject(view, (view.face.box,), None, np.eye(SIDE, dtype=bool), {}, {}) for view in views]
    return list(stories_of(engine, subjects, plan))


def frugal(kind: str, name: str) -> Any:
    found = plugins.find(kind, name)
    options = {option.name for option in dataclasses.fields(found)}
    return found(**{"calls": 64} if "calls" in options else {}, **{key: FRUGAL[key] for key in FRUGAL if key in options})


def numbers(value: object) -> Iterator[float]:
    """All numbers in a record, however deep."""
    if isinstance(value, float | np.floating):
        yield float(value)
    elif isinstance(value, np.ndarray):
        yield from value.ravel().astype(np.float64).tolist()
    elif isinstance(value, Mapping):
        yield from (number for item in value.values() for number in numbers(item))
    elif isinstance(value, list | tuple):
        yield from (number for item in value for number in numbers(item))
    elif dataclasses.is_dataclass(value):
        yield from (number for field in dataclasses.fields(value) for number in numbers(getattr(value, field.name)))


def answered(story: Story) -> set[str]:
    """The methods that gave a map or said why there is none."""
    return {*story.explained.attributions, *(one.method for one in story.omissions)}


def said(story: Story) -> list[object]:
    return [*story.explained.attributions.values(), *story.checks, *story.measures, *story.limits, *story.robustness]


@pytest.mark.slow
@pytest.mark.parametrize("name", DEAD)
def test_of_a_dead_detector_nothing_is_shown_and_nothing_holds_up(name: str) -> None:
    """Every map is empty, or said to be too weak to be drawn; numbers are finite; each method answers or says why not."""
    for story in told_of(DEAD[name], *pictures()):
        assert isinstance(story, Story)
        weak = {check.method for check in story.checks if check.reason == WEAK}
        maps = story.explained.attributions
        assert [method for method, one in maps.items() if not one.is_empty and method not in weak] == []
        assert [check for check in story.checks if check.outcome == "held up"] == []
        assert np.isfinite([*numbers(said(story))]).all()
        assert EXPLAINERS == answered(story)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALIVE)
def test_numbers_are_finite_or_it_is_said_that_they_are_not(name: str) -> None:
    """A picture whose own score is finite is told of, each part in finite numbers or with its reason; others are refused."""
    engine, names = ALIVE[name], list(pictures())
    for picture, story in zip(names, told_of(engine, *names), strict=True):
        try:
            engine.score(pictures()[picture][None])
        except NumbersError:
            assert isinstance(story, Failure)
            continue
        assert isinstance(story, Story)
        assert np.isfinite([*numbers(said(story))]).all()
        assert EXPLAINERS == answered(story)


@pytest.mark.slow
def test_a_slope_that_is_not_finite_silences_the_methods_that_ask_it_and_no_other() -> None:
    """They say so; masks are scored as ever, and what is said of the neighbour is what is said of it alone."""
    broken, well = told_of(ALIVE["NaN slope"], "black", "white")
    (alone,) = told_of(ALIVE["NaN slope"], "white")

    assert isinstance(broken, Story)
    assert isinstance(well, Story)
    assert isinstance(alone, Story)
    silent = {one.method: one.reason for one in broken.omissions}
    assert {"gradcam", "smoothgrad", "integrated_gradients", "scorecam"} <= set(silent)
    assert "NaN or infinity" in silent["gradcam"]
    assert {"shap", "lime", "occlusion", "bands"} <= set(broken.explained.attributions)
    assert [*numbers(said(alone))] == [*numbers(said(well))]


COEFFICIENTS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@pytest.mark.slow
@settings(max_examples=25)
@given(constant=COEFFICIENTS, linear=COEFFICIENTS, square=COEFFICIENTS)
def test_any_quadratic_detector_is_explained_in_finite_numbers_or_refused(
    constant: float, linear: float, square: float
) -> None:
    """Whatever its coefficients: a map of finite numbers of no more players than there are, or a NumbersError."""
    engine = Formula(lambda m: np.float32(constant) + m * (np.float32(linear) + m * np.float32(square)))
    for name in ("shap", "lime", "occlusion", "owen", "rise"):
        game = new_game(view_of(pictures()["square"]), regions=6)
        try:
            (one,) = frugal("explainer", name).explain(engine, [game], 0)
        except NumbersError:
            continue
        assert np.isfinite([*numbers(one)]).all()


@given(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1, max_size=8), COEFFICIENTS)
def test_a_map_is_silent_whole_or_not_at_all(values: list[float], logit: float) -> None:
    """Beside any logit: all values as they are, or zeros alone, and zeros where the greatest is rounding."""
    result = above_noise(values, [logit])

    assert result.tolist() in (np.float32(values).tolist(), [0.0] * len(values))
    assert not np.any(above_noise([abs(np.float32(logit)) * 1e-7], [logit]))
