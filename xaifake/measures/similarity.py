"""Similarity: how alike the maps of a view and of a noisy copy are that scores nearly the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaifake.errors import UsageError
from xaifake.game import whole
from xaifake.interfaces import Engine, Explained
from xaifake.measures._copies import Again, affordable, explained_again, noisy
from xaifake.measures._correlations import pearson
from xaifake.measures._maps import measure_of, random_maps, totals
from xaifake.records import Labels, Measure, Prediction

HALVINGS = 4
"""So often the noise is halved where the score feels it."""
CONTROLS = 200
"""Random maps."""


@dataclass(frozen=True)
class Similarity:
    """The correlation of what two maps give the game's regions: of the view, and of a copy whose score moves by 0.1 at most.

    Source: the stability of Tsigos et al. 2024 (arXiv:2404.18649), re-implemented from a description. Deviations: the copy
    has Gaussian noise; regions are compared; only methods that stay within a budget are asked.

    Attributes:
        noise: the noise's standard deviation in grey levels, halved up to four times where the score moves more; where it
            still does, the copy with the least noise is taken.
        change: of the FAKE score in 0..1, at most.
        budget: methods that may take more model calls a picture than this are left out.
    """

    noise: float = 4.0
    change: float = 0.1
    budget: int = 512

    def __post_init__(self) -> None:
        if self.noise <= 0 or self.change < 0:
            raise UsageError(
                "The measure similarity needs noise above 0 grey levels and a change of the score of 0 or more. "
                f"Received: noise {self.noise}, change {self.change}"
            )

    def calls(self, methods: int) -> int:
        """The scores of the copies that are tried, and the budget of each map."""
        return 1 + HALVINGS + methods * self.budget

    def measure(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Measure]]:
        """``pearson`` in -1..1, None where either map gives every region the same; ``noise`` and ``score_change`` of the
        copy; and ``random_95``, the correlation below which 95 % of random maps stay.
        """
        return [self._measures(engine, one, seed) for one in explained]

    def _measures(self, engine: Engine, one: Explained, seed: int) -> list[Measure]:
        maps = affordable(one, 1, self.budget)
        if not maps:
            return []
        noise = np.random.default_rng(seed).standard_normal(one.game.view.pixels.shape)
        tried = {size: noisy(one.game, size * noise) for size in self.noise / 2.0 ** np.arange(1 + HALVINGS)}
        logits = dict(zip(tried, whole.score(engine, list(tried.values())), strict=True))
        moved = {size: abs(Prediction(logit).p_fake - one.prediction.p_fake) for size, logit in logits.items()}
        size = next((size for size, change in moved.items() if change <= self.change), min(tried))
        copied = {"noise": float(size), "score_change": moved[size], "random_95": self._chance(one.game.players, seed)}
        again = explained_again(engine, one, maps, [tried[size]], len(tried), seed)
        return [self._measure(each, one.game.labels, copied, seed) for each in again]

    def _measure(self, again: Again, labels: Labels, copied: dict[str, Any], seed: int) -> Measure:
        own, *others = (totals(each, labels) for each in (again.attribution, *again.copies))
        values = {"pearson": pearson(own, others[0]), **copied}
        return measure_of(self, again.attribution, values, seed=seed, calls=again.calls, saved=again.saved)

    def _chance(self, players: int, seed: int) -> float | None:
        """Of pairs of random maps."""
        first, *others = random_maps(players, 1 + CONTROLS, seed)
        found = [pearson(first, other) for other in others]
        return None if None in found else float(np.percentile(np.array(found, float), 95))
