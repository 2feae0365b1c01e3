"""Did the place matter? It is hidden, and so are random places of the same area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xaifake.checks._against_random import AgainstRandom, Contrast, Effect
from xaifake.records import Options, Prediction


@dataclass(frozen=True)
class Mattered(AgainstRandom):
    """Hides the tenth of the picture that a map calls strongest, and asks by how much the logit follows.

    Held up: behind either fill the logit moves as the map says, further than when any of at least 20 random places is
    hidden, by `MATERIAL` or more, and by no less than the place would carry if all that the picture adds to the logit of the
    fill lay evenly on it. Mixed: behind one of the two. A map without a sign is right whichever way the logit moves.

    Source: comprehensiveness (DeYoung et al. 2020, ERASER, section 4) of a region. Deviations: it is compared with random
    places of its area, not read by itself; two fills must agree; the logit is read, not the probability.
    """

    hides: ClassVar[bool] = True

    def effect(self, contrast: Contrast) -> Effect:
        """What hiding takes from the side; magnitudes where the map tells no side."""
        side, change, others = contrast.place.side, contrast.full - contrast.logit, contrast.full - contrast.others
        return Effect(side * change, side * others) if side else Effect(abs(change), abs(others))

    def passes(self, contrast: Contrast) -> bool:
        """Whether hiding it took more from the side than hiding any random place did, and its share at least."""
        effect = self.effect(contrast)
        return effect.stands_out and effect.change >= contrast.place.area * abs(contrast.way)

    def told(self, contrast: Contrast) -> Options:
        """The scores that the sentences quote: of the view, without the place, and without random places, on average."""
        others = [Prediction(logit).p_fake for logit in contrast.others.tolist()]
        return {
            "score": Prediction(contrast.full).p_fake,
            "score_hidden": Prediction(contrast.logit).p_fake,
            "score_random": sum(others) / len(others),
        }
