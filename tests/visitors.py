"""Visitors of the page without a browser: files as it sends them, and detectors that answer when told. No TensorFlow."""

from __future__ import annotations

import io
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from light import drawn, light_detector
from PIL import Image

from xaifake.app.detectors import Opened
from xaifake.app.jobs import Job
from xaifake.app.settings import Settings
from xaifake.detector.engine import Detector
from xaifake.records import Logits, Views

BARE: dict[str, Any] = {"methods": ("gradcam",), "checks": (), "limits": (), "robustness": False}
"""One tap a picture, and nothing else."""


@dataclass(frozen=True)
class Sent:
    """A file as Streamlit hands it on."""

    name: str
    data: bytes = field(repr=False)
    file_id: str

    @property
    def size(self) -> int:
        return len(self.data)

    def getvalue(self) -> bytes:
        return self.data


def sent(name: str, data: bytes | None = None, number: int = 0) -> Sent:
    """A file of that name, without bytes the PNG of `light.drawn`; no two are the same to the page."""
    return Sent(name, png(number) if data is None else data, f"{name}-{number}-{time.monotonic_ns()}")


def png(number: int = 0, shape: tuple[int, int] | None = None) -> bytes:
    """A picture as bytes: of `light.drawn`, or a black one of that height and width."""
    memory = io.BytesIO()
    Image.fromarray(drawn(number) if shape is None else np.zeros((*shape, 3), np.uint8)).save(memory, "PNG")
    return memory.getvalue()


class Light(Opened):
    """The light detector, which notes how many views it taps at a time, and answers no more often than allowed."""

    def __init__(self) -> None:
        super().__init__(Settings(), "light", "light")
        self.allowed = math.inf
        self.asked: list[int] = []
        self._light = light_detector()
        tap = self._light.tap

        def gated(views: Views, layer: str | None = None) -> Any:
            self.asked.append(len(views))
            eventually(lambda: len(self.asked) <= self.allowed)
            return tap(views, layer)

        self._light.tap = gated  # type: ignore[method-assign]

    @property
    def detector(self) -> Detector:
        return self._light


class Broken(Opened):
    """A detector that cannot be loaded, by whatever is raised."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(Settings(), "broken", "broken")
        self._error = error

    @property
    def detector(self) -> Detector:
        raise self._error


def eventually(true: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until something holds; that it comes to hold is the assertion."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.002)


def ended(job: Job[Any]) -> str:
    """What a job comes to."""
    eventually(lambda: job.finished)
    return job.state


def logits_of(job: Job[Any]) -> Logits:
    """The scores of its cases."""
    return np.array([case.prediction.logit for case in job.outcomes])
