"""Is the place enough? It is shown alone, and so are random places of the same area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xaifake.checks._against_random import AgainstRandom, Contrast, Effect
from xaifake.checks._arena import Evidence, Place
from xaifake.checks._outcomes import MATERIAL
from xaifake.game.game import play
from xaifake.interfaces import Engine
from xaifake.records import Options, Prediction

HALF = 0.5
"""The share of the way that a place must keep: as much as all the rest adds to it, or more."""


@dataclass(frozen=True)
class Enough(AgainstRandom):
    """Shows the tenth of the picture that by a map speaks most for the score, and asks how much of the score is there.

    The way is what showing all of the picture adds to the logit of the fill alone; the place is that of the densest evidence
    for the side to which the way leads. Held up: behind either fill the place alone keeps half of the way or more, adds
    `MATERIAL` or more, and more than any of at least 20 random places alone. Mixed: behind one of the two. Where the way
    behind the methods' fill is shorter than `MATERIAL`, there is nothing to keep.

    Source: sufficiency (DeYoung et al. 2020, ERASER, section 4) of a region. Deviations: as in `mattered`.
    """

    hides: ClassVar[bool] = False

    def places(self, engine: Engine, evidence: Sequence[Evidence]) -> list[Place | str]:
        """The places of the densest evidence for the sides to which the ways lead."""
        games = [each.arena.game for each in evidence]
        ends = [np.array([[False], [True]]).repeat(game.players, axis=1) for game in games]
        ways = [full - empty for empty, full in play(engine, games, ends)]
        return [
            each.strongest(1 if way > 0 else -1) if abs(way) >= MATERIAL else "no_way"
            for each, way in zip(evidence, ways, strict=True)
        ]

    def effect(self, contrast: Contrast) -> Effect:
        """What the place adds to the fill alone toward the side; toward the view's logit where the map tells none."""
        toward = contrast.place.side or float(np.sign(contrast.way))
        return Effect(toward * (contrast.logit - contrast.empty), toward * (contrast.others - contrast.empty))

    def passes(self, contrast: Contrast) -> bool:
        """Whether it keeps half of a way that leads to its side, and more than any random place does."""
        effect, way = self.effect(contrast), abs(contrast.way)
        leads_there = contrast.place.side * contrast.way >= 0
        return leads_there and way >= MATERIAL and effect.stands_out and effect.change >= HALF * way

    def told(self, contrast: Contrast) -> Options:
        """The way in logits, the share of it that is kept where there is one, and the scores that the sentences quote."""
        way, added = contrast.way, contrast.logit - contrast.empty
        return {
            "way": way,
            "kept_percent": 100 * added / way if abs(way) >= MATERIAL else None,
            "score": Prediction(contrast.full).p_fake,
            "score_shown": Prediction(contrast.logit).p_fake,
            "score_empty": Prediction(contrast.empty).p_fake,
        }
