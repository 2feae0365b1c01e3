"""What the methods that hide regions share: the base asks, plays and records; the method owns its mathematics."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.explainers._results import above_noise
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

    Attributes:
        calls: coalitions asked for each picture; repeats count, although the game scores none of them twice.
    """

    title: ClassVar[str]
    calls: int = 500

    def __post_init__(self) -> None:
        if self.calls < FEWEST_CALLS:
            raise UsageError(
                f"{self.title} needs at least {FEWEST_CALLS} model calls; raise --calls. Received: {self.calls}"
            )

    @abstractmethod
    def ask(self, players: int, seed: int) -> Coalitions:
        """The coalitions to score, (N, players) with N at most ``calls``."""

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
        solved, diagnostics = self.solve(coalitions, logits, seed)
        values = above_noise(solved, float(np.abs(logits).max()))
        return Attribution(
            method=type(self).__module__.rpartition(".")[2],
            values=values[game.labels],
            unit="logit per region",
            domain="pixel",  # the view is masked before any transform, so also a DCT detector's regions lie on the face
            box=game.view.face.box,
            picture_size=game.view.face.picture.pixels.shape[:2],
            options=asdict(self),
            seed=seed,
            calls=len(coalitions),
            regions=game.labels,
            region_values=values,
            diagnostics={**diagnostics, **game.settings},
        )
