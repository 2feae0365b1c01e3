"""A smooth model of a game that is fitted to the scores of some coalitions: what it knows, sampling need not find out.

The model is a Gaussian process of the odd part of the game, the only part that Shapley values depend on. Its mean is a sum
of functions that are products over the players, and the Shapley values of such a function are an integral in one variable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Coalitions

Numbers = NDArray[np.float64]

REACH = (0.5, 1.0, 2.0)
"""How strongly players interact: the kernel is the hyperbolic sine of this, times the likeness of two coalitions."""
USUAL = REACH[1:2]
"""For a first look at which players count."""
NOISE = (1e-3, 1e-2, 3e-2, 1e-1)
"""What the model leaves unexplained, as a share of the game's variance."""
PAIRS = 512
"""To how many pairs the model is fitted, the first; it predicts the others. Its time grows with their cube."""
LEAST_SHARE = 0.05
"""What the least of the players counts in the likeness, where the greatest counts 1."""


@dataclass(frozen=True, eq=False)
class Smooth:
    """What a Gaussian process makes of the scores of paired coalitions.

    Attributes:
        values: its Shapley values, (players,).
        odd: half the difference of each pair as it predicts it from other pairs, (pairs,); the first pair are the empty
            and the whole coalition, which it takes as they are, so that its values add up.
    """

    values: Numbers
    odd: Numbers


@dataclass(frozen=True, eq=False)
class _Fit:
    """The game Σₖ factorₖ · sinh(Σᵢ exponentₖᵢ · xᵢ), and what it predicts of each of its pairs from the others."""

    exponents: Numbers
    factors: Numbers
    predicted: Numbers

    @property
    def values(self) -> Numbers:
        return _shapley(self.exponents, self.factors)

    def at(self, signs: Numbers) -> Numbers:
        return np.asarray(np.sinh(signs @ self.exponents.T) @ self.factors)


def smooth(asked: Coalitions, logits: Numbers) -> Smooth:
    """Fit a game from the logits of `xaifake.game.coalitions.paired` coalitions.

    Source: kernel ridge regression (Rasmussen and Williams 2006, section 2.2) with the odd kernel sinh(r · Σ wᵢ xᵢ yᵢ) of
    coalitions as rows of ±1. Reach and noise are those that predict pairs left out the best (section 5.4.2, in closed form).
    The weights of the players follow the values of a first fit with equal weights: players that do much by themselves do
    much together. Nothing here is random.

    Args:
        asked: (N, players); N is even.
        logits: theirs, (N,).
    """
    signs = np.where(asked[1::2], 1.0, -1.0)
    odd = (logits[1::2] - logits[0::2]) / 2
    fit = _fitted(signs[:PAIRS], odd[:PAIRS], np.ones(asked.shape[1]), USUAL)
    alone = np.abs(fit.values)
    if alone.max() > 0:
        fit = _fitted(signs[:PAIRS], odd[:PAIRS], LEAST_SHARE + alone / alone.max(), REACH)
    return Smooth(fit.values, np.append(fit.predicted, fit.at(signs[PAIRS:])))


def _fitted(signs: Numbers, odd: Numbers, weights: Numbers, reaches: Sequence[float]) -> _Fit:
    weights = weights / weights.sum()
    likeness = (signs * weights) @ signs.T
    best = np.inf
    for reach in reaches:
        kernel = np.sinh(reach * likeness)
        own, ends = kernel[0, 0], kernel[0, 1:]  # every coalition is as like itself as any other
        powers, axes = np.linalg.eigh((kernel[1:, 1:] - np.outer(ends, ends) / own) / own)
        target = axes.T @ (odd[1:] - ends * odd[0] / own)
        for noise in NOISE:
            inverse = 1 / (powers + noise)
            factors = axes @ (target * inverse)
            missed = factors / (axes**2 @ inverse)
            error = float((missed**2).sum())
            if error < best:
                best, predicted = error, odd - np.append(0, missed)
                exponents, every = reach * weights, np.append(odd[0] - ends @ factors / own, factors) / own
    return _Fit(signs * exponents, every, predicted)


def _shapley(exponents: Numbers, factors: Numbers) -> Numbers:
    """Shapley values of the game Σₖ factorₖ · sinh(Σᵢ exponentₖᵢ · xᵢ) of players xᵢ = ±1, (players,).

    Source: Owen 1972: the value is the integral, over q from 0 to 1, of what a player adds when each other one is shown with
    the probability q. Here that is a polynomial in q of degree players − 1, and the quadrature is exact.
    """
    nodes, weights = np.polynomial.legendre.leggauss(exponents.shape[1] // 2 + 1)
    values = np.zeros(exponents.shape[1])
    for sign in (1.0, -1.0):
        shown, hidden = np.exp(sign * exponents), np.exp(-sign * exponents)
        for share, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
            mixed = share * shown + (1 - share) * hidden
            each = sign / 2 * factors * mixed.prod(axis=1)
            values += weight * (each[:, None] * (shown - hidden) / mixed).sum(axis=0)
    return values
