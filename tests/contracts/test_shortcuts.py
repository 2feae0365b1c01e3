"""Every shortcut test that the folder holds: its calls, its copies, its outcomes, its words."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import numpy as np
import pytest
from engines import linear
from meshes import mesh_on
from shortcut_trials import Shown, labels_of, noisy, scores, seen, trials

from xaifake import plugins
from xaifake.records import Box, Trials
from xaifake.shortcuts._judging import COMPARISONS
from xaifake.shortcuts._telling import BEYOND

pytestmark = pytest.mark.slow

TESTS = plugins.names("shortcut")
WORDS = tomllib.loads(Path(__file__).parents[2].joinpath("reports/templates/english_audit.toml").read_text("utf-8"))[
    "shortcuts"
]
SIDES = (192, 64, 48)
MOST = 40
"""Calls of all tests together for one picture, at most."""


def pair(side: int = 192) -> tuple[Shown, Shown]:
    """A picture and its partner as a detector of that input receives them, both with a mesh."""
    mesh = mesh_on(Box(40, 50, 150, 140))
    noise = np.random.default_rng(0).integers(0, 256, (192, 192, 3), np.uint8)
    engine = linear(size=(side, side))
    one, other = (engine.view([shown.view.face])[0] for shown in (seen(landmarks=mesh), seen(noise, mesh)))
    return Shown(one), Shown(other)


def changed(name: str, one: Shown, other: Shown | None, seed: int = 0) -> dict[str, np.ndarray]:
    engine = linear(size=one.view.pixels.shape[:2])  # type: ignore[arg-type]  # height and width
    return dict(plugins.make("shortcut", name).changed(engine, one, other, np.random.default_rng(seed)))


def sample(name: str, real: int = 15, fake: int = 15, unlabelled: int = 0) -> Trials:
    """Trials in which every copy moves every score up by 3, and no two alike."""
    labels = labels_of(real, fake, unlabelled)
    names = changed(name, *pair())
    before = np.random.default_rng(9).normal(0, 2, len(labels))
    return trials({copy: noisy(3, len(labels), place) for place, copy in enumerate(names)}, labels, before)


def persons(labels) -> list[str]:
    return [f"{n // 5}" for n in range(len(labels))]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", TESTS)
def test_it_makes_as_many_copies_as_it_says(name: str, side: int) -> None:
    """Each as the detector receives it: its size, float32, finite."""
    one, other = pair(side)
    copies = changed(name, one, other)
    assert plugins.make("shortcut", name).calls == len(copies)
    assert all((side, side, 3) == copy.shape and np.float32 == copy.dtype for copy in copies.values())
    assert all(np.isfinite(copy).all() for copy in copies.values())


def test_all_together_stay_within_forty_calls() -> None:
    """And one for the picture as it is."""
    assert sum(plugins.make("shortcut", name).calls for name in TESTS) + 1 <= MOST


@pytest.mark.parametrize("name", TESTS)
def test_copies_hang_on_the_pictures_own_generator_alone(name: str) -> None:
    """The same again, to the last bit, and the picture stays as it is."""
    one, other = pair()
    before = one.view.pixels.copy()
    first, again = (changed(name, one, other, seed=5) for _ in range(2))
    assert list(first) == list(again)
    assert all(np.array_equal(first[copy], again[copy]) for copy in first)
    assert np.array_equal(before, one.view.pixels)


@pytest.mark.parametrize("name", TESTS)
def test_what_a_picture_does_not_allow_is_left_out(name: str) -> None:
    """Without mesh and partner, in one colour, of a few pixels: fewer copies, no error."""
    engine_side = 64
    for pixels in (np.full((50, 40, 3), 90, np.uint8), np.random.default_rng(0).integers(0, 256, (3, 5, 3), np.uint8)):
        (view,) = linear(size=(engine_side, engine_side)).view([seen(pixels).view.face])
        copies = changed(name, Shown(view), None)
        assert len(copies) <= plugins.make("shortcut", name).calls
        assert all((engine_side, engine_side, 3) == copy.shape for copy in copies.values())


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize(
    ("real", "fake", "unlabelled"), [(15, 15, 0), (15, 0, 0), (0, 15, 0), (3, 3, 0), (0, 0, 30), (15, 15, 5), (0, 0, 0)]
)
def test_every_sample_gets_an_outcome(name: str, real: int, fake: int, unlabelled: int) -> None:
    """Whatever labels there are; where it is not tested, for a reason that has its sentence."""
    told = sample(name, real, fake, unlabelled)
    found = plugins.make("shortcut", name).judged(told, scores(told.labels, told.before, persons(told.labels)), 0)
    assert name == found.name
    assert found.outcome in ("confirmed", "not seen", "not tested")
    assert found.reason is None or found.reason in WORDS["reasons"]


@pytest.mark.parametrize("name", TESTS)
def test_a_constant_detector_is_not_tested(name: str) -> None:
    """Nothing could be told from nothing."""
    labels = labels_of(15, 15)
    still = trials({copy: np.zeros(30) for copy in changed(name, *pair())}, labels, np.full(30, 0.3))
    found = plugins.make("shortcut", name).judged(still, scores(labels, still.before, persons(labels)), 0)
    assert ("not tested", "constant") == (found.outcome, found.reason)


@pytest.mark.parametrize("name", TESTS)
def test_copies_that_change_no_score_are_not_seen(name: str) -> None:
    """However many they are."""
    told = sample(name)
    still = dataclasses.replace(told, after=dict.fromkeys(told.after, told.before))
    found = plugins.make("shortcut", name).judged(still, scores(told.labels, told.before, persons(told.labels)), 0)
    assert "not seen" == found.outcome


def test_all_questions_share_one_level() -> None:
    """No more are asked than it is shared among."""
    asked = 0
    for name in TESTS:
        told = sample(name)
        facts = {"jpeg_quality": np.linspace(50, 90, 30), "format": np.full(30, "JPEG", object)}
        found = plugins.make("shortcut", name).judged(
            told, scores(told.labels, told.before, persons(told.labels), **facts), 0
        )
        asked += found.measures["comparisons"]
    assert 20 <= asked <= COMPARISONS


@pytest.mark.parametrize("name", TESTS)
def test_numbers_are_plain(name: str) -> None:
    """As JSON takes them: no arrays, no infinities."""
    import json

    told = sample(name)
    found = plugins.make("shortcut", name).judged(told, scores(told.labels, told.before, persons(told.labels)), 0)
    json.dumps([dict(found.measures), dict(found.options)], allow_nan=False)
    json.dumps([dataclasses.asdict(effect) for effect in found.effects], allow_nan=False)


@pytest.mark.parametrize("name", TESTS)
def test_it_has_words_for_all_it_changes(name: str) -> None:
    """Title, question, what each outcome means and what it does not, and every copy's name."""
    assert {*TESTS, "reasons"} == set(WORDS)
    assert {"title", "asks", "seen", "not_seen", "caveat", "changes"} == set(WORDS[name])
    told = sample(name)
    effects: set[str] = set()
    for quality in (60.0, 90.0):
        facts = {"jpeg_quality": np.linspace(quality, quality + 9, 30), "format": np.full(30, "JPEG", object)}
        found = plugins.make("shortcut", name).judged(told, scores(told.labels, told.before, **facts), 0)
        effects |= {effect.change for effect in found.effects}
    assert effects == set(WORDS[name]["changes"])
    assert not {change for change in effects if change.endswith(BEYOND)} & set(told.after)


@pytest.mark.parametrize("name", TESTS)
def test_it_is_a_frozen_dataclass(name: str) -> None:
    """Made by its name, which gives it back."""
    test = plugins.make("shortcut", name)
    assert name == plugins.spec_of(test)
    assert type(test).__dataclass_params__.frozen
