"""What the methods that fit a model to masked views share: the base asks and records; the method owns its mathematics."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.explainers._anytime import Answers, Anytime
from xaifake.explainers._results import of_regions
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine
from xaifake.records import Attribution, Coalitions, Options
from xaifake.threads import one_blas_thread

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Masking(Anytime):
    """A method that learns from the scores of masked views.

    All of them take the beginning of the same sequence of coalitions, so what one has asked costs the next nothing.
    """

    @abstractmethod
    def solve(self, asked: Coalitions, logits: Values, seed: int) -> tuple[Values, Options]:
        """One value a region, in logits, by the method's own package, and what it can say of them."""

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:
        """Region maps of the views' size, float32; positive regions raise the FAKE logit when they are shown."""
        asked = self.ask(engine, games, seed)
        with one_blas_thread():
            return [self._attribution(answers, seed) for answers in asked]

    def _attribution(self, answers: Answers, seed: int) -> Attribution:
        values, diagnostics = self.solve(answers.asked, answers.logits, seed)
        record = {**answers.record, "seed": seed, "diagnostics": diagnostics}
        return of_regions(self, answers.game, values, answers.logits, **record)
