"""Integrated gradients: what each pixel adds to the logit on the way from the fill to the view."""

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
from xaifake.records import Attribution, Logits, Views

Values = NDArray[np.float64]


@dataclass(frozen=True)
class IntegratedGradients:
    """The gradient along the straight path from the game's fill to the view, times the path's steps, summed over channels.

    Source: Sundararajan, Taly and Yan 2017, section 3, by the trapezoid rule. Deviations: the logit is explained, and the
    baseline is the game's fill, not black. The path is straight between the views; gradients and steps are taken in the
    plane of the detector's domain, in which the path is straight too where that plane is linear, and bends where it is not.
    It bends most near the fill, where a logarithm leaves its lowest values; so the points lie closer there, at squares of
    equal steps, which costs detectors of pixels nothing. The values add up to the logit's change (completeness) but for the
    rule's error, which the record gives.

    Attributes:
        steps: points on the path, both ends among them; each is one gradient of the whole model.
    """

    title: ClassVar[str] = "Integrated gradients"
    steps: int = 32

    def __post_init__(self) -> None:
        if self.steps < 2:
            raise UsageError(f"Integrated gradients need at least 2 steps, the path's two ends. Received: {self.steps}")

    @property
    def calls(self) -> int:
        """Model calls a picture: one gradient for each step."""
        return self.steps

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:  # noqa: ARG002 - nothing here is random
        """Maps of the plane's size, float32."""
        return [self._one(engine, game) for game in games]

    def _one(self, engine: Engine, game: RegionGame) -> Attribution:
        points = np.linspace(0, 1, self.steps) ** 2
        stops = np.stack([np.r_[points[0], points[:-1]], points, np.r_[points[1:], points[-1]]])
        starts = range(0, self.steps, engine.batch)
        parts = [_part(engine, game, *stops[:, start : start + engine.batch]) for start in starts]
        logits = np.concatenate([logits for logits, _ in parts])
        values = np.sum([values for _, values in parts], axis=0)
        empty, full = float(logits[0]), float(logits[-1])
        return of_map(
            self,
            game,
            values,
            logits,
            unit=f"logit per {plugins.find('domain', engine.contract.domain_name).unit}",
            domain=engine.contract.domain_name,
            seed=None,
            calls=self.calls,
            diagnostics={
                "completeness_gap": abs(float(values.sum()) - (full - empty)),
                "full": full,
                "empty": empty,
                "fill": game.settings["fill"],
            },
        )


def _part(engine: Engine, game: RegionGame, before: Values, points: Values, after: Values) -> tuple[Logits, Values]:
    """The logits at some points of the path, and what they add to the map: half the way between their neighbours."""
    logits, gradients = engine.gradient(_views(game, points))
    way = engine.plane(_views(game, after)) - engine.plane(_views(game, before))
    return logits, (gradients.astype(np.float64) * way / 2).sum(axis=(0, 3))


def _views(game: RegionGame, points: Values) -> Views:
    """The views at those points of the path, 0 the fill and 1 the view itself: (N, h, w, 3)."""
    shares = points.astype(np.float32)[:, None, None, None]
    return game.fill + shares * (game.view.pixels - game.fill)
