"""An explainer that a user wrote elsewhere is explained, tested, kept and drawn as those that come with xaifake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

import xaifake
from xaifake.audit.planning import explainers_of
from xaifake.detector.engine import Detector
from xaifake.detector.planted import planted_model, planted_picture
from xaifake.errors import UsageError
from xaifake.explainers import of_regions
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine
from xaifake.records import Attribution
from xaifake.report.html import render

NOTHING = {"robustness": False, "limits": []}


@dataclass(frozen=True)
class Alone:
    """What each region adds when it is shown alone, or its opposite."""

    title: ClassVar[str] = "Alone"
    calls: int = 51
    sign: float = 1.0

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:  # noqa: ARG002 - nothing here is random
        return [self._of(engine, game) for game in games]

    def _of(self, engine: Engine, game: RegionGame) -> Attribution:
        shown = np.concatenate([np.zeros((1, game.players), np.bool_), np.eye(game.players, dtype=np.bool_)])
        (logits,) = play(engine, [game], [shown])
        return of_regions(self, game, self.sign * (logits[1:] - logits[0]), logits, seed=None, calls=len(logits))


@dataclass(frozen=True)
class Lime:
    """Of a name that no method of xaifake has: those are named by their files."""

    title: ClassVar[str] = "Mine"
    calls: int = 0


@pytest.mark.keras
def test_an_explainer_of_ones_own_goes_through_all(tmp_path: Path) -> None:
    """It bears its class's name; its true map of the planted detector mattered, though random weights in
    these filters see detail at the same places; the case comes back and is drawn.
    """
    case = xaifake.explain(
        xaifake.wrap_model(planted_model()), planted_picture().pixels, methods=[Alone(), "lime"], **NOTHING
    )
    outcomes = {check.name: check.outcome for check in case.checks if check.method == "Alone"}
    assert list(case.attributions) == ["Alone", "lime"]
    assert (outcomes["mattered"], outcomes["depends_on_model"]) == ("held up", "did not hold up")

    json = xaifake.save_case(case, tmp_path)
    again = xaifake.load_case(json, case.picture)
    assert again.attributions["Alone"].values.tobytes() == case.attributions["Alone"].values.tobytes()
    assert "Alone" in render(again)


@pytest.mark.keras
def test_what_was_found_of_ones_own_code_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code may change from one run to the next, so the model is asked again each time."""
    detector = xaifake.wrap_model(planted_model())
    asked = {"methods": [Alone()], "checks": ["depends_on_model"], **NOTHING}
    (first,) = xaifake.explain(detector, planted_picture().pixels, **asked).checks
    monkeypatch.setattr(Detector, "randomised", lambda *_: None)

    (again,) = xaifake.explain(detector, planted_picture().pixels, **asked).checks

    assert (first.outcome, again.reason) == ("did not hold up", "not_copied")


def test_two_of_one_name_are_refused() -> None:
    """By the name in the record, whatever the classes and options."""
    with pytest.raises(UsageError, match="Received twice: Alone"):
        explainers_of([Alone(), "gradcam", Alone(sign=-1.0)])
    assert len(explainers_of([Lime(), "lime"])) == 2


def test_the_room_names_what_it_has() -> None:
    """A name that is not there is refused with those that are."""
    import xaifake.explainers

    with pytest.raises(AttributeError, match="it has of_map, of_regions"):
        xaifake.explainers.of_maps  # noqa: B018 - asking is the test
