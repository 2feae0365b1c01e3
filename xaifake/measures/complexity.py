"""Complexity: over how many regions a map's evidence is spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaifake.measures._maps import Values
from xaifake.measures._spread import Spread


@dataclass(frozen=True)
class Complexity(Spread):
    """The entropy of the magnitudes as shares of their sum: 0 where one region has all, ln(regions) where all have the same.

    Source: Bhatt et al. 2020, definition 4, there of single features.
    """

    def numbers(self, sizes: Values) -> dict[str, float]:
        """``entropy`` in nats, and its exponential: of how many ``regions`` that share evenly it would be the entropy."""
        held = sizes[sizes > 0]
        entropy = float(-(held * np.log(held)).sum())
        return {"entropy": entropy, "regions": float(np.exp(entropy))}
