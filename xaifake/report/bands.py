"""The section on frequency bands: five looks of one face, what each band adds beside its control, the mean spectrum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.game import spectrum
from xaifake.game.band_game import LAYERS
from xaifake.records import Attribution, Case, Pixels
from xaifake.report import band_sentences as words
from xaifake.report import figures
from xaifake.report.band_table import Profile, Row, profile_of, rows_of
from xaifake.report.changes import change

LOUD = 110.0
"""Grey levels about the mean to which a faint look is stretched, all but its strongest half percent."""
MOST_GAIN = 64.0
"""A look so faint that it would need more is left faint: nothing is drawn out of rounding."""


@dataclass(frozen=True)
class Look:
    """The face with nothing but some of its bands, and what removing them does."""

    title: str
    cycles: str
    uri: str
    gain: float
    """How often its contrast was stretched."""
    sentence: str
    side: str
    """What its presence supports: fake, real, or none."""
    length: float
    """Of its bar, 0..100, the longest of the five being 100."""


@dataclass(frozen=True)
class Section:
    """Everything that the section shows. Without evidence, the mean spectrum alone."""

    attribution: Attribution
    looks: tuple[Look, ...]
    rows: tuple[Row, ...]
    profile: Profile
    sentences: tuple[str, ...]
    technical: tuple[str, ...]

    def across(self, logits: float) -> float:
        """Where a value lies in the chart, 0..100, on one scale for all bands; 50 is none."""
        return 50 + 50 * logits / max(row.reach for row in self.rows)


def section(case: Case) -> Section | None:
    """The section of a case, or None where its bands were not asked for."""
    attribution = case.attributions.get("bands")
    if attribution is None:
        return None
    rows = rows_of(attribution)
    return Section(
        attribution=attribution,
        looks=() if attribution.is_empty else tuple(_looks(case, attribution)),
        rows=rows,
        profile=profile_of(attribution.diagnostics["spectrum"]),
        sentences=words.summary(attribution, rows),
        technical=words.technical(case, attribution, rows),
    )


def looks_of(face: Pixels, size: tuple[int, int]) -> list[tuple[Pixels, float]]:
    """The face at the view's size, cut into its layers: each a picture (h, w, 3), and how often its contrast was stretched.

    For display: the resize is Pillow's Lanczos filter, whatever the contract says.
    """
    from PIL import Image

    view = np.asarray(Image.fromarray(face).resize(size[::-1], Image.Resampling.LANCZOS), np.float32)
    masks = spectrum.masks(size)
    mean = view.mean(axis=(0, 1))
    layers = np.stack([masks[list(bands)].sum(axis=0) for bands in LAYERS.values()])
    return [_stretched(part, mean) for part in spectrum.parts(view - mean, layers)]


def _looks(case: Case, attribution: Attribution) -> list[Look]:
    told = attribution.diagnostics
    moved = [removed - told["full"] for removed in told["layer_stop"]]
    longest = max(abs(by) for by in moved) or 1.0
    looks = zip(LAYERS, looks_of(case.face.pixels, attribution.grid), moved, strict=True)
    return [
        Look(
            title=words.layer(title),
            cycles=words.spanning([attribution.names[band] for band in LAYERS[title]]),
            uri=figures.photograph(pixels, max(attribution.grid)).uri,
            gain=gain,
            sentence=change(told["full"], by),
            side="fake" if by < 0 else "real" if by > 0 else "none",
            length=100 * abs(by) / longest,
        )
        for title, (pixels, gain), by in looks
    ]


def _stretched(part: NDArray[np.float32], mean: NDArray[np.float32]) -> tuple[Pixels, float]:
    loudest = float(np.quantile(np.abs(part), 0.995))
    gain = float(np.clip(LOUD / max(loudest, LOUD / MOST_GAIN), 1, MOST_GAIN))
    return np.clip(np.rint(mean + gain * part), 0, 255).astype(np.uint8), gain
