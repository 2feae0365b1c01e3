"""Shapley values of any number of players, estimated from pairs of coalitions, each with its standard error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.explainers._gaussian import smooth
from xaifake.game.coalitions import pairs_of
from xaifake.records import Coalitions

Numbers = NDArray[np.float64]

FEWEST = 3
"""Calls a region that an estimate needs: two would tell the regions apart, and leave nothing to read errors from."""
RESAMPLES = 200
"""Bootstraps from which a standard error is read: itself known to 5 %."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """Values (players,), and what they were in each bootstrap, (RESAMPLES, players)."""

    values: Numbers
    replicas: Numbers

    @cached_property
    def errors(self) -> Numbers:
        """The standard error of each value, (players,)."""
        return np.asarray(self.replicas.std(axis=0, ddof=1))


def estimate(asked: Coalitions, logits: Numbers, seed: int) -> Estimate:
    """Shapley values from the logits of `xaifake.game.coalitions.paired` coalitions, with their standard errors.

    What a smooth model explains of the game has exact values (see `adjusted`); what it leaves is solved by Kernel SHAP's
    weighted least squares (Lundberg and Lee 2017, theorem 2) under the constraint that all values sum to the whole logit
    less the empty one. Of a pair only the difference matters: its sum tells nothing of the values. The errors are the spread
    over wild bootstraps (Wu 1986; Liu 1988): each pair's residual, enlarged for its leverage (MacKinnon and White 1985,
    HC2), takes its sign by chance, and counts the less the more pairs of its size were asked. With all pairs asked the
    values are exact and the errors vanish. Games without interactions of more than two players are solved exactly by any
    pairs that tell the players apart.

    Args:
        asked: (N, players), N even.
        logits: theirs, (N,).
        seed: of the bootstraps.

    Raises:
        UsageError: too few calls to tell the players apart.
    """
    known, left = adjusted(asked, logits)
    regression = _Regression(asked)
    values = known + regression.values(left)
    scatter = regression.misses(left) * np.sqrt(regression.unasked / regression.freedom)
    return Estimate(values, bootstraps(values, regression.gain * scatter, seed))


def bootstraps(values: Numbers, shifts: Numbers, seed: int) -> Numbers:
    """The values with each pair's shift of them, (players, pairs), by a sign of its own: (RESAMPLES, players)."""
    turns = np.random.default_rng(seed).choice((-1.0, 1.0), (RESAMPLES, shifts.shape[1]))
    return np.asarray(values + turns @ shifts.T)


def adjusted(asked: Coalitions, logits: Numbers) -> tuple[Numbers, Numbers]:
    """The values that a smooth model of the game explains, (players,), and the logits that are left to explain, (N,).

    Source: Witter, Liu and Musco 2025 (Regression MSR, arXiv:2506.11849): a model is explained exactly, and sampling only
    estimates what the model misses on coalitions that it was not fitted to. Deviations: the model is the Gaussian process of
    `smooth`; what it misses goes to Kernel SHAP's least squares; and where these alone predict pairs left out better than
    the model does, or every coalition was asked, there is no model, and the logits are left as they are.
    """
    players = asked.shape[1]
    if len(asked) < 2**players:
        regression = _Regression(asked)
        model = smooth(asked, logits)
        left = logits.copy()
        left[0::2] += model.odd
        left[1::2] -= model.odd
        alone = regression.misses(logits) / regression.freedom
        if (_differences(left) ** 2).sum() < (alone**2).sum():
            return model.values, left
    return np.zeros(players), logits


def kernel_weights(asked: Coalitions) -> Numbers:
    """Kernel SHAP's weight of each pair, (pairs,): the pairs asked of a size share the weight of all of that size."""
    sizes, players = _sizes(asked), asked.shape[1]
    weights = 1 / (np.bincount(sizes)[sizes] * sizes * (players - sizes))
    return np.asarray(np.where(2 * sizes == players, weights / 2, weights))


class _Regression:
    """Weighted least squares of the differences of pairs on their players, under the constraint of the values' sum.

    Attributes:
        gain: what each pair's difference adds to each value, (players, pairs).
        freedom: how much of its residual each pair's leverage leaves, (pairs,) in 0..1.
        unasked: the share of the pairs of the same size that were not asked, (pairs,).
    """

    def __init__(self, asked: Coalitions) -> None:
        sizes, players = _sizes(asked), asked.shape[1]
        self._signs = np.where(asked[3::2], 1.0, -1.0)
        least = min(FEWEST * players, 2**players)
        if len(asked) + 1 < least or np.linalg.matrix_rank(self._signs[:, 1:] - self._signs[:, :1]) < players - 1:
            raise UsageError(
                f"So few model calls cannot tell {players} regions apart. Give --calls {least} or more, or fewer --regions. "
                f"Received: {len(asked)}"
            )
        weighted = self._signs.T * (players * kernel_weights(asked))
        system = np.ones((players + 1, players + 1))  # with Lagrange's multiplier for the constraint
        system[:-1, :-1] = weighted @ self._signs
        system[-1, -1] = 0
        inverse = np.linalg.inv(system)
        self.gain = inverse[:-1, :-1] @ weighted
        self._share = inverse[:-1, -1]
        self.freedom = np.maximum(1 - (self._signs * self.gain.T).sum(axis=1), np.finfo(np.float64).eps)
        self.unasked = 1 - np.bincount(sizes)[sizes] / np.array([float(pairs_of(players, int(size))) for size in sizes])

    def values(self, logits: Numbers) -> Numbers:
        """The values that fit best, (players,)."""
        return np.asarray(self.gain @ _differences(logits) + self._share * (logits[1] - logits[0]))

    def misses(self, logits: Numbers) -> Numbers:
        """Each pair's difference less what the values say of it, (pairs,)."""
        return np.asarray(_differences(logits) - self._signs @ self.values(logits))


def _differences(logits: Numbers) -> Numbers:
    return logits[3::2] - logits[2::2]


def _sizes(asked: Coalitions) -> NDArray[np.int64]:
    """Of each pair the size of its smaller half."""
    return np.asarray(asked[2::2].sum(axis=1))
