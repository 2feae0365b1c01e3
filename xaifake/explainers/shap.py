"""SHAP: each region's Shapley value in the game, by the shap package's Kernel SHAP."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xaifake.explainers import _sampled
from xaifake.explainers._masking import Masking, Values
from xaifake.records import Coalitions, Options


@dataclass(frozen=True)
class Shap(Masking):
    """What each region adds to the logit when it is shown, averaged over all orders in which regions can appear.

    Source: Lundberg and Lee 2017, section 4.1, solved by ``shap.KernelExplainer`` on the vector of players, without its
    selection of features, so that every region keeps its signed value. Deviations: the coalitions are those of
    `xaifake.game.coalitions.paired` and not shap's own; where a smooth model of the game predicts answers that it has not
    seen, its exact Shapley values are taken, and Kernel SHAP solves what it leaves (`xaifake.explainers._sampled.adjusted`).
    With ``2 ** players <= calls`` the values may become exact.
    """

    title: ClassVar[str] = "SHAP"

    def estimate(self, asked: Coalitions, logits: Values, seed: int) -> _sampled.Estimate:
        """As `solve`, without shap."""
        return _sampled.estimate(asked, logits, seed)

    def solve(self, asked: Coalitions, logits: Values, seed: int) -> tuple[Values, Options]:  # noqa: ARG002 - nothing here is random
        """Shapley values, with the logits of the empty and the whole view and how far the values' sum misses their gap."""
        modelled, left = _sampled.adjusted(asked, logits)
        values = modelled + kernel_shap(asked, left)
        empty, full = float(logits[0]), float(logits[1])
        gap = abs(float(values.sum()) - (full - empty))
        return values, {"additivity_gap": gap, "full": full, "empty": empty, "modelled": bool(modelled.any())}


def kernel_shap(asked: Coalitions, logits: Values) -> Values:
    """What ``shap.KernelExplainer`` makes of coalitions that were drawn for it, (players,).

    Its steps are those of its own ``explain``, less the draws: each size's weight is shared by the coalitions of that size.

    Args:
        asked: paired coalitions (N, players), the empty and the whole one first.
        logits: theirs, (N,).
    """
    players = asked.shape[1]
    if players == 1:  # shap leaves this case out of its regression too
        return logits[1:] - logits[:1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # shap's, about its own imports and notebooks' progress bars
        from shap import KernelExplainer
    known = dict(zip((row.tobytes() for row in asked), logits, strict=True))
    kernel = KernelExplainer(
        lambda rows: np.array([known[row.tobytes()] for row in rows.astype(np.bool_)]), np.zeros((1, players))
    )
    kernel.M, kernel.varyingFeatureGroups, kernel.l1_reg = players, np.arange(players), False
    kernel.fx, kernel.nsamples = logits[1:2], len(asked) - 2
    kernel.allocate()
    whole = np.ones((1, players))
    for row, weight in zip(asked[2:], np.repeat(_sampled.kernel_weights(asked), 2), strict=True):
        kernel.addsample(whole, row.astype(np.float64), weight)
    kernel.run()
    values, _ = kernel.solve(1.0, 0)
    return np.asarray(values, np.float64)
