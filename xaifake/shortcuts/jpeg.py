"""Does the score follow how a file was compressed?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.faces.copies import copy_of
from xaifake.game import spectrum
from xaifake.interfaces import Engine, Seen
from xaifake.records import Change, Scores, Shortcut, Trials, ViewPixels
from xaifake.shortcuts._asymmetry import asymmetry_of
from xaifake.shortcuts._facts import available, tells
from xaifake.shortcuts._judging import Ask, answered
from xaifake.shortcuts._telling import told

QUALITIES = (90, 75, 50)
JUDGED = "quality_75"
"""What libjpeg and its users write unless told otherwise; the others show how the shift grows."""
CONTROL = "smooth_loss"
STEEPNESS = 4
"""Of the control's fall-off: half is lost within a quarter of an octave."""
HALVINGS = 20


@dataclass(frozen=True)
class Jpeg:
    """REAL and FAKE pictures are saved as JPEG alike.

    Sources: Grommelt et al. 2024 (arXiv:2403.17608), who found detectors that had learnt JPEG; BIAS-ID (arXiv:2605.31153),
    whose asymmetric shift by class is a bias and whose symmetric loss is none.

    The control loses as much energy as quality 75 takes, smoothly, finest frequencies first: grain goes, and no blocks come.
    Asked are REAL pictures, and FAKE ones only in the direction that the files' own qualities suggest: toward FAKE where
    FAKE files are the more compressed, toward REAL where REAL ones are.
    """

    @property
    def calls(self) -> int:
        """Three qualities and the control."""
        return len(QUALITIES) + 1

    def changed(
        self,
        engine: Engine,
        seen: Seen,
        partner: Seen | None,  # noqa: ARG002 - takes nothing of another picture
        random: np.random.Generator,  # noqa: ARG002 - nothing is drawn
    ) -> Mapping[str, ViewPixels]:
        """The picture around the face saved at each quality, and the view with a smooth loss."""
        faces = [copy_of(seen.view.face, Change("jpeg", quality)) for quality in QUALITIES]
        views = {f"quality_{q}": view.pixels for q, view in zip(QUALITIES, engine.view(faces), strict=True)}
        lost = float(((views[JUDGED] - seen.view.pixels).astype(np.float64) ** 2).sum())
        return {**views, CONTROL: without_grain(seen.view.pixels, lost)}

    def judged(self, trials: Trials, scores: Scores, seed: int) -> Shortcut:  # noqa: ARG002 - nothing is drawn
        """Confirmed where the scores of REAL pictures follow the blocks, or those of FAKE ones as the files suggest."""
        measures: dict[str, Any] = available(scores, ("quality", "bits_per_pixel"))
        asks = [Ask(JUDGED, "REAL", CONTROL)]
        if more_of := tells(measures, "quality"):
            asks.append(Ask(JUDGED, "FAKE", CONTROL, toward=-more_of))
        return told(self, trials, answered(trials, asks), measures | asymmetry_of(trials, JUDGED))


def without_grain(pixels: ViewPixels, energy: float) -> ViewPixels:
    """A view that lost so much energy, in squared grey levels, by a smooth fall-off towards the finest frequencies."""
    whole = spectrum.analyse(pixels)
    power, radius = (whole**2).sum(axis=2), spectrum.radii(pixels.shape[:2]) / spectrum.CORNER
    power[0, 0] = 0
    low, high = np.log(1e-3), np.log(1e3)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        lost = float(((1 - _kept(radius, middle)) ** 2 * power).sum())
        low, high = (middle, high) if lost > energy else (low, middle)
    return np.clip(spectrum.synthesise(whole * _kept(radius, high)[..., None]), 0, 255)


def _kept(radius: NDArray[np.float64], logarithm: float) -> NDArray[np.float64]:
    """The share of each frequency that is kept, one half where the radius has that logarithm."""
    return np.asarray(1 / (1 + (radius / np.exp(logarithm)) ** (2 * STEEPNESS)))
