"""Does the score follow a picture's colours?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xaifake.interfaces import Engine, Seen
from xaifake.records import Scores, Shortcut, Trials, ViewPixels
from xaifake.shortcuts._judging import Ask, answered, either
from xaifake.shortcuts._telling import told

LUMA = (0.299, 0.587, 0.114)
"""ITU-R BT.601."""
GAMMAS = {"darker": 1.25, "lighter": 0.8}
STRETCH = (0.5, 2.0)
"""How much contrast may be taken or given, from and to."""


@dataclass(frozen=True)
class Colour:
    """Colours are changed, and all else stays: the mean and contrast of each channel become those of a picture of the other
    label, or the picture becomes grey.

    Source: Reinhard et al. 2001 (colour transfer). Deviation: in RGB, since no colour space of perception is a detector's.
    The shift by another's tone is counted toward that label. Swapped channels, darker and lighter copies are scored too, to
    show how much hangs on colour; that is not judged: nobody has blue faces.
    """

    @property
    def calls(self) -> int:
        """Tone, grey, swapped channels, and the gammas."""
        return 3 + len(GAMMAS)

    def changed(
        self,
        engine: Engine,  # noqa: ARG002 - views are changed
        seen: Seen,
        partner: Seen | None,
        random: np.random.Generator,  # noqa: ARG002 - nothing is drawn
    ) -> Mapping[str, ViewPixels]:
        """The other's tone is left out without a partner."""
        pixels = seen.view.pixels
        grey = np.repeat((pixels @ np.array(LUMA, np.float32))[..., None], 3, axis=2)
        views = {"grey": grey, "swapped": np.ascontiguousarray(pixels[..., ::-1])}
        views |= {name: curved(pixels, gamma) for name, gamma in GAMMAS.items()}
        return views if partner is None else views | {"other_tone": toned(pixels, partner.view.pixels)}

    def judged(self, trials: Trials, scores: Scores, seed: int) -> Shortcut:  # noqa: ARG002 - the sample tells
        """Confirmed where scores go with the other's tone, or where those of REAL pictures follow the loss of colour."""
        asks = [Ask("other_tone", "exchanged", toward=1), Ask("grey", either(trials))]
        return told(self, trials, answered(trials, asks))


def curved(pixels: ViewPixels, gamma: float) -> ViewPixels:
    """A view under a gamma: above 1 it grows darker, below lighter, and black and white stay."""
    return np.asarray(255 * np.clip(pixels / 255, 0, 1) ** gamma, np.float32)


def toned(pixels: ViewPixels, like: ViewPixels) -> ViewPixels:
    """A view with mean and standard deviation of each channel as in another, clipped to 0..255."""
    mean, aim = (view.mean(axis=(0, 1), dtype=np.float64) for view in (pixels, like))
    spread, wanted = (view.std(axis=(0, 1), dtype=np.float64) for view in (pixels, like))
    gain = np.clip(wanted / np.maximum(spread, 1e-6), *STRETCH)
    return np.asarray(np.clip((pixels - mean) * gain + aim, 0, 255), np.float32)
