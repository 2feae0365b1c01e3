"""LIME: a weighted linear picture of the game near the whole view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xaifake.errors import UsageError
from xaifake.explainers._masking import Budgeted, Masking, Values
from xaifake.records import Coalitions, Options


@dataclass(frozen=True)
class Lime(Budgeted, Masking):
    """The lime package's regression on the region game.

    Source: Ribeiro et al. 2016, section 3.4, as ``lime.lime_image`` does it: coalitions of fair coin tosses, the whole view
    first; cosine distance to it; ridge regression (alpha 1) by ``lime.lime_base``. Deviations: the logit is explained, not
    the probability; every region keeps its signed weight; regions are superpixels of SLIC, feathered, and the fill is the
    game's.

    Attributes:
        kernel_width: how far the weight of a coalition reaches, in cosine distance.
    """

    title: ClassVar[str] = "LIME"
    kernel_width: float = 0.25

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kernel_width <= 0:
            raise UsageError(f"LIME's kernel width is above 0. Received: kernel_width {self.kernel_width}")

    def ask(self, players: int, seed: int) -> Coalitions:
        """The whole view, then regions shown or hidden by tosses of a fair coin."""
        coalitions = np.random.default_rng(seed).integers(0, 2, (self.calls, players)).astype(np.bool_)
        coalitions[0] = True
        return coalitions

    def solve(self, coalitions: Coalitions, logits: Values, seed: int) -> tuple[Values, Options]:
        """Ridge weights, with the fit's weighted R² and its intercept, the model's logit of the empty view."""
        from lime.lime_base import LimeBase
        from sklearn.metrics.pairwise import cosine_distances

        rows = coalitions.astype(np.float64)
        full = logits[0]  # fitted as differences: a constant detector then leaves exact zeros, not rounding
        intercept, weights, r2, _ = LimeBase(self._weight, random_state=seed).explain_instance_with_data(
            rows,
            (logits - full)[:, None],
            cosine_distances(rows, rows[:1]).ravel(),
            label=0,
            num_features=rows.shape[1],
            feature_selection="none",
        )
        values = np.zeros(rows.shape[1])
        for region, weight in weights:
            values[region] = weight
        return values, {"r2": float(r2), "intercept": float(intercept + full)}

    def _weight(self, distances: Values) -> Values:
        return np.asarray(np.sqrt(np.exp(-(distances**2) / self.kernel_width**2)))
