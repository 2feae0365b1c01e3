"""Whether the face was enlarged before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.interfaces import Engine, Seen
from xaifake.limits._judging import at_most, checked_option
from xaifake.records import Limit, Pixels

SMALLEST = 96
"""Fewer pixels show no period among chance ones."""
LARGEST = 1024
"""Of a larger face the middle is looked at."""
LOGARITHMS = np.log1p(np.arange(256)).astype(np.float32)
"""Of one and a difference of grey levels, so that strong edges do not drown the rest."""
FLAT = 0.02
"""Added to means of `LOGARITHMS` before their own logarithm: of a flat column there is none."""
BLOCK = 8
"""Pixels after which the blocks of JPEG repeat."""
TREND = 9
"""Pixels over which the content is averaged, to take it away."""
SLOWEST = 0.15
"""Cycles a pixel; slower periods are content."""
PADDED = 4096
FREQUENCIES = np.fft.rfftfreq(PADDED)
HARMONICS = 2 / BLOCK, 3 / BLOCK
"""Frequencies of JPEG's blocks that are not looked at; fourfold enlarging shares one."""
LEFT_BY_BLOCKS = 0.5
"""How much of the stronger of `HARMONICS` is taken off at 1/2, the harmonic that twofold enlarging shares. With none of it,
up to all large faces that were blurred and then compressed pass for enlarged ones; with all of it, most of 256 pixels
that were enlarged pass for none."""


@dataclass(frozen=True)
class Upscaling:
    """How far the strongest period among differences of neighbouring pixels stands out from the usual, as a ratio.

    Interpolation makes pixels of which some lie on the old ones and some between, so that neighbours differ more and less
    in turn, with the period of the enlargement. After Gallagher (2005, CRV, "Detection of linear and cubic interpolation in
    JPEG compressed images"), with three deviations: first differences in place of second, whose period vanishes at a factor
    of exactly 2; logarithms, so that strong edges do not drown the rest; and JPEG's blocks are kept from passing for a
    period: where they meet, the neighbours' mean stands in, and of their harmonics, 1/4 and 3/8 are not looked at, and 1/2
    is lowered by what those two let expect. The spectra of rows and of columns are multiplied: enlarging leaves its period
    in both.

    Attributes:
        most: times the spectrum's median.
    """

    most: float = 9.0

    def __post_init__(self) -> None:
        checked_option(self, "most", 1, 1_000, "upscaling")

    def measure(self, engine: Engine, seen: Sequence[Seen]) -> list[Limit]:  # noqa: ARG002 - the picture alone tells
        """One limit for each face; not known below 96 pixels, or of a flat picture."""
        return [at_most("upscaling", _period(one.view.face.pixels), self.most, "times the usual") for one in seen]


def _period(pixels: Pixels) -> float | None:
    from xaifake.opencv import cv2

    top, left = (max(0, (side - LARGEST) // 2) for side in pixels.shape[:2])
    grey = cv2.cvtColor(pixels[top : top + LARGEST, left : left + LARGEST], cv2.COLOR_RGB2GRAY)
    if min(grey.shape) < SMALLEST:
        return None
    across = cv2.LUT(cv2.absdiff(grey[:, 1:], grey[:, :-1]), LOGARITHMS).mean(axis=0)
    down = cv2.LUT(cv2.absdiff(grey[1:], grey[:-1]), LOGARITHMS).mean(axis=1)
    strengths = np.sqrt(_spectrum(across) * _spectrum(down))[FREQUENCIES >= SLOWEST]
    usual = float(np.median(strengths))
    if usual <= np.finfo(np.float32).eps:
        return None
    return _strongest(strengths / usual, lobe=2 / min(grey.shape))


def _strongest(strengths: NDArray[np.float64], lobe: float) -> float:
    """The strongest frequency that is not of JPEG's blocks; ``lobe`` is how far the window spreads one."""

    def about(frequency: float) -> NDArray[np.bool_]:
        return np.asarray(np.abs(FREQUENCIES[FREQUENCIES >= SLOWEST] - frequency) <= lobe)

    first, second, half = (about(frequency) for frequency in (*HARMONICS, 0.5))
    blocks = strengths[first | second].max()
    return float(max(strengths[~(first | second | half)].max(), strengths[half].max() - LEFT_BY_BLOCKS * blocks))


def _spectrum(differences: NDArray[np.float32]) -> NDArray[np.float64]:
    """Strength of each frequency among a line of mean differences, without content and without block edges."""
    line = np.log(differences.astype(np.float64) + FLAT)
    phase = int(np.argmax([_detrended(line)[start::BLOCK].mean() for start in range(BLOCK)]))
    edges = np.arange(phase, len(line), BLOCK)
    edges = edges[(edges > 0) & (edges < len(line) - 1)]
    line[edges] = (line[edges - 1] + line[edges + 1]) / 2
    return np.asarray(np.abs(np.fft.rfft(_detrended(line) * np.hanning(len(line)), PADDED)))


def _detrended(line: NDArray[np.float64]) -> NDArray[np.float64]:
    mirrored = np.pad(line, TREND // 2, mode="reflect")
    return line - np.convolve(mirrored, np.full(TREND, 1 / TREND), "valid")
