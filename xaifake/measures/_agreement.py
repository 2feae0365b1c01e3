"""What measures of agreement with a known edit share: what a map gives each pixel of the view, beside a mask of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.interfaces import Engine, Explained
from xaifake.measures._maps import Values, measurable, measure_of
from xaifake.records import Measure

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Agreement(ABC):
    """How far a map lies where the picture is known to have been edited, on pictures with such a mask.

    It does not tell whether the map is true to the detector: where the detector looks elsewhere, so should the map.
    """

    @abstractmethod
    def numbers(self, pixels: Values, mask: Mask) -> dict[str, float | None]:
        """By name, of a map (h, w) with evidence and a mask (h, w) with an edit."""

    def calls(self, methods: int) -> int:  # noqa: ARG002 - the detector is not asked
        """None."""
        return 0

    def measure(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Measure]]:  # noqa: ARG002 - nothing here is random
        """One measure for each map; none where the picture has no mask, or the mask no edit."""
        return [self._measures(one, one.mask) if one.mask is not None and one.mask.any() else [] for one in explained]

    def _measures(self, one: Explained, mask: Mask) -> list[Measure]:
        height, width = mask.shape
        maps = ((each, each.density(height, width).astype(np.float64)) for each in measurable(one))
        return [measure_of(self, each, self.numbers(pixels, mask)) for each, pixels in maps]
