"""Occlusion: what the logit loses when one region is hidden and all the others are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xaifake.explainers._masking import Masking, Values
from xaifake.records import Coalitions, Options


@dataclass(frozen=True)
class Occlusion(Masking):
    """The logit of the whole view less its logit without a region, for each region: leave one out.

    Source: Zeiler and Fergus 2014, section 4.2, there with a grey square that slides over the picture. Deviations: the logit
    is explained; the regions and what hides them are the game's. Of all methods that mask it stays closest to the picture as
    it is. What two regions tell twice, it sees in neither: hiding the one leaves the other.
    """

    title: ClassVar[str] = "Occlusion"
    tosses: ClassVar[bool] = False

    @property
    def calls(self) -> int:
        """One for the whole view and one for each region, of which there are about 50 where nobody asks for more."""
        return 51

    def ask(self, players: int, seed: int) -> Coalitions:  # noqa: ARG002 - nothing here is random
        """The whole view, then the view without each region in turn: (players + 1, players)."""
        return np.concatenate([np.ones((1, players), np.bool_), ~np.eye(players, dtype=np.bool_)])

    def solve(self, coalitions: Coalitions, logits: Values, seed: int) -> tuple[Values, Options]:  # noqa: ARG002 - as above
        """Each region's loss, and the logit of the whole view."""
        return logits[0] - logits[1:], {"full": float(logits[0])}
