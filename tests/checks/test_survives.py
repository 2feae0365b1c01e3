"""Whether maps stay where harmless changes leave the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from engines import SIZE, NumpyEngine, planted
from hand_made import map_of, squares

from xaifake.checks.survives import Survives
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
