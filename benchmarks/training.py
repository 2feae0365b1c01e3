"""Is the training step kept fed? ``python benchmarks/training.py [SIDE] [RECIPE ...]``: usually 128, two recipes.

The same model learns from the same noise, in turns: by Keras' own ``fit`` from float32 arrays in memory, as in any tutorial;
and by xaifake, which reads uint8 views from a memory map, draws the order, changes the pictures, encodes them by contract,
weighs them and counts the steps. Steps are timed from the sixth on, so neither tracing nor validation is in.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from measuring import publish, ratio

from xaifake import plugins
from xaifake.records import Contract, Phase
from xaifake.training.learning.fitting import fit, precise
from xaifake.training.pictures.examples import Examples
from xaifake.training.plan import Plan
from xaifake.training.watching import Watch

RECIPES = ("cnn", "mesonet")
SIDE = 128
BATCH = 32
STEPS = 40
WARMING = 5
"""Steps before the clock starts: tracing, and batches that were ready before."""
ROUNDS = 7
RATE = 1e-4
BARE, PLAIN, CHANGED = "bare Keras", "no augmentation", "all augmentation"
GOAL = 0.9


class Clock(Watch):
    """When each step ended."""

    def __init__(self) -> None:
        self.times: list[float] = []

    @contextmanager
    def counting(self, what: str, total: int | None, unit: str) -> Iterator[Callable[[int], None]]:  # noqa: ARG002
        """Takes the time of each step, which is counted alone."""
        yield lambda steps: self.times.append(time.perf_counter()) if steps else None

    @property
    def rate(self) -> float:
        """Steps a second, the first ones left out."""
        return (len(self.times) - 1 - WARMING) / (self.times[-1] - self.times[WARMING])


def main(side: int, recipes: tuple[str, ...]) -> None:
    rows, raw = [], {}
    for recipe in recipes:
        with tempfile.TemporaryDirectory() as folder:
            raw[recipe] = rates = measured(recipe, side, Path(folder))
        rows += [row(recipe, name, rates) for name in rates]
    publish(
        "training",
        f"Training steps a second, {BATCH} pictures of {side} × {side} each, against Keras' own fit on arrays in memory",
        rows,
        raw=raw,
        note=f"Medians of {ROUNDS} rounds in which the three take turns. Goal without augmentation: {GOAL} of bare Keras. "
        "What changes cost is paid on the same cores where there is no GPU.",
    )


def measured(recipe: str, side: int, folder: Path) -> dict[str, list[float]]:
    """Steps a second of each rival in each round, after one that is not counted."""
    plan = Plan(recipe, size=(side, side), batch=BATCH, augment="none")
    examples = noise(plan.contract, folder / "views.npy")
    rivals: dict[str, Callable[[], float]] = {
        BARE: bare(plan, examples),
        PLAIN: lambda: ours(plan, examples),
        CHANGED: lambda: ours(replace(plan, augment="all"), examples),
    }
    rates: dict[str, list[float]] = {name: [] for name in rivals}
    for number in range(ROUNDS + 1):
        print(f"{recipe}: round {number} of {ROUNDS}", file=sys.stderr, flush=True)
        for name, run in rivals.items():
            rate = run()
            if number:
                rates[name].append(rate)
    return rates


def row(recipe: str, name: str, rates: dict[str, list[float]]) -> dict[str, Any]:
    return {
        "recipe": recipe,
        "fed by": name,
        "steps a second": statistics.median(rates[name]),
        "of bare Keras": ratio(rates[name], rates[BARE]),
    }


def noise(contract: Contract, path: Path) -> Examples:
    """Pictures in a memory map, as prepared ones are; every second is FAKE."""
    height, width = contract.size
    np.save(path, np.random.default_rng(0).integers(0, 256, (BATCH * STEPS, height, width, 3), dtype=np.uint8))
    views = np.load(path, mmap_mode="r")
    return Examples(views, np.arange(len(views)) % 2 == 1, tuple(str(number) for number in range(len(views))))


def bare(plan: Plan, examples: Examples) -> Callable[[], float]:
    """What a tutorial does: arrays in memory, compile, fit. One epoch a round."""
    import keras

    domain = plugins.make("domain", plan.contract.domain)
    inputs = domain.encode(domain.plane(examples.views.astype(np.float32), plan.contract, np), plan.contract, np)
    labels = examples.fake.astype(np.float32)[:, None]
    model = built(plan)
    model.compile(keras.optimizers.AdamW(RATE), "binary_crossentropy")

    def run() -> float:
        clock = Clock()
        with clock.counting("", None, "") as advance:
            step = keras.callbacks.LambdaCallback(on_train_batch_end=lambda *_, **__: advance(1))
            model.fit(inputs, labels, batch_size=BATCH, epochs=1, verbose=0, callbacks=[step])
        return clock.rate

    return run


def ours(plan: Plan, examples: Examples) -> float:
    clock, few = Clock(), Examples(examples.views[:2], examples.fake[:2], examples.ids[:2])
    with tempfile.TemporaryDirectory() as folder:
        fit(built(plan), (Phase("all", 1, RATE),), examples, few, plan.contract, plan, Path(folder), clock)
    return clock.rate


def built(plan: Plan) -> Any:
    import keras

    keras.utils.set_random_seed(0)
    with precise(plan):
        return plan.made.build(plan.contract)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIDE, tuple(sys.argv[2:]) or RECIPES)
