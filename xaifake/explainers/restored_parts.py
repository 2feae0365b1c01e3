"""Parts of the face with the genuine pixels in the place of hidden ones: what each part's pixels really do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xaifake.explainers.parts import Named, Parts
from xaifake.game.region_game import RegionGame
from xaifake.records import Omission


@dataclass(frozen=True)
class RestoredParts(Parts):
    """The Shapley value of each part, as in `xaifake.explainers.parts`, where an absent part shows its genuine pixels.

    Nothing is invented, so each value is what the part's pixels add to the logit against those of the genuine picture; a
    part in which the two do not differ has next to none.
    """

    title: ClassVar[str] = "Restored parts"

    def _divided(self, game: RegionGame) -> Named | Omission:
        restored = game.restored()
        if restored is None:
            return self._omission("What parts do is measured by their genuine pixels; give that picture with --original.")
        return super()._divided(restored)
