"""How fast training is fed, beside what a step of it takes: ``python benchmarks/feeding.py``.

Batches of 32 views of a face at 256 × 256, from a memory map through each change of augmentation alone, at probability 1,
through all at their usual ones, and through none; and steps of the ``cnn`` recipe on a batch that lies in memory. On a CPU
both share the cores, so core time is what to compare: a step that is fed takes that of a bare step and that of its batch.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from measuring import publish, rounds

from xaifake.training.feeding.augmenting import Augmentation
from xaifake.training.feeding.pipeline import batches
from xaifake.training.pictures.examples import Examples
from xaifake.training.plan import Plan

PLAN = Plan("cnn")
VIEWS, WARM, BATCHES, STEPS, ROUNDS = 128, 4, 12, 4, 5
FED = ("none", "all", *(f"{field.name}=1" for field in fields(Augmentation)))
STEP = f"a step of {PLAN.recipe}"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        examples = examples_in(Path(folder))
        cores: dict[str, list[float]] = {}
        walls: dict[str, list[float]] = {}
        rivals = {text: feeder(text, examples) for text in FED} | {STEP: stepper(examples)}
        rounds(
            {name: timed(rival, walls.setdefault(name, []), cores.setdefault(name, [])) for name, rival in rivals.items()},
            ROUNDS,
        )
    rows = [row(name, walls[name][1:], cores[name][1:], cores[STEP][1:]) for name in rivals]
    publish(
        "feeding",
        f"Pictures fed to training, and what a step takes (batch {PLAN.batch})",
        rows,
        raw={"wall": walls, "core": cores},
    )


Rival = Callable[[], tuple[int, Callable[[], object]]]
"""Makes ready, and gives a number of pictures and what is to be timed for them."""


def timed(rival: Rival, walls: list[float], cores: list[float]) -> Callable[[], None]:
    """Milliseconds a picture, of the clock and of all cores together; making ready does not count."""

    def run() -> None:
        pictures, work = rival()
        wall, core = time.perf_counter(), time.process_time()
        work()
        walls.append((time.perf_counter() - wall) / pictures * 1000)
        cores.append((time.process_time() - core) / pictures * 1000)

    return run


def feeder(text: str, examples: Examples) -> Rival:
    dataset = batches(examples, PLAN.contract, Augmentation.parse(text), batch=PLAN.batch, seed=0)

    def ready() -> tuple[int, Callable[[], object]]:
        iterator = iter(dataset)
        skip(iterator, WARM)
        return BATCHES * PLAN.batch, lambda: skip(iterator, BATCHES)

    return ready


def stepper(examples: Examples) -> Rival:
    import keras

    keras.utils.set_random_seed(0)
    model = PLAN.made.build(PLAN.contract)
    model.compile(optimizer="adam", loss="binary_crossentropy")
    batch = next(iter(batches(examples, PLAN.contract, Augmentation.parse("none"), batch=PLAN.batch, seed=0)))

    def work() -> None:
        for _ in range(STEPS):
            model.train_on_batch(*batch)

    return lambda: (STEPS * PLAN.batch, work)


def skip(iterator: Any, count: int) -> None:
    for _ in range(count):
        next(iterator)


def examples_in(folder: Path) -> Examples:
    """Windows of a portrait that comes with scikit-image, on disk."""
    from skimage.data import astronaut

    height, width = PLAN.contract.size
    corners = np.random.default_rng(0).integers(0, (512 - height, 512 - width), size=(VIEWS, 2))
    views = np.stack([astronaut()[top : top + height, left : left + width] for top, left in corners])
    np.save(folder / "views.npy", views)
    return Examples(np.load(folder / "views.npy", mmap_mode="r"), np.arange(VIEWS) % 2 == 0, tuple(map(str, range(VIEWS))))


def row(name: str, walls: list[float], cores: list[float], step: list[float]) -> dict[str, object]:
    core = statistics.median(cores)
    return {
        "what": name,
        "pictures a second": round(1000 / statistics.median(walls)),
        "core milliseconds a picture": core,
        "of a step": f"{core / statistics.median(step):.1%}",
    }


if __name__ == "__main__":
    main()
