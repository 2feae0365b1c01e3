"""Does the score follow how large a picture once was?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaifake.interfaces import Engine, Seen
from xaifake.records import Scores, Shortcut, Trials, ViewPixels
from xaifake.shortcuts._asymmetry import asymmetry_of
from xaifake.shortcuts._facts import available
from xaifake.shortcuts._judging import Ask, answered
from xaifake.shortcuts._recoded import received, reduced
from xaifake.shortcuts._telling import told

SHARES = (75, 50, 25)
"""Percent of the side."""
JUDGED = "side_75"
"""A copy that nobody tells from the picture; the others show how the shift grows."""


@dataclass(frozen=True)
class Resize:
    """REAL and FAKE pictures are reduced and enlarged again alike: what is finer than the smaller size can hold is gone.

    Sources as for `xaifake.shortcuts.jpeg`. FAKE pictures are not asked: reducing may take the traces of forgery that a good
    detector goes by.
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
        return told(self, trials, answered(trials, [Ask(JUDGED, "REAL")]), measures | asymmetry_of(trials, JUDGED))
