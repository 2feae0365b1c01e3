"""Does the score follow the picture's border, and how tightly the face is cut?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xaifake.interfaces import Engine, Seen
from xaifake.records import Scores, Shortcut, Trials, ViewPixels
from xaifake.shortcuts._judging import Ask, answered, either
from xaifake.shortcuts._recoded import cut, received
from xaifake.shortcuts._telling import told

FRAME = 0.05
"""The frame's width, in sides of the view."""
OF_GAP = 1 / 3
"""Of the way between the labels' means that another's frame must go. It is a fifth of the view's area, so a detector that
reads all places alike goes a fifth of the way."""
MARGINS = {"wider": 0.2, "tighter": -0.2}
"""By how much the box's sides grow."""


@dataclass(frozen=True)
class Border:
    """The frame, the view's outer 5 %, is replaced: by that of a picture of the other label, with its own mirror image as
    the control, whose seam is alike; and by the mirror image of what lies inside of it, which leaves no seam.

    The face in a wider and in a tighter box is scored too, to show how much hangs on the cut. That is not judged: it changes
    the size of everything, and with it whatever a detector goes by.
    """

    @property
    def calls(self) -> int:
        """Three frames and two cuts."""
        return 3 + len(MARGINS)

    def changed(
        self,
        engine: Engine,
        seen: Seen,
        partner: Seen | None,
        random: np.random.Generator,  # noqa: ARG002 - nothing is drawn
    ) -> Mapping[str, ViewPixels]:
        """The other's frame is left out without a partner."""
        pixels = seen.view.pixels
        down, across = (max(1, round(FRAME * side)) for side in pixels.shape[:2])
        inner = (slice(down, -down), slice(across, -across))

        def framed(frame: ViewPixels) -> ViewPixels:
            copy = frame.copy()
            copy[inner] = pixels[inner]
            return copy

        inside = np.pad(pixels[inner], ((down, down), (across, across), (0, 0)), mode="symmetric")
        views = {"own_frame": framed(pixels[:, ::-1]), "inside_frame": inside}
        if partner is not None:
            views["other_frame"] = framed(partner.view.pixels)
        return views | {name: received(engine, seen, cut(seen, margin)) for name, margin in MARGINS.items()}

    def judged(self, trials: Trials, scores: Scores, seed: int) -> Shortcut:  # noqa: ARG002 - the sample tells
        """Confirmed where scores go with the other's frame, or where those of REAL pictures follow the frame."""
        asks = [Ask("other_frame", "exchanged", "own_frame", toward=1, of_gap=OF_GAP), Ask("inside_frame", either(trials))]
        return told(self, trials, answered(trials, asks))
