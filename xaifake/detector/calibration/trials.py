"""Ways that were tried, how well each tells FAKE from REAL, and which of two the pictures prefer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaifake.detector.calibration.statistics import (
    COIN,
    PAIRED_LEVEL,
    Labels,
    Numbers,
    Resamples,
    aucs,
    class_means,
    interval,
    losses,
    permutation_p,
    squares,
)
from xaifake.detector.calibration.ways import Way
from xaifake.records import Interval


@dataclass(frozen=True)
class Difference:
    """How much one way's AUC and log loss exceed another's, paired over pictures, at `PAIRED_LEVEL`."""

    auc: Interval
    log_loss: Interval


class Trials:
    """Scores of the same pictures in several ways.

    Args:
        fake: (pictures,), True for FAKE.
        seed: of the bootstrap and of the permutations.
    """

    def __init__(self, fake: Labels, seed: int) -> None:
        self.fake = fake
        self._seed = seed
        self._resamples = Resamples(fake, seed)
        self._row: dict[Way, int] = {}
        self._logits: Numbers = np.empty((0, len(fake)))
        self._auc: tuple[Numbers, Numbers] = (np.empty(0), np.empty((0, 0)))
        self._loss = self._auc
        self._brier: Numbers = np.empty(0)

    def add(self, ways: Sequence[Way], logits: Numbers) -> None:
        """Take in ways that were not tried yet, with their logits (ways, pictures)."""
        self._row.update({way: len(self._row) + number for number, way in enumerate(ways)})
        self._logits = np.vstack([self._logits, logits])
        loss = losses(self._logits, self.fake)
        self._auc = aucs(self._logits, self.fake), self._resamples.aucs(self._logits)
        self._loss = class_means(loss, self.fake), self._resamples.class_means(loss)
        self._brier = class_means(squares(self._logits, self.fake), self.fake)

    @property
    def ways(self) -> tuple[Way, ...]:
        return tuple(self._row)

    def p_value(self) -> float:
        """Of the best AUC among all ways that have been added; see `permutation_p`."""
        return permutation_p(self._logits, self.fake, self._seed)

    def auc(self, way: Way) -> Interval:
        row = self._row[way]
        return interval(self._auc[0][row], self._auc[1][row], len(self.fake))

    def log_loss(self, way: Way) -> Interval:
        row = self._row[way]
        return interval(self._loss[0][row], self._loss[1][row], len(self.fake))

    def brier(self, way: Way) -> float:
        return float(self._brier[self._row[way]])

    def difference(self, one: Way, other: Way) -> Difference:
        """What the one has more than the other."""
        a, b = self._row[one], self._row[other]
        auc, loss = (
            interval(value[a] - value[b], samples[a] - samples[b], len(self.fake), PAIRED_LEVEL)
            for value, samples in (self._auc, self._loss)
        )
        return Difference(auc, loss)

    def best(self) -> Way:
        """The way of the highest AUC; among equals the one that was tried first."""
        return self.ways[int(np.argmax(np.round(self._auc[0], 12)))]

    def beats(self, one: Way, other: Way) -> bool:
        """Whether the pictures prefer the one.

        The AUC speaks first. Where its interval contains 0, log loss speaks if it may: not of two ways that are both worse
        than a coin, for there the one that says least wins, nor against a way that separates all pictures, for there the
        one that exaggerates most wins.
        """
        more = self.difference(one, other)
        if more.auc.excludes_zero:
            return more.auc.low > 0
        may = self.log_loss(one).value < COIN and self.auc(other).value < 1
        return may and more.log_loss.high < 0
