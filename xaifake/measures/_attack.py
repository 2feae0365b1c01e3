"""A black-box attack that may change some pixels of a view a little: natural evolution strategies (NES)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xaifake.interfaces import Engine
from xaifake.records import ViewPixels

WHITE = 255


@dataclass(frozen=True)
class Strength:
    """How hard is attacked.

    Attributes:
        samples: random directions of each step, each asked forth and back.
        steps: at most.
        sigma: how far, as a share of 255 grey levels.
        step: by how much a step changes a value, likewise.
        reach: by how much all steps change it at most, likewise.
    """

    samples: int
    steps: int
    sigma: float = 0.001
    step: float = 1 / 255
    reach: float = 16 / 255


@dataclass(eq=False)
class Attack:
    """One attack under way.

    Attributes:
        view: the view, (h, w, 3) in 0..255.
        places: the pixels that may change, (h, w).
        way: -1 to lower the FAKE logit, 1 to raise it.
        random: draws the directions.
        pixels: what has become of the view.
        steps: taken so far.
        calls: asked so far.
        logit: of what has become of the view.
    """

    view: ViewPixels
    places: NDArray[np.bool_]
    way: int
    random: np.random.Generator
    logit: float
    pixels: ViewPixels = field(init=False)
    steps: int = 0
    calls: int = 0

    def __post_init__(self) -> None:
        self.pixels = self.view.copy()

    def advance(self, engine: Engine, strength: Strength) -> None:
        """One step along the sign of the estimated gradient.

        Source: Ilyas et al. 2018, section 2.2 (antithetic sampling) and 2.3.
        """
        own, start = self.pixels[self.places], self.view[self.places]
        moved = own + self.way * strength.step * WHITE * np.sign(self._gradient(engine, strength))
        reach = strength.reach * WHITE
        self.pixels[self.places] = np.clip(np.clip(moved, start - reach, start + reach), 0, WHITE)
        self.steps += 1

    def _gradient(self, engine: Engine, strength: Strength) -> NDArray[np.float32]:
        """Of the logit by the pixels that may change, (pixels, 3), up to a factor."""
        gradient = np.zeros((int(self.places.sum()), 3), np.float32)
        pairs = max(1, engine.batch // 2)
        for start in range(0, strength.samples, pairs):
            count = min(pairs, strength.samples - start)
            directions = self.random.standard_normal((count, *gradient.shape), np.float32)
            views = np.repeat(self.pixels[None], 2 * count, axis=0)
            views[:count, self.places] += strength.sigma * WHITE * directions
            views[count:, self.places] -= strength.sigma * WHITE * directions
            logits = engine.score(views)
            gradient += np.tensordot(logits[:count] - logits[count:], directions, 1)
            self.calls += len(views)
        return gradient


def attack(engine: Engine, attacks: Sequence[Attack], strength: Strength, flipped: Callable[[float], bool]) -> None:
    """Take steps until each attack's logit has flipped, or no steps are left; scores of all attacks share batches."""
    for _ in range(strength.steps):
        going = [one for one in attacks if not flipped(one.logit)]
        for one in going:
            one.advance(engine, strength)
        for start in range(0, len(going), engine.batch):
            part = going[start : start + engine.batch]
            for one, logit in zip(part, engine.score(np.stack([one.pixels for one in part])), strict=True):
                one.logit = float(logit)
                one.calls += 1
