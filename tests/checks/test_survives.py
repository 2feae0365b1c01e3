"""Whether maps stay where harmless changes leave the score."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from engines import SIZE, NumpyEngine, planted
from hand_made import map_of, squares

from xaifake.checks import _copies
from xaifake.checks._copies import Copies, Pair
from xaifake.checks.survives import CHANGES, Survives, _numbers, _outcome, _record
from xaifake.explainers.lime import Lime
from xaifake.explainers.occlusion import Occlusion
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine, Explained
from xaifake.records import Attribution, Check, Prediction, Views

pytestmark = pytest.mark.slow  # lime's import

STRIPES = (-1.0) ** np.arange(SIZE)[:, None, None]


@dataclass(frozen=True)
class Fragile:
    """A map that hangs on the last bits of the picture."""

    title = "Fragile"
    calls = 0

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:  # noqa: ARG002 - it asks nothing
        seeds = [int(game.view.pixels.astype(np.float64).sum()) for game in games]
        return [map_of("fragile", np.random.default_rng(one).normal(size=(6, 6))) for one in seeds]


def of_phase(views: Views) -> np.ndarray:
    """Stripes in step with the rows: a shift by one pixel turns the score."""
    return np.asarray((views * STRIPES).mean(axis=(1, 2, 3)))


def explained(engine: NumpyEngine, **explainers: Any) -> Explained:
    game = squares(side=5)
    (logit,) = engine.score(game.view.pixels[None])
    game.whole = float(logit)
    maps = {name: explainer.explain(engine, [game], 0)[0] for name, explainer in explainers.items()}
    return Explained(game, Prediction(game.whole), explainers, maps)


def checked(engine: NumpyEngine, picture: Explained) -> dict[str, Check]:
    (checks,) = Survives().check(engine, [picture], 0)
    return {str(check.method): check for check in checks}


def test_maps_of_steady_evidence_survive() -> None:
    """The energy of stripes stays under JPEG and a shift, and so do both methods' maps."""
    engine = planted(4.0)

    checks = checked(engine, explained(engine, lime=Lime(calls=128), occlusion=Occlusion()))

    assert ["held up", "held up"] == [check.outcome for check in checks.values()]
    assert not any(check.measures["score_moved"] for check in checks.values())


def test_a_map_that_moves_with_the_score_is_mixed() -> None:
    """The shift turns this detector's score; the map is not to blame, and not praised either."""
    engine = NumpyEngine(of_phase)

    check = checked(engine, explained(engine, occlusion=Occlusion()))["occlusion"]

    assert check.outcome == "mixed"
    assert check.measures["shift_score_moved"]
    assert not check.measures["jpeg_score_moved"]


def test_a_map_that_moves_alone_does_not_hold_up() -> None:
    """The score stays and the map is another."""
    engine = planted(4.0)

    check = checked(engine, explained(engine, fragile=Fragile()))["fragile"]

    assert check.outcome == "did not hold up"
    assert not check.measures["score_moved"]


def test_only_what_the_estimate_needs_is_asked() -> None:
    """Of each copy the first 76 coalitions, three for each of 25 regions and their pairs; of the picture nothing new."""
    engine = planted(4.0)
    picture = explained(engine, lime=Lime(calls=128, full=True))
    before = sum(engine.batches)

    check = checked(engine, picture)["lime"]

    assert check.calls - check.saved == sum(engine.batches) - before == 2 * 76


def test_methods_outside_the_sequence_share_a_bound() -> None:
    """After one of 51 calls a copy, there is none left for another."""
    engine = planted(4.0)

    first = explained(engine, occlusion=Occlusion())
    maps = {**first.attributions, "other": map_of("other", first.attributions["occlusion"].values)}
    explainers = {"occlusion": Occlusion(), "other": Occlusion()}

    checks = checked(engine, Explained(first.game, first.prediction, explainers, maps))

    assert [None, "too_many_calls"] == [check.reason for check in checks.values()]


@pytest.mark.parametrize(
    ("ranks", "leads", "outcome"),
    [
        (0.7, 0.4, "held up"),
        (0.69, 0.4, "mixed"),
        (0.7, 0.39, "mixed"),
        (0.4, 0.2, "mixed"),
        (0.39, 0.4, "did not hold up"),
        (0.7, 0.19, "did not hold up"),
    ],
)
def test_both_must_be_alike_to_survive_and_one_unlike_is_enough_not_to(ranks: float, leads: float, outcome: str) -> None:
    """What lies on a border is on the better side; a score that moved takes the blame."""
    numbers = {"rank_correlation": ranks, "leading_in_common": leads}

    assert _outcome({**numbers, "score_moved": False}) == outcome
    assert _outcome({**numbers, "score_moved": True}) == "mixed"


def test_a_quarter_of_the_way_is_no_move_yet() -> None:
    """On either side of nothing."""
    same = np.arange(4.0)

    moved = [_numbers(Pair(same, same, move), way)["score_moved"] for move in (0.5, -0.5, -0.51) for way in (2.0, -2.0)]

    assert moved == [False] * 4 + [True] * 2


def test_the_worse_copy_is_told() -> None:
    """The least likeness, the farthest move, and the outcome of the copy that came out worse, whichever it is."""
    rising = np.arange(1.0, 11.0)
    good, bad = Pair(rising, rising, 0.1), Pair(rising, rising[::-1], -0.3)
    game = squares(side=5)
    copies = Copies(planted(), Explained(game, Prediction(0.0), {}, {}), CHANGES)

    for pairs in ([good, bad], [bad, good]):
        record = _record(_copies.Tested(copies, map_of("m", np.ones((2, 2))), None, pairs, way=4.0), None)
        assert record["outcome"] == "did not hold up"
        assert [record["measures"][name] for name in ("rank_correlation", "leading_in_common", "moved")] == [-1, 0, -0.3]


def test_calls_are_known_beforehand() -> None:
    """Two copies, each with two games and the methods outside the sequence, and the picture's ends."""
    assert Survives().calls(3) == 2 * (2 * 132 + 64) + 2


@pytest.mark.parametrize(
    ("options", "calls", "reason"),
    [
        ({}, 76, None),
        ({}, 74, "too_few_calls"),
        ({"coalitions": 76}, 128, None),
        ({"coalitions": 75}, 128, "too_many_regions"),
    ],
)
def test_an_estimate_needs_76_coalitions_of_25_regions(options: dict[str, int], calls: int, reason: str | None) -> None:
    """As many are known, and may be asked, or it is not tested."""
    engine = planted(4.0)
    picture = explained(engine, lime=Lime(calls=calls, full=True))

    ((check,),) = Survives(**options).check(engine, [picture], 0)

    assert check.reason == reason


def test_a_method_may_take_all_of_the_bound() -> None:
    """And no more than that."""
    engine = planted(4.0)
    picture = explained(engine, occlusion=Occlusion())

    reasons = [Survives(most=most).check(engine, [picture], 0)[0][0].reason for most in (Occlusion().calls, 0)]

    assert reasons == [None, "too_many_calls"]


def test_methods_may_share_all_of_the_bound() -> None:
    """Two of 51 calls, where 102 are allowed."""
    engine = planted(4.0)
    picture = explained(engine, occlusion=Occlusion(), other=Occlusion())
    maps = {name: dataclasses.replace(each, method=name) for name, each in picture.attributions.items()}

    (checks,) = Survives(most=102).check(engine, [dataclasses.replace(picture, attributions=maps)], 0)

    assert [check.reason for check in checks] == [None, None]


def test_a_constant_in_the_logit_changes_nothing() -> None:
    """Of two detectors that differ by three logits, maps of copies differ in nothing, nor does what the picture adds."""
    biased = NumpyEngine(lambda views: planted(4.0).score(views) + 3)

    here, there = (
        checked(engine, explained(engine, occlusion=Occlusion()))["occlusion"] for engine in (planted(4.0), biased)
    )

    assert there.measures["way"] == pytest.approx(here.measures["way"], abs=1e-4)
    assert there.outcome == here.outcome == "held up"


@pytest.mark.parametrize("method", [Occlusion(), Fragile()])
def test_every_call_is_counted(method: Occlusion | Fragile) -> None:
    """What is asked of the fill and of the copies, be it by the method or to know how far the score has moved."""
    engine = planted(4.0)
    picture = explained(engine, method=method)
    maps = {"method": dataclasses.replace(picture.attributions["method"], method="method")}
    before = sum(engine.batches)

    check = checked(engine, dataclasses.replace(picture, attributions=maps))["method"]

    assert check.calls - check.saved == sum(engine.batches) - before > 2


@dataclass(frozen=True)
class Seeded(Fragile):
    """The same, which keeps the seeds that it was asked with."""

    asked: list[int] = dataclasses.field(default_factory=list)

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:
        self.asked.append(seed)
        return super().explain(engine, games, seed)


@pytest.mark.parametrize(("own", "used"), [(5, 5), (0, 0), (None, 9)])
def test_copies_are_explained_with_the_seed_of_the_map(own: int | None, used: int) -> None:
    """Where it has none, with that of the check."""
    engine, method = planted(4.0), Seeded()
    picture = explained(engine, fragile=method)
    maps = {"fragile": dataclasses.replace(picture.attributions["fragile"], seed=own)}
    method.asked.clear()

    Survives().check(engine, [dataclasses.replace(picture, attributions=maps)], 9)

    assert method.asked == [used, used]


def test_the_score_of_a_copy_is_known_to_all_its_games() -> None:
    """And to no game of another copy."""
    copies = Copies(planted(), explained(planted()), CHANGES)
    game = copies.explained.game
    copies.game(game, CHANGES[0]).whole = 1.5

    assert copies.game(squares(side=3), CHANGES[0]).whole == 1.5
    assert copies.game(squares(side=4), CHANGES[1]).whole is None


def test_the_sequence_is_that_of_the_maps_seed() -> None:
    """So that what it has asked is known."""
    engine, lime = planted(4.0), Lime(calls=128, full=True)
    game = squares(side=5)
    (made,) = lime.explain(engine, [game], 3)
    before = sum(engine.batches)

    check = checked(
        engine, Explained(game, Prediction(float(engine.score(game.view.pixels[None])[0])), {"lime": lime}, {"lime": made})
    )["lime"]

    assert check.calls - check.saved == sum(engine.batches) - before - 1 == 2 * 76


def test_what_moves_nothing_is_weak() -> None:
    """Neither the picture nor any region; a map of the model itself has none, and stands and falls with the picture."""
    engine = planted(0.01)

    checks = checked(engine, explained(engine, occlusion=Occlusion(), fragile=Fragile()))

    assert ["weak", "weak"] == [check.reason for check in checks.values()]
