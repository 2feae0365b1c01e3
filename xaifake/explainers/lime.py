"""LIME: a weighted linear picture of the game near the whole view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xaifake.errors import UsageError
from xaifake.explainers._masking import Masking, Values
from xaifake.explainers._sampled import Estimate, bootstraps
from xaifake.records import Coalitions, Options

RIDGE = 1.0
"""The penalty of lime's regression."""


@dataclass(frozen=True)
class Lime(Masking):
    """The lime package's regression on the region game.

    Source: Ribeiro et al. 2016. How many regions are shown is drawn uniformly, as in its section 3.3, and not by the fair
    coins of ``lime.lime_image``: so SHAP's coalitions serve LIME too. As ``lime_image`` does it, the distance to the whole
    view is the cosine's, and ``lime.lime_base`` solves the ridge regression (alpha 1). Deviations: no coalition comes twice,
    and each comes with its complement; the logit is explained, not the probability; every region keeps its signed weight;
    regions are superpixels of SLIC, feathered, and the fill is the game's.

    Attributes:
        kernel_width: how far the weight of a coalition reaches, in cosine distance.
    """

    title: ClassVar[str] = "LIME"
    kernel_width: float = 0.25

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kernel_width <= 0:
            raise UsageError(f"LIME's kernel width is above 0. Received: kernel_width {self.kernel_width}")

    def estimate(self, asked: Coalitions, logits: Values, seed: int) -> Estimate:
        """As `solve`, without lime; errors by wild bootstraps of the pairs, as `xaifake.explainers._sampled` has them.

        What the ridge takes off the weights, which more calls would give back, counts as one more pair.
        """
        weights = self._weight(_distances(asked))
        rows = asked - np.average(asked, axis=0, weights=weights)
        shrunk = RIDGE * np.linalg.inv((rows.T * weights) @ rows + RIDGE * np.eye(rows.shape[1]))
        gain = shrunk @ (rows.T * weights) / RIDGE
        targets = logits - np.average(logits, weights=weights)
        values = gain @ targets
        leverage = (rows * gain.T).sum(axis=1) + weights / weights.sum()
        scatter = (targets - rows @ values) / np.sqrt(np.maximum(1 - leverage, np.finfo(np.float64).eps))
        shifts = (gain * scatter).reshape(len(values), -1, 2).sum(axis=2)
        return Estimate(values, bootstraps(values, np.column_stack([shifts, shrunk @ values]), seed))

    def solve(self, asked: Coalitions, logits: Values, seed: int) -> tuple[Values, Options]:
        """Ridge weights, with the fit's weighted R² and its intercept, the model's logit of the empty view."""
        from lime.lime_base import LimeBase

        full = logits[1]  # fitted as differences: a constant detector then leaves exact zeros, not rounding
        intercept, weights, r2, _ = LimeBase(self._weight, random_state=seed).explain_instance_with_data(
            asked.astype(np.float64),
            (logits - full)[:, None],
            _distances(asked),
            label=0,
            num_features=asked.shape[1],
            feature_selection="none",
        )
        values = np.zeros(asked.shape[1])
        for region, weight in weights:
            values[region] = weight
        return values, {"r2": float(r2), "intercept": float(intercept + full)}

    def _weight(self, distances: Values) -> Values:
        return np.asarray(np.sqrt(np.exp(-(distances**2) / self.kernel_width**2)))


def _distances(asked: Coalitions) -> Values:
    """The cosine distance of each coalition, as a vector of zeros and ones, to the whole one."""
    return np.asarray(1 - np.sqrt(asked.mean(axis=1)))
