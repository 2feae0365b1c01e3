"""What a game knows of the sequence that its methods ask: answers from which a method's estimate can be made again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.game.coalitions import paired
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Explained, Sampling
from xaifake.records import Attribution, Coalitions

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answers:
    """The first coalitions of a game's sequence and their logits, as far as any method has asked.

    Attributes:
        method: whose estimate is made of them.
        game: that it plays.
        asked: (N, players), the empty and the whole one first, then pairs.
        logits: (N,).
        seed: of the sequence.
    """

    method: Sampling
    game: RegionGame
    asked: Coalitions
    logits: Numbers
    seed: int

    @property
    def fewest(self) -> int:
        """How many coalitions the method's estimate needs: an even number."""
        needed = self.method.fewest(self.game.players)
        return needed + needed % 2

    def values(self, rows: slice | NDArray[np.int64], logits: Numbers | None = None) -> Numbers:
        """The method's estimate (players,) from some of the coalitions, or from other logits of theirs."""
        answers = self.logits[rows] if logits is None else logits
        return np.asarray(self.method.values(self.asked[rows], answers, self.seed))


def answers_of(explained: Explained, attribution: Attribution) -> Answers | None:
    """What is known of the game that a method has played; None for methods that ask no such sequence."""
    method = explained.explainers.get(attribution.method)
    if not isinstance(method, Sampling):
        return None
    game, seed = method.playing(explained.game), attribution.seed or 0
    most = max(other.calls for other in explained.explainers.values() if isinstance(other, Sampling))
    sequence = paired(game.players, most, seed)
    logits = game.remembered(sequence)
    return Answers(method, game, sequence[: len(logits)], logits, seed)
