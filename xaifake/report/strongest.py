"""The text twin of a picture: where the strongest evidence lies, in words and numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.domains import has_sign
from xaifake.records import Attribution

BLOCKS = 7
"""Grids finer than this are summed into blocks: nobody reads a table of 50,000 pixels."""
COARSE = 16
"""Grids up to this many rows and columns are read cell by cell."""


@dataclass(frozen=True)
class Area:
    """One region, cell or block of a map."""

    value: float
    """Its signed evidence, in the unit of `Strongest.unit`."""
    share: float
    """The share of the face that it covers, 0..1."""
    down: float
    """Where its middle lies from the top edge of the face, 0..1."""
    across: float
    """Where its middle lies from the left edge of the face, 0..1."""


@dataclass(frozen=True)
class Strongest:
    """The areas with the strongest evidence of one map, strongest first."""

    unit: str
    fake: tuple[Area, ...]
    real: tuple[Area, ...]


def strongest(attribution: Attribution, count: int = 3) -> Strongest:
    """The areas that speak most for FAKE and for REAL.

    Regions and coarse grids are read one by one. A finer grid is cut into 7 × 7 blocks: logits add up within a block; a
    sensitivity, which does not add up, is averaged.
    """
    adds_up = has_sign(attribution)
    if attribution.regions is not None:
        areas = _of_regions(attribution)
    elif max(attribution.grid) <= COARSE:
        areas = _of_grid(attribution.values)
    else:
        areas = _of_grid(_blocks(attribution.values, total=adds_up))
    return Strongest(
        unit="logit" if adds_up else f"{attribution.unit}, mean",
        fake=tuple(sorted((a for a in areas if a.value > 0), key=lambda a: -a.value)[:count]),
        real=tuple(sorted((a for a in areas if a.value < 0), key=lambda a: a.value)[:count]),
    )


def _of_regions(attribution: Attribution) -> list[Area]:
    regions = np.asarray(attribution.regions)
    flat = regions.ravel()
    sizes = np.bincount(flat)
    down, across = (np.indices(regions.shape) + 0.5) / np.reshape(regions.shape, (2, 1, 1))
    value, down, across = (
        np.bincount(flat, part.ravel()) / np.maximum(sizes, 1) for part in (attribution.values, down, across)
    )
    return [
        Area(float(value[region]), float(sizes[region] / flat.size), float(down[region]), float(across[region]))
        for region in np.flatnonzero(sizes)
    ]


def _of_grid(values: NDArray[np.float32]) -> list[Area]:
    rows, columns = values.shape
    return [
        Area(float(value), 1 / values.size, (row + 0.5) / rows, (column + 0.5) / columns)
        for (row, column), value in np.ndenumerate(values)
    ]


def _blocks(values: NDArray[np.float32], *, total: bool) -> NDArray[np.float32]:
    """The sum, or the mean, of each block: at most (BLOCKS, BLOCKS)."""
    down, across = (min(BLOCKS, cells) for cells in values.shape)
    rows = [np.array_split(part, across, axis=1) for part in np.array_split(values, down, axis=0)]
    return np.array([[float(block.sum() if total else block.mean()) for block in row] for row in rows], np.float32)
