"""What an audit will take, told before it begins."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xaifake.audit.running.jobs import key_of
from xaifake.audit.running.local import left
from xaifake.audit.running.protocol import Stage, Work
from xaifake.audit.running.store import Store
from xaifake.detector.engine import Detector
from xaifake.errors import NumbersError

TRIED = 8
"""Pictures that are timed, after as many that are not: the first ones load what the others find loaded."""


@dataclass(frozen=True)
class Forecast:
    """What a stage has still to do, at most: pictures, model calls, and seconds in one process of this machine."""

    stage: str
    pictures: int
    calls: int
    seconds: float


def forecasts_of(
    detector: Detector,
    store: Store,
    works: Sequence[Work],
    every: Stage,
    some: Sequence[tuple[Stage, int]],
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[Forecast, ...]:
    """What each stage will take, from a short timing.

    A few pictures are put through the stage that asks about every one. The others, whose pictures are not drawn yet, are
    told by their model calls alone, at the pace of full batches: what they compute beside the model, and what of them is
    finished already, is not counted.

    Args:
        detector: as the job runs it.
        store: where finished rows lie.
        works: all pictures.
        every: the stage that asks about all of them.
        some: the other stages, and about how many pictures each will draw.
        clock: gives seconds.
    """
    waiting = left(every, works, store, key_of(every, detector))
    seconds = waiting * _a_picture(every, detector, works, clock) if waiting else 0.0
    told = [Forecast(every.name, waiting, waiting * every.calls, seconds)]
    a_view = _a_view(detector, clock) if some else 0.0
    for stage, count in some:
        pictures = min(count, len(works))
        told.append(Forecast(stage.name, pictures, pictures * stage.calls, pictures * stage.calls * a_view))
    return tuple(told)


def _a_picture(stage: Stage, detector: Detector, works: Sequence[Work], clock: Callable[[], float]) -> float:
    """Seconds of a picture, in the second of two handfuls."""
    for handful in (works[:TRIED], works[-TRIED:]):
        started = clock()
        stage.rows(detector, handful, lambda _: None)
        seconds = (clock() - started) / len(handful)
    return seconds


def _a_view(detector: Detector, clock: Callable[[], float]) -> float:
    """Seconds of a view, in the second of two full batches of grey."""
    views = np.full((detector.batch, *detector.contract.size, 3), 128, np.float32)
    for _ in range(2):
        started = clock()
        with contextlib.suppress(NumbersError):  # of grey alone, perhaps: its time tells as much
            detector.score(views)
        seconds = (clock() - started) / len(views)
    return seconds
