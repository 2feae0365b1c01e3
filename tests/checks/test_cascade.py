"""What a note on a method says, of maps that are made up."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from engines import NumpyEngine, linear
from hand_made import explained, map_of, squares

from xaifake import plugins
from xaifake.checks import _cascade
from xaifake.checks._cascade import (
    CALLS,
    MOST,
    PICTURES,
    REGIONS,
    SEED,
    SHARES,
    Maps,
    _face,
    _likeness,
    _note,
    _random,
    _reach,
    _reduced,
    likenesses,
)
from xaifake.checks.depends_on_model import DependsOnModel, _record
from xaifake.game.region_game import RegionGame, new_game
from xaifake.interfaces import Engine
from xaifake.records import Attribution, Omission

RISING = np.arange(1.0, 10.0).reshape(3, 3)
NONE = Omission("m", "why")


def maps(*values: np.ndarray, seed: int | None = None, **diagnostics: bool) -> list[Attribution]:
    """A method's maps of pictures, each of which took ten calls."""
    return [dataclasses.replace(map_of("m", each), seed=seed, calls=10, diagnostics=diagnostics) for each in values]


SILENT = maps(0 * RISING)[0]


class Forgetful(NumpyEngine):
    """An engine whose copies have other weights at every stage, and the same where none is drawn anew."""

    def __init__(self, *, copies: bool = True) -> None:
        super().__init__(linear().score)
        self.asked: list[tuple[float, int]] = []
        self._copies = copies

    def randomised(self, share: float, seed: int) -> NumpyEngine | None:
        self.asked.append((share, seed))
        return linear(round(3 * share)) if self._copies else None


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A method that a user wrote: it draws its maps, and keeps of how many pictures it was asked by which seed."""

    asked: list[tuple[int, int]] = dataclasses.field(default_factory=list)
    title = "Drawn"
    calls = MOST

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:  # noqa: ARG002 - it asks nothing
        self.asked.append((len(games), seed))
        return maps(*(np.random.default_rng(seed).normal(size=(3, 3)) for _ in games), seed=seed)


class Dear(Drawn):
    """The same, one call dearer than is asked."""

    calls = MOST + 1


@pytest.fixture
def no_mesh(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model that finds meshes needs TensorFlow."""
    monkeypatch.setattr(_cascade, "landmarks_of", lambda _: None)


@pytest.mark.usefixtures("no_mesh")
def test_a_model_is_copied_once_for_each_stage_and_then_noted() -> None:
    """First as it is, then with more and more layers drawn anew; the second time nothing is asked."""
    engine, explainers = Forgetful(), {"occlusion": plugins.make("explainer", "occlusion")}

    found = likenesses(engine, explainers)

    assert engine.asked == [(0.0, SEED), *((share, SEED) for share in SHARES)]
    assert [stage["silent"] for stage in found["occlusion"]["stages"]] == [False] * 3
    assert likenesses(engine, explainers) == found
    assert len(engine.asked) == 4


@pytest.mark.usefixtures("no_mesh")
def test_a_method_that_a_user_wrote_is_asked_every_time() -> None:
    """Its code may have changed. Of the trained model it is asked by another seed too, about one picture."""
    engine, method = Forgetful(), Drawn()

    found = [likenesses(engine, {"drawn": method})["drawn"] for _ in range(2)]

    assert method.asked == 2 * [(2, SEED), (1, SEED + 1), *3 * [(2, SEED)]]
    assert found[0] == found[1]
    assert [stage["rank_correlation"] for stage in found[0]["stages"]] == [1, 1, 1]
    assert found[0]["repeat"] < 0.9
    assert engine.notes == {}


@pytest.mark.usefixtures("no_mesh")
def test_what_cannot_be_compared_says_why() -> None:
    """A method of too many calls, among others and alone, where no copy is made; a model that cannot be copied."""
    explainers = {"dear": Dear(), "cheap": Drawn()}
    both, alone, fixed = Forgetful(), Forgetful(), Forgetful(copies=False)

    assert likenesses(both, explainers)["dear"] == {"reason": "too_many_calls"}
    assert "stages" in likenesses(both, explainers)["cheap"]
    assert likenesses(alone, {"dear": Dear()}) == {"dear": {"reason": "too_many_calls"}}
    assert alone.asked == []
    assert likenesses(fixed, explainers) == {"dear": {"reason": "too_many_calls"}, "cheap": {"reason": "not_copied"}}


@pytest.mark.usefixtures("no_mesh")
def test_only_maps_whose_method_is_at_hand_are_tested() -> None:
    """A map that was read has none. No picture pays for what is found out of the model."""
    picture = explained(squares(), map_of("drawn", RISING), map_of("read", RISING))

    ((drawn, read),) = DependsOnModel().check(Forgetful(), [dataclasses.replace(picture, explainers={"drawn": Drawn()})], 0)

    assert (drawn.reason, read.reason) == (None, "no_method")
    assert DependsOnModel().calls(3) == drawn.calls == 0


@pytest.mark.usefixtures("no_mesh")
def test_reach_is_what_the_louder_picture_adds_to_its_fill() -> None:
    """On either side."""
    engine = linear()
    games = [new_game(view, regions=REGIONS) for view in engine.view([_face(name) for name in PICTURES])]
    added = [np.subtract(*engine.score(np.stack([game.view.pixels, game.fill]))) for game in games]

    assert _reach(engine) == pytest.approx(max(np.abs(added)), abs=1e-5)
    assert min(np.abs(added)) < 0.99 * max(np.abs(added))


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
