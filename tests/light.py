"""A whole detector in NumPy, quick to load in any process, and a data set of generated faces for it. No TensorFlow."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from PIL import Image

from xaifake.audit.running.protocol import Advance, Row, Work
from xaifake.audit.running.store import Store
from xaifake.detector.engine import Detector
from xaifake.detector.room import Room
from xaifake.detector.runtimes import Runtimes
from xaifake.errors import NotADetectorError
from xaifake.records import Contract, Entry, ModelFile, Options, Views

SIZE = (32, 32)
GRID = 4


class LightRuntimes(Runtimes):
    """One runtime: the logit is 8 times the mean of red less that of blue, and each cell of a 4 × 4 grid has its share."""

    name = "light 1.0"
    bytes_per_view = 10_000  # type: ignore[assignment]  # nothing was traced that could tell

    def __init__(self, taps: bool = True) -> None:
        self.room = Room()
        self.file = None
        self._taps = taps

    @property
    def scoring(self) -> Any:
        return self

    def tapping(self, layer: str | None) -> Any:  # noqa: ARG002 - it has one layer
        if not self._taps:
            raise NotADetectorError("No layer of this model has a grid. Received: light")
        return self

    def prepare(self, views: int, batch: int = 16) -> None:
        """There is nothing to choose."""

    def layer(self, layer: str | None) -> str:
        return layer or "cells"

    def score(self, views: Views) -> list[np.ndarray]:
        return [self._cells(views).sum(axis=(1, 2))]

    def tap(self, views: Views, layer: str | None = None) -> list[np.ndarray]:  # noqa: ARG002 - as above
        cells = self._cells(views)
        return [cells.sum(axis=(1, 2)), cells[..., None], np.ones((*cells.shape, 1), np.float32)]

    def _cells(self, views: Views) -> np.ndarray:
        grey = (views[..., 0] - views[..., 2]) / 255 * 8
        side = SIZE[0] // GRID
        cells = grey.reshape(len(views), GRID, side, GRID, side).mean(axis=(2, 4)) / GRID**2
        return np.asarray(cells, np.float32)


def light_detector(*, taps: bool = True, domain: str = "pixel", threshold: float = 0.5) -> Detector:
    """That detector with its contract."""
    file = ModelFile("light", hashlib.sha256(b"light").hexdigest(), "numpy", None)
    return Detector(LightRuntimes(taps), Contract(SIZE, domain=domain, threshold=threshold), file)


@dataclass(frozen=True)
class LightOpening:
    """How other processes come by it."""

    def open(self) -> Detector:
        return light_detector()


def light_entries(folder: Path, count: int, draw: Callable[[int], np.ndarray] | None = None) -> list[Entry]:
    """So many pictures on disk, every other one FAKE, as entries in order of ids."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for number in range(count):
        path = folder / f"{number:05d}.png"
        pixels = draw(number) if draw else drawn(number)
        Image.fromarray(pixels).save(path, compress_level=0)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entries.append(Entry(digest, str(path), "FAKE" if number % 2 else "REAL", source=folder.name))
    return sorted(entries, key=lambda entry: entry.id)


def drawn(number: int) -> np.ndarray:
    """A picture of one colour in noise: FAKE ones more red than blue, in the mean."""
    random = np.random.default_rng(number)
    colour = np.array([128 + 20 * (1 if number % 2 else -1), 128, 128]) + random.normal(0, 15, 3)
    return np.clip(colour + random.normal(0, 20, (40, 40, 3)), 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class LightStage:
    """A stage that asks nothing of the detector: a row is its picture's id and twice ``factor``. Ids that begin with f fail.

    ``seconds`` are how long each picture takes.
    """

    name: ClassVar[str] = "light"
    shard: ClassVar[int] = 4
    calls: ClassVar[int] = 3
    factor: int = 1
    seconds: float = 0.0

    @property
    def options(self) -> Options:
        return {"factor": self.factor}

    def schema(self) -> Any:
        import pyarrow as pa

        return pa.schema([("id", pa.string()), ("error", pa.string()), ("value", pa.int64()), ("chunk", pa.string())])

    def rows(self, detector: Detector, works: Sequence[Work], advance: Advance) -> list[Row]:  # noqa: ARG002 - see above
        rows: list[Row] = []
        for work in works:
            time.sleep(self.seconds)
            advance(1)
            row = {"id": work.entry.id, "value": 2 * self.factor, "chunk": works[0].entry.id}
            rows.append({"id": work.entry.id, "error": "It fails."} if work.entry.id.startswith("f") else row)
        return rows


def light_works(count: int) -> list[Work]:
    """Works of pictures that are nowhere, in order of ids."""
    ids = sorted(hashlib.sha256(str(number).encode()).hexdigest() for number in range(count))
    return [Work(Entry(id_, f"{id_}.png")) for id_ in ids]


def content_of(store: Store) -> dict[str, bytes]:
    """Every file of a store on this machine, hidden ones too, by its path."""
    root = Path(store.address)
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
