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


def _shown(found: Settled) -> Shown:
    """Regions share their logits out over their pixels, and a cell sums what lies in it: logits per cell, as Grad-CAM's."""
    attribution, hatched = found.attribution, found.hatched.astype(np.float32)
    values, unit = attribution.values, attribution.unit
    if attribution.regions is not None:
        values, unit = _density(attribution), "logit per cell"
    grid = np.asarray([min(CELLS, side) for side in values.shape])
    if tuple(grid) != values.shape:
        cells = values.size / grid.prod() if unit == "logit per cell" else 1
        values, hatched = _means(values, grid) * np.float32(cells), _means(hatched, grid)
    return Shown(
        method=attribution.method,
        values=np.where(hatched > 0.5, np.float32(np.nan), values),
        unit=unit,
        domain=attribution.domain,
        cells=attribution.regions is not None or attribution.domain != "pixel",
    )


def _density(attribution: Attribution) -> Map:
    """Each region's value, shared out evenly over its pixels."""
    regions = np.asarray(attribution.regions)
    return np.asarray(attribution.values / np.bincount(regions.ravel())[regions], np.float32)


def _means(values: Map, grid: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Map:
    from xaifake.opencv import cv2

    height, width = grid.tolist()
    return np.asarray(cv2.resize(np.ascontiguousarray(values), (width, height), interpolation=cv2.INTER_AREA), np.float32)
