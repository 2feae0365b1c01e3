"""SHAP: each region's Shapley value in the game, by the shap package's Kernel SHAP."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.explainers._masking import Budgeted, Masking, Values
from xaifake.records import Coalitions, Options

Players = NDArray[np.float64]


@dataclass(frozen=True)
class Shap(Budgeted, Masking):
    """What each region adds to the logit when it is shown, averaged over all orders in which regions can appear.

    Source: Lundberg and Lee 2017, section 4.1, by ``shap.KernelExplainer`` on the vector of players, without its selection
    of features, so that every region keeps its signed value. With ``2 ** players <= calls`` the values are exact.
    """

    title: ClassVar[str] = "SHAP"

    def ask(self, players: int, seed: int) -> Coalitions:
        """The empty view, the whole view, and the coalitions that shap draws.

        Raises:
            UsageError: too few calls to tell the regions apart; shap would answer with rounding errors, however large.
        """
        asked: list[Coalitions] = []

        def record(rows: Players) -> Values:
            asked.append(rows.astype(np.bool_))
            return np.zeros(len(rows))

        self._shapley(record, players, seed)
        coalitions = np.concatenate(asked)
        if np.linalg.matrix_rank(coalitions) < players:
            raise UsageError(
                f"SHAP cannot tell {players} regions apart with so few model calls. Give --calls {3 * players} or more, or "
                f"fewer --regions. Received: {self.calls}"
            )
        return coalitions

    def solve(self, coalitions: Coalitions, logits: Values, seed: int) -> tuple[Values, Options]:
        """Shapley values, with the logits of the empty and the whole view and how far the values' sum misses their gap."""
        known = {row.tobytes(): logit for row, logit in zip(coalitions, logits, strict=True)}

        def look_up(rows: Players) -> Values:
            return np.array([known[row.tobytes()] for row in rows.astype(np.bool_)])

        values = self._shapley(look_up, coalitions.shape[1], seed)
        empty, full = float(logits[0]), float(logits[1])
        gap = abs(float(values.sum()) - (full - empty))
        return values, {"additivity_gap": gap, "full": full, "empty": empty}

    def _shapley(self, game: Callable[[Players], Values], players: int, seed: int) -> Values:
        """Kernel SHAP of a game on 0/1 rows (N, players). The coalitions depend on players, calls and seed only."""
        with _alone(seed):
            from shap import KernelExplainer

            explainer = KernelExplainer(game, np.zeros((1, players)))  # asks for the empty view at once
            samples = self.calls - 2  # shap counts neither the empty nor the whole view
            values: Any = explainer.shap_values(np.ones(players), nsamples=samples, l1_reg=False, silent=True)
        return np.asarray(values, np.float64)


@contextmanager
def _alone(seed: int) -> Iterator[None]:
    """A place where shap may draw and warn as it likes.

    shap draws from NumPy's global state and takes no generator, so it is lent one made of our seed, and what was there is
    put back. Its warnings are about its own imports, notebooks' progress bars and singular sums, which `Shap.ask` refuses.
    """
    before = np.random.get_state()  # noqa: NPY002 - shap draws from here
    np.random.seed(np.random.SeedSequence(seed).generate_state(4))  # noqa: NPY002 - shap draws from here
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(before)  # noqa: NPY002 - shap draws from here
