"""Whether maps change when the model forgets what it has learned; on Keras detectors, the model itself untouched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xaifake
from xaifake import plugins
from xaifake.checks.depends_on_model import DependsOnModel
from xaifake.detector.engine import Detector
from xaifake.detector.planted import planted_model, planted_picture
from xaifake.game.region_game import RegionGame, new_game
from xaifake.interfaces import Engine, Explained
from xaifake.records import Attribution, Check, Prediction
from xaifake.settled import settled_maps

pytestmark = pytest.mark.keras

DEMO = Path(str(files("xaifake.demo") / "detector.keras"))


@dataclass(frozen=True)
class Edges:
    """A map of where the picture changes, whatever the model."""

    title = "Edges"
    calls = 0

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:  # noqa: ARG002 - it asks nobody
        return [_map(game, np.hypot(*np.gradient(game.view.pixels.mean(axis=2)))) for game in games]


def _map(game: RegionGame, values: np.ndarray) -> Attribution:
    face, record = game.view.face, {"unit": "logit per pixel", "domain": "pixel", "options": {}, "seed": None, "calls": 0}
    return Attribution(
        "edges", values.astype(np.float32), box=face.box, picture_size=face.picture.pixels.shape[:2], **record
    )


def checked(detector: Detector, **explainers: Any) -> dict[str, Check]:
    """One planted picture; maps are made up, since the check makes its own."""
    face = detector.faces(planted_picture(0).pixels)[0]
    game = new_game(detector.view([face])[0])
    maps = {name: _map(game, np.ones((2, 2))) for name in explainers}
    (checks,) = DependsOnModel().check(detector, [Explained(game, Prediction(0.0), explainers, maps)], 0)
    return dict(zip(explainers, checks, strict=True))


def test_grad_cam_depends_on_the_model_and_edges_do_not() -> None:
    """On the detector that comes with xaifake; its score stays as it was."""
    detector = xaifake.load_detector(DEMO)
    picture = np.asarray(np.random.default_rng(0).uniform(0, 255, (1, 128, 128, 3)), np.float32)
    before = detector.score(picture), [weight.tobytes() for weight in detector.model.get_weights()]

    checks = checked(detector, gradcam=plugins.make("explainer", "gradcam"), edges=Edges())

    assert checks["gradcam"].outcome == "held up"
    assert checks["edges"].outcome == "did not hold up"
    assert checks["edges"].measures["likeness"] == 1
    assert before[0].tobytes() == detector.score(picture).tobytes()
    assert before[1] == [weight.tobytes() for weight in detector.model.get_weights()]


def test_what_was_found_once_is_the_same_when_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run of the same file computes nothing, and its record is the same; both say what it took."""
    shap = plugins.make("explainer", "shap")
    first = checked(xaifake.load_detector(DEMO), shap=shap)["shap"]
    monkeypatch.setattr(Detector, "randomised", None)

    again = checked(xaifake.load_detector(DEMO), shap=shap)["shap"]

    assert (first.outcome, dict(first.measures)) == (again.outcome, dict(again.measures))
    assert (first.calls, again.calls) == (0, 0)
    assert first.measures["calls_once"] > 500


@pytest.mark.parametrize("name", ["gradcam", "lime"])
def test_a_constant_detector_is_not_praised(name: str) -> None:
    """Its maps are empty before any weight is changed."""
    detector = xaifake.wrap_model(planted_model(gain=0))

    assert checked(detector, **{name: plugins.make("explainer", name)})[name].outcome == "not tested"


def test_what_hardly_moves_on_the_demo_is_drawn_all_the_same() -> None:
    """The planted detector hardly reacts to the demo's pictures, which says nothing of its map of another one."""
    case = xaifake.explain(
        xaifake.wrap_model(planted_model()), planted_picture(0).pixels, methods=["gradcam"], checks=["depends_on_model"]
    )
    assert [check.reason for check in case.checks] == ["weak_on_demo"]
    assert not settled_maps(case)["gradcam"].attribution.is_empty


def test_a_model_in_memory_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For as long as its detector is held; another detector of it is asked anew."""
    model = planted_model()
    detector, gradcam = xaifake.wrap_model(model), plugins.make("explainer", "gradcam")
    first = checked(detector, gradcam=gradcam)["gradcam"]
    monkeypatch.setattr(Detector, "randomised", lambda *_: None)

    assert dict(checked(detector, gradcam=gradcam)["gradcam"].measures) == dict(first.measures)
    assert checked(xaifake.wrap_model(model), gradcam=gradcam)["gradcam"].reason == "not_copied"


def test_what_takes_too_many_calls_is_not_tested() -> None:
    """The bands ask 288 of each picture and stage."""
    detector = xaifake.wrap_model(planted_model())

    assert checked(detector, bands=plugins.make("explainer", "bands"))["bands"].reason == "too_many_calls"


def test_what_cannot_be_asked_so_little_is_not_tested() -> None:
    """Sobol's indices of sixteen regions need 68 calls, more than are made here; other methods are tested all the same."""
    detector = xaifake.wrap_model(planted_model())
    both = {name: plugins.make("explainer", name) for name in ("sobol", "gradcam")}

    found = checked(detector, **both)

    assert found["sobol"].reason == "too_many_calls"
    assert found["gradcam"].reason != "too_many_calls"


def test_methods_come_out_as_each_does_alone() -> None:
    """Copies and games are shared, and what is found is not."""
    lime, gradcam = (plugins.make("explainer", name) for name in ("lime", "gradcam"))
    together = checked(xaifake.wrap_model(planted_model()), lime=lime, gradcam=gradcam)

    alone = checked(xaifake.wrap_model(planted_model()), lime=lime)

    assert dict(alone["lime"].measures) == dict(together["lime"].measures)
