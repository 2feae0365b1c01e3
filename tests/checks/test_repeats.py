"""Whether another seed would tell the same."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from engines import NumpyEngine, planted
from hand_made import map_of, squares

from xaifake.checks.repeats import Repeats, _outcome, _rows
from xaifake.explainers.lime import Lime
from xaifake.explainers.occlusion import Occlusion
from xaifake.explainers.rise import Rise
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine, Explained
from xaifake.records import Attribution, Check, Prediction, Views

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


@pytest.mark.parametrize(
    ("ranks", "leads", "flips", "outcome"),
    [
        (0.7, 0.6, 1, "held up"),
        (0.69, 0.6, 1, "mixed"),
        (0.7, 0.59, 1, "mixed"),
        (0.7, 0.6, 2, "mixed"),
        (0.4, 0.25, 3, "mixed"),
        (0.39, 0.6, 0, "did not hold up"),
        (0.7, 0.24, 0, "did not hold up"),
        (0.7, 0.6, 4, "did not hold up"),
    ],
)
def test_all_must_be_alike_to_hold_up_and_one_unlike_is_enough_not_to(
    ranks: float, leads: float, flips: int, outcome: str
) -> None:
    """The order, the leading places, and the signs of ten that are shown; what lies on a border is on the better side."""
    measures = {"rank_correlation": ranks, "leading_in_common": leads, "flips": flips, "shown": 10}

    assert _outcome(measures) == outcome


def test_a_third_of_flipped_signs_is_not_many_yet() -> None:
    """Above it they are; and of a map that shows nothing none has flipped."""
    measures = {"rank_correlation": 0.7, "leading_in_common": 0.6}

    assert _outcome({**measures, "flips": 1, "shown": 3}) == "mixed"
    assert _outcome({**measures, "flips": 0, "shown": 0}) == "held up"


def test_pairs_are_dealt_whole() -> None:
    """Behind the two ends, coalitions and their complements stay side by side, in the order of the sequence."""
    assert _rows(np.array([2, 0])).tolist() == [0, 1, 2, 3, 6, 7]


@pytest.mark.parametrize(("calls", "of_each"), [(93, None), (94, 48), (97, 48), (98, 50)])
def test_halves_are_as_large_as_what_is_known_allows(calls: int, of_each: int | None) -> None:
    """Sixteen regions need 48 coalitions: the two ends and 23 pairs, twice, are 94 without the ends asked again."""
    engine = planted(4.0)

    check = checked(engine, explained(engine, side=4, lime=Lime(calls=calls, full=True)))["lime"]

    assert check.measures.get("calls_of_each") == of_each


def test_no_half_is_larger_than_what_the_method_asked() -> None:
    """Where another method has asked more of the same game, the halves share nothing all the same."""
    engine = planted(4.0)

    checks = checked(engine, explained(engine, more=Lime(calls=512, full=True), lime=Lime(calls=128, full=True)))

    assert checks["lime"].measures["calls_of_each"] == 128


@dataclasses.dataclass(frozen=True)
class Moody:
    """A method whose map turns its signs, but for the first seed; it keeps the seeds."""

    asked: list[int] = dataclasses.field(default_factory=list)
    title = "Moody"
    calls = 64

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:  # noqa: ARG002 - it asks nothing
        self.asked.append(seed)
        sign = 1 if seed == 0 else -1
        return [dataclasses.replace(map_of("moody", sign * np.arange(1.0, 26.0).reshape(5, 5)), seed=seed) for _ in games]


def test_every_repeat_is_compared_with_the_map_itself() -> None:
    """By other seeds than its own; two repeats that agree with each other and not with it are no praise."""
    engine, moody = planted(), Moody()

    check = checked(engine, explained(engine, moody=moody))["moody"]

    assert moody.asked == [0, 1, 2]
    assert (check.measures["rank_correlation"], check.measures["rank_correlation_least"]) == (-1, -1)
    assert check.outcome == "did not hold up"


def test_what_is_not_tested_takes_nothing_of_the_bound() -> None:
    """Behind an empty map two more seeds of 64 calls are still allowed."""
    engine = planted()
    drawn = explained(engine, moody=Moody())
    maps = {"empty": map_of("empty", np.zeros((4, 4))), **drawn.attributions}

    checks = checked(engine, dataclasses.replace(drawn, attributions=maps))

    assert [None, "empty"] == [checks[name].reason for name in ("moody", "empty")]
