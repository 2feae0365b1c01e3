"""Relevance mass accuracy: what share of a map's evidence lies on the known edit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaifake.measures._agreement import Agreement, Mask
from xaifake.measures._maps import Values


@dataclass(frozen=True)
class RelevanceMass(Agreement):
    """The share of the evidence that lies within the mask.

    Source: Arras et al. 2022 (CLEVR-XAI), relevance mass accuracy. Deviation: maps are signed here, so the evidence for
    FAKE is what counts, and beside it the magnitudes.
    """

    def numbers(self, pixels: Values, mask: Mask) -> dict[str, float | None]:
        """``positive``, None where nothing speaks for FAKE, ``magnitude``, and ``chance``, the mask's share of the view:
        what evenly spread evidence would have; all in 0..1.
        """
        return {
            "positive": _inside(np.maximum(pixels, 0), mask),
            "magnitude": _inside(np.abs(pixels), mask),
            "chance": float(mask.mean()),
        }


def _inside(sizes: Values, mask: Mask) -> float | None:
    total = float(sizes.sum())
    return float(sizes[mask].sum()) / total if total else None
