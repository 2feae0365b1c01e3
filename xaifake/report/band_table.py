"""The numbers of the section on frequency bands, and where they are drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaifake.game import spectrum
from xaifake.game.band_game import LAYERS
from xaifake.records import Attribution, Prediction

STEP = 20
"""Decibels between two lines of the mean spectrum, where that makes few of them."""
LINES = 10
MARKS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, spectrum.CORNER)
"""Radii that are written below it, in cycles per pixel."""


@dataclass(frozen=True)
class Row:
    """One band in numbers, all in logits but the energy."""

    name: str
    layer: str
    radius: str
    value: float
    change: float
    alone: float
    control: float
    spread: float
    energy: float
    is_specific: bool
    """Whether removing the band does more than its control."""

    @property
    def score_alone(self) -> float:
        """The score for FAKE of the mean colour and this band alone, 0..1."""
        return Prediction(self.alone).p_fake

    @property
    def last(self) -> float:
        """What the band adds where all the others are shown already."""
        return -self.change

    @property
    def control_range(self) -> tuple[float, float]:
        """What random frequencies of the same energy add: one standard deviation about the mean of the draws."""
        return -self.control - self.spread, -self.control + self.spread

    @property
    def reach(self) -> float:
        """The greatest magnitude that is drawn of it."""
        return max(abs(self.value), abs(self.change), abs(self.control) + self.spread)


def rows_of(attribution: Attribution) -> tuple[Row, ...]:
    """The bands, coarse to fine."""
    told = attribution.diagnostics
    layer = {band: name for name, bands in LAYERS.items() for band in bands}
    limits, changes = told["edges"], [stopped - told["full"] for stopped in told["band_stop"]]
    values = np.asarray(attribution.region_values, np.float64)
    return tuple(
        Row(
            name=name,
            layer=layer[band],
            radius=f"{limits[band]:.2g}–{limits[band + 1]:.2g}",
            value=float(values[band]),
            change=change,
            alone=told["band_pass"][band],
            control=told["control_mean"][band],
            spread=told["control_spread"][band],
            energy=told["energy"][band],
            is_specific=is_specific(change, told["control_mean"][band], told["control_spread"][band], told["full"]),
        )
        for band, (name, change) in enumerate(zip(attribution.names, changes, strict=True))
    )


def is_specific(change: float, control: float, spread: float, logit: float) -> bool:
    """Whether a change goes further than its control's in the same direction, by two standard deviations and by rounding.

    >>> is_specific(-1.0, -0.2, 0.1, 0.0), is_specific(-1.0, -0.9, 0.1, 0.0), is_specific(-1.0, 3.0, 0.1, 0.0)
    (True, False, True)
    """
    alike = max(0.0, math.copysign(control, control * change))
    return abs(change) > alike + 2 * spread + 1e-6 * max(1.0, abs(logit))


@dataclass(frozen=True)
class Profile:
    """The mean spectrum: cycles per pixel and decibels of each ring, and the decibels of the drawing's edges."""

    rings: tuple[tuple[float, float], ...]
    low: int
    high: int

    @property
    def points(self) -> str:
        """A polyline in a square of 100: to the right up to the corner of the plane, power upwards."""
        return " ".join(f"{radius / spectrum.CORNER * 100:.2f},{100 - self.up(level):.2f}" for radius, level in self.rings)

    @property
    def lines(self) -> range:
        """The decibels at which lines are drawn, `LINES` and one at most: a record may come from a stranger."""
        return range(self.low, self.high + 1, STEP * math.ceil((self.high - self.low) / STEP / LINES))

    @property
    def marks(self) -> tuple[tuple[float, str], ...]:
        """Where radii are written below the curve, 0..1, and how."""
        return tuple((radius / spectrum.CORNER, f"{radius:.2g}") for radius in MARKS)

    def up(self, level: float) -> float:
        """Where a level lies, 0..100 from the bottom."""
        return 100 * (level - self.low) / (self.high - self.low)


def profile_of(levels: Sequence[float]) -> Profile:
    """The drawing of a mean spectrum of rings of equal width, in decibels."""
    middles = (np.arange(len(levels)) + 0.5) / len(levels) * spectrum.CORNER
    low, high = STEP * math.floor(min(levels) / STEP), STEP * math.ceil(max(levels) / STEP)
    return Profile(tuple(zip(middles.tolist(), levels, strict=True)), low, max(high, low + STEP))
