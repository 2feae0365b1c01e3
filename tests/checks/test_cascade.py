"""What a note on a method says, of maps that are made up."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hand_made import map_of

from xaifake import plugins
from xaifake.checks._cascade import CALLS, Maps, _likeness, _note, _random, _reduced
from xaifake.checks.depends_on_model import _record
from xaifake.records import Attribution, Omission

RISING = np.arange(1.0, 10.0).reshape(3, 3)
NONE = Omission("m", "why")


def maps(*values: np.ndarray, seed: int | None = None, **diagnostics: bool) -> list[Attribution]:
    """A method's maps of pictures, each of which took ten calls."""
    return [dataclasses.replace(map_of("m", each), seed=seed, calls=10, diagnostics=diagnostics) for each in values]


SILENT = maps(0 * RISING)[0]


def test_likeness_is_the_mean_over_pictures_with_and_without_signs() -> None:
    """One map that stays and one whose signs turn are unlike, and alike by magnitude."""
    found = _likeness(maps(RISING, RISING), maps(RISING, -RISING))

    assert found == {"rank_correlation": 0.0, "magnitude_correlation": 1.0, "silent": False}


def test_a_silent_map_is_like_nothing() -> None:
    """On either side, and so is none at all; where all are, it is said."""
    silent = {"rank_correlation": 0.0, "magnitude_correlation": 0.0, "silent": True}

    assert _likeness(maps(RISING, RISING), [SILENT, NONE]) == silent
    assert _likeness([SILENT], maps(RISING)) == silent
    assert _likeness(maps(RISING, RISING), [SILENT, *maps(RISING)])["rank_correlation"] == 1


def test_a_note_counts_all_that_was_asked() -> None:
    """Two ends of two games, two maps, one again, and two at the stage that there was; one stage had no finite score."""
    first, again, stage = {"m": maps(RISING, RISING)}, {"m": maps(-RISING)}, {"m": maps(RISING, -RISING)}

    note = _note("m", 1.0, first, again, [stage, {}])

    assert note["calls"] == 4 + 50
    assert note["repeat"] == -1
    assert note["stages"] == [_likeness(first["m"], stage["m"]), None]
    assert _note("m", 1.0, first, {}, [stage])["repeat"] is None


@pytest.mark.parametrize(
    ("first", "reach", "reason"),
    [
        ({"m": ()}, 1.0, "too_many_calls"),
        ({}, 1.0, "not_on_demo"),
        ({"m": [*maps(RISING), NONE]}, 1.0, "not_on_demo"),
        ({"m": [SILENT, SILENT]}, 1.0, "silent_on_demo"),
        ({"m": maps(0.1 * RISING / 45, 0.1 * RISING / 45)}, 0.1, "weak_on_demo"),
    ],
)
def test_a_note_may_say_why_nobody_knows(first: Maps, reach: float, reason: str) -> None:
    """Before anything is compared."""
    assert _note("m", reach, first, {}, []) == {"reason": reason}


def test_one_loud_map_is_enough() -> None:
    """The other may be silent; and regions of more than a fifth of a logit count where the picture as a whole does not."""
    regions = {"regions": np.zeros((48, 48), np.int32), "region_values": np.ones(1, np.float32)}
    strong = map_of("m", np.ones((48, 48)), **regions)

    assert "stages" in _note("m", 1.0, {"m": [SILENT, *maps(RISING)]}, {}, [])
    assert "stages" in _note("m", 0.1, {"m": [strong, strong]}, {}, [])


def test_methods_that_draw_are_asked_again() -> None:
    """Not those without a seed, nor those that asked everything."""
    drawn: Maps = {"a": maps(RISING, seed=1), "b": maps(RISING), "c": maps(RISING, seed=1, exact=True), "d": [NONE]}

    assert _random(drawn) == ["a"]


def test_methods_with_a_budget_get_a_small_one() -> None:
    """And what is smaller stays; others have none to be cut."""
    assert _reduced(plugins.make("explainer", "shap")).calls == CALLS
    assert _reduced(plugins.make("explainer", "shap:calls=20")).calls == 20
    assert _reduced(plugins.make("explainer", "gradcam")) == plugins.make("explainer", "gradcam")


def stage(rank: float, *, silent: bool = False) -> dict[str, float | bool]:
    return {"rank_correlation": rank, "magnitude_correlation": rank, "silent": silent}


def test_a_record_is_made_of_the_stages_that_said_something() -> None:
    """The mean of magnitudes; silent stages and those without a score are counted."""
    record = _record({"stages": [stage(0.2), stage(-0.4), None, stage(0.0, silent=True)], "repeat": 0.9, "calls": 7})

    assert record["outcome"] == "held up"
    assert record["measures"]["likeness"] == pytest.approx(0.3)
    assert record["measures"]["rank_correlations"] == (0.2, -0.4, None, 0.0)
    assert (record["measures"]["silent_stages"], record["measures"]["calls_once"]) == (2, 7)
    assert _record({"stages": [None, stage(0.0, silent=True)], "repeat": None, "calls": 7})["reason"] == "silent_when_random"


@pytest.mark.parametrize(
    ("likeness", "repeat", "outcome"),
    [
        (0.4, None, "held up"),
        (0.4, 0.4, "held up"),
        (0.4, 0.39, "mixed"),
        (0.5, None, "mixed"),
        (0.6, 0.9, "did not hold up"),
    ],
)
def test_a_map_like_that_of_random_weights_does_not_hold_up(likeness: float, repeat: float | None, outcome: str) -> None:
    """And one that is like no other of its own is not told from it."""
    assert _record({"stages": [stage(likeness)], "repeat": repeat, "calls": 1})["outcome"] == outcome
