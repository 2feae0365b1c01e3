"""Does the score follow how large a picture once was?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaifake.interfaces import Engine, Seen
from xaifake.records import Scores, Shortcut, Trials, ViewPixels
from xaifake.shortcuts._asymmetry import losses, uneven
from xaifake.shortcuts._facts import available, tells
from xaifake.shortcuts._judging import Ask, answered
from xaifake.shortcuts._recoded import received, reduced
from xaifake.shortcuts._telling import told

SHARES = (70, 50, 25)
"""Percent of the side."""
JUDGED = "side_70"
"""A copy that hardly anybody tells from the picture. Enlarging by a whole part of eight would leave a period that JPEG's
blocks have too. The others show how the shift grows."""


@dataclass(frozen=True)
class Resize:
    """REAL and FAKE pictures are reduced and enlarged again alike: what is finer than the smaller size can hold is gone.

    Sources as for `xaifake.shortcuts.jpeg`. There is no control, since any loss of as much grain is the same change. So FAKE
    pictures are not asked: reducing may take the traces of forgery that a good detector goes by. And of REAL ones only a
    shift toward FAKE counts, by which the lack of grain speaks for FAKE; where the files' own sizes suggest that small
    pictures are REAL, only one toward REAL. Either way FAKE pictures must not lose as much.
    """

    @property
    def calls(self) -> int:
        """Three sizes."""
        return len(SHARES)

    def changed(
        self,
        engine: Engine,
        seen: Seen,
        partner: Seen | None,  # noqa: ARG002 - takes nothing of another picture
        random: np.random.Generator,  # noqa: ARG002 - nothing is drawn
    ) -> Mapping[str, ViewPixels]:
        """The face at each share of its side, or of the view's where that is less."""
        return {f"side_{share}": received(engine, seen, reduced(seen, share / 100)) for share in SHARES}

    def judged(self, trials: Trials, scores: Scores, seed: int) -> Shortcut:  # noqa: ARG002 - nothing is drawn
        """Confirmed where the scores of REAL pictures follow it."""
        measures: dict[str, Any] = available(scores, ("side",))
        ask = Ask(JUDGED, "REAL", toward=-tells(measures, "side") or 1)
        return told(self, trials, uneven(trials, answered(trials, [ask])), measures | losses(trials, JUDGED))
