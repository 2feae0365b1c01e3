"""How well logits tell FAKE from REAL, with intervals that pictures, and not chance, account for.

Logits are (ways, pictures) float64: each row is one way to feed the detector, on the same pictures in the same order. All
comparisons of ways are paired over pictures.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Interval

Numbers = NDArray[np.float64]
Labels = NDArray[np.bool_]
"""(pictures,), True for FAKE."""

COIN = float(np.log(2))
"""The log loss, in nats, of a score that always says 0.5."""
LEVEL = 95
"""Per cent of the interval of a single way's AUC or log loss."""
PAIRED_LEVEL = 99
"""Per cent of the interval of a difference: a way is compared with several others, and one of them leads by chance."""
BOOTSTRAPS = 2000
PERMUTATIONS = 9999


def aucs(logits: Numbers, fake: Labels) -> Numbers:
    """Area under the ROC curve of each way, (ways,): the chance that a fake outscores a real picture, ties counted half."""
    from scipy.stats import rankdata

    fakes, reals = int(fake.sum()), int((~fake).sum())
    sums = rankdata(logits, axis=1)[:, fake].sum(axis=1)
    return np.asarray((sums - fakes * (fakes + 1) / 2) / (fakes * reals))


def losses(logits: Numbers, fake: Labels) -> Numbers:
    """Log loss of the sigmoid of each logit against its label, (ways, pictures), in nats."""
    return np.asarray(np.logaddexp(0, np.where(fake, -logits, logits)))


def squares(logits: Numbers, fake: Labels) -> Numbers:
    """Squared distance of the sigmoid of each logit from its label, (ways, pictures): their mean is the Brier score."""
    return np.asarray(np.exp(-2 * np.logaddexp(0, np.where(fake, logits, -logits))))


def class_means(values: Numbers, fake: Labels) -> Numbers:
    """Means of (ways, pictures) in which both classes weigh the same, however many pictures each has."""
    return np.asarray((values[:, fake].mean(axis=1) + values[:, ~fake].mean(axis=1)) / 2)


class Resamples:
    """The same bootstrap samples of pictures for every way, drawn with replacement within each class.

    Stratified paired bootstrap (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13: percentiles). Where
    a way separates all pictures its interval is a point: the pictures at hand hold no error to resample.
    """

    def __init__(self, fake: Labels, seed: int, samples: int = BOOTSTRAPS) -> None:
        random = np.random.default_rng(seed)
        self.fake = fake
        self._fakes = _counts(random, int(fake.sum()), samples)
        self._reals = _counts(random, int((~fake).sum()), samples)

    def aucs(self, logits: Numbers) -> Numbers:
        """(ways, samples)"""
        return np.stack([self._auc(row[self.fake], row[~self.fake]) for row in logits])

    def class_means(self, values: Numbers) -> Numbers:
        """(ways, samples), as `class_means`"""
        return np.asarray((values[:, self.fake] @ self._fakes.T + values[:, ~self.fake] @ self._reals.T) / 2)

    def _auc(self, fakes: Numbers, reals: Numbers) -> Numbers:
        wins = np.sign(fakes[:, None] - reals[None, :]) / 2 + 0.5
        return np.asarray(((self._fakes @ wins) * self._reals).sum(axis=1))


def interval(value: float, samples: Numbers, pictures: int, level: int = LEVEL) -> Interval:
    """The estimate with the percentiles of its bootstrap samples, ``level`` per cent of them between."""
    low, high = np.percentile(samples, [(100 - level) / 2, (100 + level) / 2])
    return Interval(float(value), float(low), float(high), pictures)


def permutation_p(logits: Numbers, fake: Labels, seed: int, permutations: int = PERMUTATIONS) -> float:
    """How often labels dealt at random let the best of all ways reach the AUC that the best one has.

    The maximum over the ways is taken anew for each permutation (Westfall and Young 1993, Resampling-Based Multiple Testing,
    chapter 2), so that trying many ways on few pictures makes nothing significant. Exact where the ways were fixed before
    the labels were seen; the permutation at hand counts as one.
    """
    from scipy.stats import rankdata

    random = np.random.default_rng(seed)
    dealt = random.permuted(np.tile(fake, (permutations, 1)), axis=1)
    fakes, reals = int(fake.sum()), int((~fake).sum())
    sums = dealt.astype(np.float64) @ rankdata(logits, axis=1).T
    best = ((sums - fakes * (fakes + 1) / 2) / (fakes * reals)).max(axis=1)
    reached = best >= aucs(logits, fake).max() - 1e-9  # sums of ranks that are equal on paper
    return float((1 + reached.sum()) / (1 + permutations))


def _counts(random: np.random.Generator, pictures: int, samples: int) -> Numbers:
    """(samples, pictures): the share that each picture has in each sample."""
    return np.asarray(random.multinomial(pictures, np.full(pictures, 1 / pictures), samples) / pictures)
