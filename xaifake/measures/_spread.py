"""What measures of how widely a map is spread share: what each region has of it, beside what random maps would give."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.interfaces import Engine, Explained
from xaifake.measures._maps import Values, measurable, measure_of, random_maps, totals
from xaifake.records import Attribution, Labels, Measure


@dataclass(frozen=True)
class Spread(ABC):
    """Numbers of the magnitudes that a map gives the game's regions, so that maps of any grid compare.

    Attributes:
        controls: random maps.
    """

    controls: int = 200

    def __post_init__(self) -> None:
        if self.controls < 1:
            name = plugins.name_of(type(self))
            raise UsageError(
                f"The measure {name} needs at least 1 random map (controls). Received: controls {self.controls}"
            )

    @abstractmethod
    def numbers(self, sizes: Values) -> dict[str, float]:
        """By name, of magnitudes (players,) that sum to 1."""

    def calls(self, methods: int) -> int:  # noqa: ARG002 - the detector is not asked
        """None."""
        return 0

    def measure(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Measure]]:  # noqa: ARG002 - the detector is not asked
        """The numbers, and beside each its mean over ``random`` maps."""
        return [[self._measure(each, one.game.labels, seed) for each in measurable(one)] for one in explained]

    def _measure(self, attribution: Attribution, labels: Labels, seed: int) -> Measure:
        own = totals(attribution, labels)
        random = [self.numbers(_shares(values)) for values in random_maps(len(own), self.controls, seed)]
        values = self.numbers(_shares(own))
        means = {f"{name}_random": float(np.mean([numbers[name] for numbers in random])) for name in values}
        return measure_of(self, attribution, values | means, seed=seed)


def _shares(values: Values) -> Values:
    """Magnitudes as shares of their sum; of a map that cancels out in every region, the same share for each."""
    sizes = np.abs(values)
    return sizes / sizes.sum() if sizes.any() else np.full(len(sizes), 1 / len(sizes))
