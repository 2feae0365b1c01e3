"""Max-sensitivity: how much a map changes at most when the view changes by a little noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaifake.errors import UsageError
from xaifake.game import whole
from xaifake.interfaces import Engine, Explained
from xaifake.measures._copies import Again, affordable, explained_again, noisy
from xaifake.measures._maps import Values, measure_of, random_maps, totals
from xaifake.records import Labels, Measure


@dataclass(frozen=True)
class MaxSensitivity:
    """The greatest distance between the maps of the view and of noisy copies, as a share of the length of the view's own.

    Source: Yeh et al. 2019, definition 3, by Monte Carlo. Deviations: of what maps give the game's regions; only of
    methods that stay within a budget. A map that is always the same has 0, and may tell nothing.

    Attributes:
        draws: noisy copies.
        radius: the noise is uniform between minus and plus so many grey levels.
        budget: methods that may take more model calls a picture than this, for all copies together, are left out.
    """

    draws: int = 5
    radius: float = 2.0
    budget: int = 512

    def __post_init__(self) -> None:
        if self.draws < 1 or self.radius <= 0:
            raise UsageError(
                "The measure max_sensitivity needs at least 1 noisy copy (draws) and a radius above 0 grey levels. "
                f"Received: draws {self.draws}, radius {self.radius}"
            )

    def calls(self, methods: int) -> int:
        """The score of each copy, and the budget of each map."""
        return self.draws + methods * self.budget

    def measure(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Measure]]:
        """``max`` and ``mean`` distance; ``score_change``, the greatest of the logit under the same noise; and ``random``,
        the greatest distance between one random map and as many others.
        """
        return [self._measures(engine, one, seed) for one in explained]

    def _measures(self, engine: Engine, one: Explained, seed: int) -> list[Measure]:
        maps = affordable(one, self.draws, self.budget)
        if not maps:
            return []
        noise = np.random.default_rng(seed).uniform(-self.radius, self.radius, (self.draws, *one.game.view.pixels.shape))
        games = [noisy(one.game, each) for each in noise]
        change = max(abs(logit - one.prediction.logit) for logit in whole.score(engine, games))
        first, *others = random_maps(one.game.players, 1 + self.draws, seed)
        common = {"score_change": change, "random": max(_distance(first, other) for other in others)}
        again = explained_again(engine, one, maps, games, self.draws, seed)
        return [self._measure(each, one.game.labels, common, seed) for each in again]

    def _measure(self, again: Again, labels: Labels, common: dict[str, float], seed: int) -> Measure:
        own = totals(again.attribution, labels)
        distances = [_distance(own, totals(copy, labels)) for copy in again.copies]
        values = {"max": max(distances), "mean": float(np.mean(distances))} | common
        return measure_of(self, again.attribution, values, seed=seed, calls=again.calls, saved=again.saved)


def _distance(own: Values, other: Values) -> float:
    """Between two maps, as a share of the length of the first."""
    return float(np.linalg.norm(other - own) / np.linalg.norm(own))
