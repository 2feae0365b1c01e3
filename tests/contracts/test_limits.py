"""Every knowledge limit that the folder holds answers for every face, asks no model but for distance, and has its words."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import numpy as np
import pytest
from engines import linear
from hypothesis import given, settings
from hypothesis import strategies as st
from showing import Shown, shown, texture

from xaifake import plugins
from xaifake.records import Box, Limit
from xaifake.report.words import words

pytestmark = pytest.mark.slow

LIMITS = plugins.names("limit")
PICTURES = {
    "texture": texture(),
    "flat": np.full((150, 150, 3), 90, np.uint8),
    "one pixel": np.zeros((1, 1, 3), np.uint8),
    "narrow": texture(400, 3),
    "noise": np.random.default_rng(0).integers(0, 256, (130, 170, 3), np.uint8),
}


def asked() -> list[Shown]:
    return [shown(pixels) for pixels in PICTURES.values()] + [shown(texture(), Box(10, 20, 180, 200), "given")]


@pytest.mark.parametrize("name", LIMITS)
def test_every_face_gets_an_answer_that_fits_its_bound(name: str) -> None:
    """Named as the plug-in, known with a finite number and a bound, or not known without a number."""
    limits = plugins.make("limit", name).measure(linear(), asked())
    assert len(asked()) == len(limits)
    for limit in limits:
        assert name == limit.name
        assert (limit.status == "not known") == (limit.value is None)
        assert limit.bound is not None
        assert limit.value is None or np.isfinite(limit.value)


@pytest.mark.parametrize("name", LIMITS)
def test_answers_are_the_same_alone_and_together(name: str) -> None:
    """And the same each time: nothing is random."""
    limit = plugins.make("limit", name)
    together = limit.measure(linear(), asked())
    assert together == [limit.measure(linear(), [one])[0] for one in asked()]


@pytest.mark.parametrize("name", LIMITS)
def test_no_limit_asks_the_model_unless_it_says_so(name: str) -> None:
    """Without reference pictures, none does."""
    engine = linear()
    limits = plugins.make("limit", name).measure(engine, asked())
    assert ([], {0}) == (engine.batches, {limit.calls for limit in limits})


@pytest.mark.parametrize("name", LIMITS)
def test_its_bound_is_an_option(name: str) -> None:
    """A frozen dataclass with defaults, whose bound is ``least`` or ``most`` and comes back in the answer."""
    made = plugins.make("limit", name)
    option = "least" if hasattr(made, "least") else "most"
    moved = plugins.make("limit", f"{name}:{option}={99 if name != 'several_faces' else 3}")
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, option, 1)
    (limit,) = moved.measure(linear(), asked()[:1])
    assert (99 if name != "several_faces" else 3) == limit.bound
    assert plugins.make("limit", plugins.spec_of(moved)) == moved


@pytest.mark.parametrize("name", LIMITS)
def test_it_has_words_for_what_it_finds(name: str) -> None:
    """Title, within, outside and not known, which fill in nothing but value, bound and unit; no words lack their limit."""
    text = tomllib.loads(Path(__file__).parents[2].joinpath("reports/templates/english.toml").read_text("utf-8"))["limits"]
    assert set(LIMITS) == set(text)
    assert {"title", "within", "outside", "not_known"} == set(text[name])
    filled = [sentence.format(value="1", bound="2", unit="pixels") for sentence in text[name].values()]
    assert all(sentence.strip() for sentence in filled)
    assert words().limits is not None


@settings(max_examples=30)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 255), st.integers(0, 40))
def test_no_picture_makes_a_limit_fail(height: int, width: int, level: int, spread: int) -> None:
    """Of any size, flat or noisy: an answer, never an error or a warning."""
    noise = np.random.default_rng(0).integers(-spread, spread + 1, (height, width, 3))
    one = shown(np.clip(noise + level, 0, 255).astype(np.uint8))
    for name in set(LIMITS) - {"several_faces"}:
        (limit,) = plugins.make("limit", name).measure(linear(), [one])
        assert isinstance(limit, Limit)
