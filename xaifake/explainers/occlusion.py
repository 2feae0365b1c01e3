"""Occlusion: what the logit loses when one region is hidden and all the others are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake.explainers._results import of_regions
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine
from xaifake.records import Attribution, Coalitions


@dataclass(frozen=True)
class Occlusion:
    """The logit of the whole view less its logit without a region, for each region: leave one out.

    Source: Zeiler and Fergus 2014, section 4.2, there with a grey square that slides over the picture. Deviations: the logit
    is explained; the regions and what hides them are the game's. Of all methods that mask it stays closest to the picture as
    it is. What two regions tell twice, it sees in neither: hiding the one leaves the other.
    """

    title: ClassVar[str] = "Occlusion"

    @property
    def calls(self) -> int:
        """One for the whole view and one for each region, of which there are about 50 where nobody asks for more."""
        return 51

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:  # noqa: ARG002 - nothing here is random
        """Region maps of the views' size, float32; positive regions raise the FAKE logit when they are shown."""
        known = [game.saved for game in games]
        logits = play(engine, games, [_coalitions(game.players) for game in games])
        return [self._attribution(*each) for each in zip(games, logits, known, strict=True)]

    def _attribution(self, game: RegionGame, logits: NDArray[np.float64], known: int) -> Attribution:
        return of_regions(
            self,
            game,
            logits[0] - logits[1:],
            logits,
            seed=None,
            calls=len(logits),
            saved=game.saved - known,
            diagnostics={"full": float(logits[0])},
        )


def _coalitions(players: int) -> Coalitions:
    """The whole view, then the view without each region in turn: (players + 1, players)."""
    return np.concatenate([np.ones((1, players), np.bool_), ~np.eye(players, dtype=np.bool_)])
