"""Relevance rank accuracy: how many of a map's highest pixels lie on the known edit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaifake.measures._agreement import Agreement, Mask
from xaifake.measures._maps import Values


@dataclass(frozen=True)
class RelevanceRank(Agreement):
    """Of as many highest pixels as the mask has, the share that lies within it.

    Source: Arras et al. 2022 (CLEVR-XAI), relevance rank accuracy. Deviation: where equal pixels, as those of a region, are
    too many for the places that are left, they get them in equal shares.
    """

    def numbers(self, pixels: Values, mask: Mask) -> dict[str, float | None]:
        """``accuracy``, and ``chance``, the mask's share of the view; both in 0..1."""
        count = int(mask.sum())
        lowest = np.partition(pixels.ravel(), -count)[-count]
        above, level = pixels > lowest, pixels == lowest
        hits = (above & mask).sum() + (count - above.sum()) * mask[level].mean()
        return {"accuracy": float(hits / count), "chance": float(mask.mean())}
