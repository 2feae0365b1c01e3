"""SmoothGrad: the gradient at the input, averaged over small noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.explainers._results import of_map
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine
from xaifake.records import Attribution, Logits


@dataclass(frozen=True)
class SmoothGrad:
    """The mean gradient over noisy copies of the view, times what the picture adds to its fill.

    Source: Smilkov et al. 2017, section 3. A bare gradient tells in which direction a pixel would raise the score, not
    whether what is there raises it; so, deviating from the paper's plain form, the mean gradient is multiplied by the
    view less the game's fill and summed over colours: signed, in logits per pixel, first order. ``sensitivity=True`` gives
    the paper's map instead: the largest magnitude over colours, unsigned, in logits per grey level, which for
    ``samples=1, noise=0`` is tf-keras-vis' saliency of the logit. Where the detector sees another domain than pixels, the
    noise is still the view's, and gradient and difference are those of the domain's plane: logits per coefficient.

    Attributes:
        samples: noisy copies, each one gradient of the whole model.
        noise: standard deviation of the noise, as a share of the view's range from its darkest to its brightest value.
        sensitivity: the unsigned map.
    """

    title: ClassVar[str] = "SmoothGrad"
    samples: int = 25
    noise: float = 0.1
    sensitivity: bool = False

    def __post_init__(self) -> None:
        if self.samples < 1 or self.noise < 0:
            raise UsageError(
                "SmoothGrad needs at least one sample and no negative noise. "
                f"Received: samples {self.samples}, noise {self.noise}"
            )

    @property
    def calls(self) -> int:
        """Model calls a picture: one gradient for each sample."""
        return self.samples

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:
        """Maps of the plane's size, float32: that of the view, or of the coefficients."""
        return [self._one(engine, game, seed) for game in games]

    def _one(self, engine: Engine, game: RegionGame, seed: int) -> Attribution:
        pixels = game.view.pixels
        random = np.random.default_rng(seed)
        spread = self.noise * float(np.ptp(pixels))
        full, empty = engine.plane(np.stack([pixels, game.fill]))
        gradient = np.zeros(full.shape, np.float64)
        answers: list[Logits] = []
        for start in range(0, self.samples, engine.batch):
            copies = min(engine.batch, self.samples - start)
            noise = random.normal(0.0, 1.0, (copies, *pixels.shape)).astype(np.float32) * spread
            logits, gradients = engine.gradient(pixels + noise)
            gradient += gradients.sum(axis=0, dtype=np.float64) / self.samples
            answers.append(logits)
        name = engine.contract.domain_name
        domain = plugins.find("domain", name)
        unit = f"logit per {domain.step if self.sensitivity else domain.unit}"
        values = self._map(gradient, full - empty)
        return of_map(self, game, values, np.concatenate(answers), unit=unit, domain=name, seed=seed, calls=self.calls)

    def _map(self, gradient: NDArray[np.float64], difference: NDArray[np.float32]) -> NDArray[np.float64]:
        if self.sensitivity:
            return np.asarray(np.abs(gradient).max(axis=2))
        return np.asarray((gradient * difference).sum(axis=2))
