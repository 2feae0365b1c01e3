"""Restoration: what the logit loses when one region gets its genuine pixels back."""

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
from xaifake.records import Attribution, Coalitions, Omission


@dataclass(frozen=True)
class Restoration:
    """The logit of the view less its logit with one region's genuine pixels in place, for each region: the real effect.

    Nothing is invented where a region is absent, so this is what every other method of regions tries to tell without the
    genuine picture. All other regions stay as they are; what two regions do only together, both get. Where the pictures do
    not differ, a region has next to no value.
    """

    title: ClassVar[str] = "Restoration"

    @property
    def calls(self) -> int:
        """One for the view, one for the genuine view, and one for each region, of which there are usually about 50."""
        return 52

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution | Omission]:  # noqa: ARG002 - nothing here is random
        """Region maps of the views' size, float32; the genuine pixels of positive regions lower the FAKE logit.

        ``diagnostics`` has the logit of the view (``full``), of the genuine view (``genuine``), and what restoring all
        regions takes off the logit (``drop``), to which the values sum where each region acts alone.
        """
        restorable = {game: restored for game in games if (restored := game.restored()) is not None}
        asked = [_coalitions(game.players) for game in restorable.values()]
        logits = dict(zip(restorable, play(engine, list(restorable.values()), asked), strict=True))
        return [self._attribution(restorable[game], logits[game]) if game in restorable else _omission() for game in games]

    def _attribution(self, game: RegionGame, logits: NDArray[np.float64]) -> Attribution:
        full, genuine = float(logits[0]), float(logits[1])
        return of_regions(
            self,
            game,
            full - logits[2:],
            logits,
            seed=None,
            calls=len(logits),
            saved=game.saved,
            diagnostics={"full": full, "genuine": genuine, "drop": full - genuine},
        )


def _coalitions(players: int) -> Coalitions:
    """The view, the genuine view, then the view with each region restored in turn: (players + 2, players)."""
    whole = np.array([[True], [False]]).repeat(players, axis=1)
    return np.concatenate([whole, ~np.eye(players, dtype=np.bool_)])


def _omission() -> Omission:
    return Omission("restoration", "What regions do is measured by their genuine pixels; give that picture with --original.")
