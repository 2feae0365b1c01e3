"""Is the place enough? It is shown alone, and so are random places of the same area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xaifake.checks._against_random import MATERIAL, AgainstRandom, Effect
from xaifake.checks._arena import Contrast
from xaifake.records import Options, Prediction

HALF = 0.5
"""The share of the way that a place must keep: more than is lost with all the rest."""


@dataclass(frozen=True)
class Enough(AgainstRandom):
    """Shows the tenth of the picture that a map calls strongest, and asks how much of the score is there.

    The way is what showing all of the picture adds to the logit of the fill alone. Held up: behind either fill the place
    keeps half of the way or more, adds `MATERIAL` or more, and more than any of at least 20 random places alone. Mixed:
    behind one of the two. Where the way is shorter than `MATERIAL` behind both fills, or leads to the other side than the
    place is said to support, there is nothing to keep.

    Source: sufficiency (DeYoung et al. 2020, ERASER, section 4) of a region. Deviations: as in `mattered`.
    """

    hides: ClassVar[bool] = False

    def effect(self, side: int, contrast: Contrast) -> Effect:
        """What the place adds to the fill alone, toward the side; toward the view's logit where the map tells none."""
        toward = side or float(np.sign(contrast.full - contrast.empty))
        return Effect(toward * (contrast.place - contrast.empty), toward * (contrast.others - contrast.empty))

    def passes(self, side: int, contrast: Contrast) -> bool | None:
        """Whether it keeps half of the way, and more than any random place does."""
        way = (side or float(np.sign(contrast.full - contrast.empty))) * (contrast.full - contrast.empty)
        if way < MATERIAL:
            return None
        effect = self.effect(side, contrast)
        return effect.stands_out and effect.change >= HALF * way

    def told(self, contrast: Contrast) -> Options:
        """The way in logits, the share of it that is kept, and the scores that the sentences quote."""
        way = contrast.full - contrast.empty
        return {
            "way": way,
            "kept_percent": 100 * (contrast.place - contrast.empty) / way if abs(way) >= MATERIAL else None,
            "score": Prediction(contrast.full).p_fake,
            "score_shown": Prediction(contrast.place).p_fake,
            "score_empty": Prediction(contrast.empty).p_fake,
        }
