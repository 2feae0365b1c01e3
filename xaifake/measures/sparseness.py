"""Sparseness: how unevenly a map's evidence is spread over the regions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaifake.measures._maps import Values
from xaifake.measures._spread import Spread


@dataclass(frozen=True)
class Sparseness(Spread):
    """The Gini index of the magnitudes: 0 where all regions have the same, near 1 where one has all.

    Source: Chalasani et al. 2020, there of single pixels.

    >>> Sparseness().numbers(np.array([0.25, 0.25, 0.25, 0.25])), Sparseness().numbers(np.array([0.0, 1.0, 0.0, 0.0]))
    ({'gini': 0.0}, {'gini': 0.75})
    """

    def numbers(self, sizes: Values) -> dict[str, float]:
        """``gini`` in 0..1 (Hurley and Rickard 2009, equation 2)."""
        count = len(sizes)
        weights = (count - np.arange(count) - 0.5) / count
        return {"gini": float(1 - 2 * np.sort(sizes) @ weights)}
