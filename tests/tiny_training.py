"""A training run of seconds: pictures of 32 × 32 of which FAKE ones bear fine stripes, and a small CNN with all that keeps
state: batch normalisation, dropout, a nested model.

Run as a script, it is a process that is killed: ``python tiny_training.py FOLDER STEP`` dies in that step.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from xaifake.records import Contract, Epoch, Phase
from xaifake.training.learning.fitting import Fitted, fit, precise
from xaifake.training.pictures.examples import Examples
from xaifake.training.plan import Plan
from xaifake.training.watching import SILENT, Watch

SIZE = 32
CONTRACT = Contract(size=(SIZE, SIZE), range=(-1.0, 1.0))
PHASES = (Phase("head", 2, 1e-1, frozen=("backbone",)), Phase("all", 4, 1e-1))
PLAN = Plan("cnn", batch=16, augment="flip,colour", seed=3)


def striped(count: int, seed: int, contrast: float = 30.0) -> Examples:
    """Noise; every second picture is FAKE and has stripes a pixel wide."""
    random = np.random.default_rng(seed)
    views = random.normal(128, 30, (count, SIZE, SIZE, 3))
    fake = np.arange(count) % 2 == 1
    views[fake, ::2] += contrast
    views[fake, 1::2] -= contrast
    ids = tuple(f"{seed}-{number}" for number in range(count))
    return Examples(views.clip(0, 255).astype(np.uint8), fake, ids)


def built(plan: Plan = PLAN, contract: Contract = CONTRACT) -> Any:
    """A fresh model, of the plan's seed and precision."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(plan.seed)
    with precise(plan):
        shape = (*contract.size, 3)
        backbone = keras.Sequential(
            [
                keras.Input(shape),
                layers.Conv2D(8, 3, use_bias=False, name="convolution"),
                layers.BatchNormalization(momentum=0.5, name="normalisation"),
                layers.ReLU(),
            ],
            name="backbone",
        )
        inputs = keras.Input(shape)
        tensor = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(backbone(inputs)))
        tensor = layers.Dense(1, dtype="float32", name="logit")(tensor)
        return keras.Model(inputs, layers.Activation("sigmoid", dtype="float32", name="p_fake")(tensor))


def trained(folder: Path, *, model: Any = None, phases: tuple[Phase, ...] = PHASES, **changed: Any) -> tuple[Any, Fitted]:
    """The model and what `fit` says of it; ``changed`` are fields of the plan, or train, validation and watch."""
    given = {name: changed.pop(name) for name in ("train", "validation", "watch") if name in changed}
    plan = dataclasses.replace(PLAN, **changed)
    model = model or built(plan)
    train, validation = given.get("train", striped(40, 1)), given.get("validation", striped(16, 2))
    return model, fit(model, phases, train, validation, CONTRACT, plan, folder, given.get("watch", SILENT))


def flipped(examples: Examples) -> Examples:
    """The same pictures with the other labels: what is learnt of the right ones makes the loss of these worse."""
    return dataclasses.replace(examples, fake=~examples.fake)


def bits(model: Any) -> bytes:
    """All variables of a model: two of the same bits are the same model."""
    return b"".join(np.asarray(variable).tobytes() for variable in model.variables)


def epoch(number: int, loss: float, phase: str = "all", auc: float = 0.9) -> Epoch:
    """An epoch of that validation loss."""
    return Epoch(number, phase, 1e-3, loss * 0.8, loss, auc)


class Counting(Watch):
    """Remembers sentences and steps; at the step named it does what it is told to."""

    def __init__(self, at: int | None = None, action: Callable[[], object] = lambda: None) -> None:
        self.said: list[str] = []
        self.counted: list[tuple[str, int | None, list[int]]] = []
        self._at = at
        self._action = action

    @property
    def steps(self) -> int:
        return sum(steps.count(1) for _, _, steps in self.counted)

    @contextmanager
    def counting(self, what: str, total: int | None, unit: str) -> Iterator[Callable[[int], None]]:  # noqa: ARG002 - it is for people
        """Keeps what was counted, each phase for itself."""
        self.counted.append((what, total, counts := []))

        def advance(steps: int) -> None:
            counts.append(steps)
            if steps == 1 and self.steps == self._at:
                self._action()

        yield advance

    def say(self, sentence: str) -> None:
        self.said.append(sentence)


if __name__ == "__main__":
    trained(Path(sys.argv[1]), watch=Counting(int(sys.argv[2]), lambda: os.kill(os.getpid(), signal.SIGKILL)))
