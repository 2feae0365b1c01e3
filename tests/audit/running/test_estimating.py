"""What is told before an audit begins."""

from __future__ import annotations

import itertools
from pathlib import Path

from light import LightStage, light_detector, light_works

from xaifake.audit.running.estimating import Forecast, forecasts_of
from xaifake.audit.running.jobs import key_of
from xaifake.audit.running.local import run_stage
from xaifake.audit.running.store import Store


def test_pictures_calls_and_seconds_are_told(tmp_path: Path) -> None:
    """By a clock that goes one second at each look: an eighth of a second a picture, a sixteenth a view."""
    store, works, detector = Store(str(tmp_path)), light_works(20), light_detector()
    seconds = itertools.count()

    told = forecasts_of(
        detector, store, works, LightStage(), [(LightStage(), 5), (LightStage(), 99)], lambda: float(next(seconds))
    )
    assert (
        Forecast("light", 20, 60, 2.5),
        Forecast("light", 5, 15, 15 / 16),
        Forecast("light", 20, 60, 60 / 16),
    ) == told


def test_what_is_finished_takes_nothing(tmp_path: Path) -> None:
    """Nothing is timed where nothing is left."""
    store, works, detector = Store(str(tmp_path)), light_works(20), light_detector()
    stage = LightStage()
    run_stage(stage, works, store, key_of(stage, detector), detector, lambda _: None)
    assert (Forecast("light", 0, 0, 0.0),) == forecasts_of(detector, store, works, stage, [])
