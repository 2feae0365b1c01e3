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
from xaifake.shortcuts._asymmetry import losses, uneven
from xaifake.shortcuts._facts import LOSSLESS, available, facts_of, tells
from xaifake.shortcuts._judging import Ask, answered
from xaifake.shortcuts._telling import told

QUALITIES = (90, 75, 50)
USUAL, STRONGER = 75, 50
"""The quality that is judged: what libjpeg and its users write unless told otherwise; where files are that low already,
which saving again would leave as they are, a lower one. The others show how the shift grows."""
SPENT = 80
"""The quality up to which files are that low."""
STEEPNESS = 4
"""Of the control's fall-off: half is lost within a quarter of an octave."""
HALVINGS = 20


@dataclass(frozen=True)
class Jpeg:
    """REAL and FAKE pictures are saved as JPEG alike.

    Sources: Grommelt et al. 2024 (arXiv:2403.17608), who found detectors that had learnt JPEG; BIAS-ID (arXiv:2605.31153),
    whose asymmetric shift by class is a bias and whose symmetric loss is none.

    The control loses as much energy as that quality takes, smoothly, finest frequencies first: grain goes, and no blocks
    come. Asked are REAL pictures, and FAKE ones only in the direction that the files' own qualities suggest: toward FAKE
    where FAKE files are the more compressed, toward REAL where REAL ones are. A change by which both labels lose alike is a
    lack of robustness and does not count.
    """

    @property
    def calls(self) -> int:
        """Three qualities and two controls."""
        return len(QUALITIES) + 2

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
        for quality in (USUAL, STRONGER):
            lost = float(((views[f"quality_{quality}"] - seen.view.pixels).astype(np.float64) ** 2).sum())
            views[f"smooth_loss_{quality}"] = without_grain(seen.view.pixels, lost)
        return views

    def judged(self, trials: Trials, scores: Scores, seed: int) -> Shortcut:  # noqa: ARG002 - nothing is drawn
        """Confirmed where the scores of REAL pictures follow the blocks, or those of FAKE ones as the files suggest."""
        measures: dict[str, Any] = available(scores, ("quality", "bits_per_pixel"))
        quality = STRONGER if usual_quality(scores) <= SPENT else USUAL
        change, control = f"quality_{quality}", f"smooth_loss_{quality}"
        asks = [Ask(change, "REAL", control)]
        if more_of := tells(measures, "quality"):
            asks.append(Ask(change, "FAKE", control, toward=-more_of))
        return told(self, trials, uneven(trials, answered(trials, asks)), measures | losses(trials, change))


def usual_quality(scores: Scores) -> float:
    """The median quality of REAL files; above all of JPEG's where it is not known."""
    real = np.array([entry.label == "REAL" for entry in scores.entries], np.bool_)
    qualities = facts_of(scores)["quality"][real]
    known = qualities[~np.isnan(qualities)]
    return float(np.median(known)) if len(known) else LOSSLESS


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
