"""Which maps can be laid over others on the canonical face, and how many cannot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.drives.means import Maps
from xaifake.records import Evidence


@dataclass
class Laid:
    """How many maps could be used, how many were without any evidence, and how many pictures without a mesh."""

    used: int = 0
    empty: int = 0
    without_face: int = 0

    def usable(self, chunk: Evidence) -> tuple[NDArray[np.int64], Maps]:
        """Rows and maps of a chunk that can be laid over others, each map divided by the sum of its absolute values.

        A map whose evidence all lies beyond the canonical square counts as empty.
        """
        empty = np.asarray(~chunk.grids.any(axis=(1, 2)))
        without_face = ~empty & np.isnan(chunk.canonical).any(axis=(1, 2))
        maps = np.where((empty | without_face)[:, None, None], 0, chunk.canonical).astype(np.float64)
        totals = np.abs(maps).sum(axis=(1, 2))
        usable = totals > 0
        self.used += int(usable.sum())
        self.without_face += int(without_face.sum())
        self.empty += int((~usable & ~without_face).sum())
        return chunk.rows[usable], maps[usable] / totals[usable, None, None]
