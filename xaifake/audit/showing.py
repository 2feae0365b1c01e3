"""What an audit's report shows of a picture: a small copy of what the detector received, and small maps."""

from __future__ import annotations

import io

import numpy as np

from xaifake.records import Attribution, Case, Map, Pixels, Shown
from xaifake.settled import Settled, settled_maps

LONGEST = 224
"""The longest side of a display copy, in pixels."""
CELLS = 28
"""Rows and columns of a map at most: what a region map is brought to."""
QUALITY = 80


def display_copy(pixels: Pixels, longest: int = LONGEST) -> bytes:
    """A WebP of uint8 RGB (H, W, 3), never enlarged; the same pixels give the same bytes. For looking, not for measuring."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    memory = io.BytesIO()
    image.save(memory, "WEBP", quality=QUALITY, method=4)
    return memory.getvalue()


def shown_maps(case: Case) -> tuple[Shown, ...]:
    """The maps of a case; those of players with names, such as parts, are tables and not maps."""
    return tuple(_shown(found) for found in settled_maps(case).values() if not found.attribution.names)


def shown_grid(grid: Map, domain: str) -> Shown:
    """A Grad-CAM map as every picture has one; ``domain`` says where it lies."""
    return Shown("gradcam", _small(grid, "logit per cell"), "logit per cell", domain, cells=domain != "pixel")


def _shown(found: Settled) -> Shown:
    """Regions share their logits out over their pixels, and a cell sums what lies in it: logits per cell, as Grad-CAM's."""
    attribution = found.attribution
    values, unit = attribution.values, attribution.unit
    if attribution.regions is not None:
        values, unit = _density(attribution), "logit per cell"
    hatched = _small(found.hatched.astype(np.float32), "share") > 0.5
    return Shown(
        method=attribution.method,
        values=np.where(hatched, np.float32(np.nan), _small(values, unit)),
        unit=unit,
        domain=attribution.domain,
        cells=attribution.regions is not None or attribution.domain != "pixel",
    )


def _density(attribution: Attribution) -> Map:
    """Each region's value, shared out evenly over its pixels."""
    regions = np.asarray(attribution.regions)
    return np.asarray(attribution.values / np.bincount(regions.ravel())[regions], np.float32)


def _small(values: Map, unit: str) -> Map:
    """At most `CELLS` rows and columns: what belongs to cells adds up in larger ones, all else is averaged."""
    from xaifake.opencv import cv2

    rows, columns = (min(CELLS, side) for side in values.shape)
    if (rows, columns) == values.shape:
        return values
    means = np.asarray(cv2.resize(np.ascontiguousarray(values), (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
    return means * np.float32(values.size / means.size) if unit == "logit per cell" else means
