"""What the methods that hide regions share: the base asks, plays and records; the method owns its mathematics."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.explainers._results import of_regions
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine
from xaifake.records import Attribution, Coalitions, Options

Values = NDArray[np.float64]

FEWEST_CALLS = 16


@dataclass(frozen=True)
class Masking(ABC):
    """A method that learns from the scores of masked views.

    First every picture's coalitions are drawn, then all are played together, then each picture is solved alone: so
    pictures share batches, and a picture's values do not depend on its company.
    """

    title: ClassVar[str]
    tosses: ClassVar[bool] = True
    """Whether the seed decides anything."""

    @abstractmethod
    def ask(self, players: int, seed: int) -> Coalitions:
        """The coalitions to score, (N, players)."""

    @abstractmethod
    def solve(self, coalitions: Coalitions, logits: Values, seed: int) -> tuple[Values, Options]:
        """One value a region, in logits, and what the method can say of them."""

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:
        """Region maps of the views' size, float32; positive regions raise the FAKE logit when they are shown."""
        asked = {players: self.ask(players, seed) for players in {game.players for game in games}}
        coalitions = [asked[game.players] for game in games]
        logits = play(engine, games, coalitions)
        return [self._attribution(*each, seed) for each in zip(games, coalitions, logits, strict=True)]

    def _attribution(self, game: RegionGame, coalitions: Coalitions, logits: Values, seed: int) -> Attribution:
        values, diagnostics = self.solve(coalitions, logits, seed)
        return of_regions(
            self,
            game,
            values,
            float(np.abs(logits).max()),
            seed=seed if self.tosses else None,
            calls=len(coalitions),
            diagnostics=diagnostics,
        )


@dataclass(frozen=True)
class Budgeted:
    """A method that asks as much as it may.

    Attributes:
        calls: model calls for each picture, at most; repeats count, although a game scores no coalition twice.
    """

    title: ClassVar[str]
    calls: int = 500

    def __post_init__(self) -> None:
        if self.calls < FEWEST_CALLS:
            raise UsageError(
                f"{self.title} needs at least {FEWEST_CALLS} model calls; raise --calls. Received: {self.calls}"
            )
