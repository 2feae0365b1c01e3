"""Do two seeds tell the same? ``python benchmarks/seeds.py [DETECTOR ...]``: how alike are two seeds' region values.

Ours by their default budgets, and stock lime as it comes: 1,000 samples of the probability, hidden regions of the mean
colour, quickshift's segments. Its segments are given one seed, so that its two runs speak of the same regions.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping

import numpy as np
from measuring import publish
from numpy.typing import NDArray
from restoration import FLOOR, detector_of
from train_reacting_detector import DATA

import xaifake
from xaifake.explainers.lime import Lime
from xaifake.explainers.parts import Parts
from xaifake.explainers.shap import Shap
from xaifake.game import whole
from xaifake.game.region_game import new_game
from xaifake.interfaces import Explainer
from xaifake.records import Attribution, View, Views

PICTURES = 4
"""Of each detector: half fakes, half real faces."""
SEEDS = (0, 1)
OURS: Mapping[str, Explainer] = {"SHAP": Shap(), "LIME": Lime(), "parts": Parts()}
STOCK_CALLS = 1000
Values = NDArray[np.float64]


def main(names: list[str]) -> None:
    rows: list[dict[str, object]] = []
    for name in names:
        detector = detector_of(name)
        told: dict[str, list[tuple[float, float]]] = {}
        for view in views(detector):
            for method, explainer in OURS.items():
                told.setdefault(method, []).append(ours(detector, view, explainer))
            told.setdefault("stock lime", []).append(stock(detector, view))
        rows += [row(name, method, answers) for method, answers in told.items()]
    publish("seeds", "Two seeds, default budgets: Spearman's correlation of the regions' values", rows)


def views(detector: xaifake.Detector) -> Iterator[View]:
    for side in ("fake", "real"):
        paths = sorted((DATA / "faces/ciplab/test" / side).iterdir())
        for path in paths[:: len(paths) // (PICTURES // 2)][: PICTURES // 2]:
            yield detector.view(detector.faces(path)[:1])[0]


def row(detector: str, method: str, answers: list[tuple[float, float]]) -> dict[str, object]:
    alike, calls = np.array(answers).T
    return {
        "detector": f"{detector} ({len(answers)} pictures)",
        "method": method,
        "calls": f"{calls.mean():.0f}",
        "Spearman": f"{alike.mean():.3f}",
        "worst": f"{alike.min():.3f}",
    }


def ours(detector: xaifake.Detector, view: View, explainer: Explainer) -> tuple[float, float]:
    """How alike two seeds' values are, and the calls of one of them."""
    asked: list[Attribution] = []
    for seed in SEEDS:
        game = new_game(view)
        whole.score(detector, [game])
        (answer,) = explainer.explain(detector, [game], seed)
        if not isinstance(answer, Attribution):
            return np.nan, np.nan
        asked.append(answer)
    return spearman(*(answer.region_values for answer in asked)), float(np.mean([answer.calls for answer in asked]))


def stock(detector: xaifake.Detector, view: View) -> tuple[float, float]:
    from lime.lime_image import LimeImageExplainer

    def probabilities(views: Views) -> Values:
        fake = 1 / (1 + np.exp(-detector.score(views).astype(np.float64)))
        return np.stack([1 - fake, fake], axis=1)

    values = []
    for seed in SEEDS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # lime's own
            told = LimeImageExplainer(random_state=seed).explain_instance(
                view.pixels.astype(np.float64), probabilities, num_samples=STOCK_CALLS, random_seed=0
            )
        weights = dict(told.local_exp[1])
        values.append(np.array([weights[region] for region in sorted(weights)]))
    return spearman(*values), STOCK_CALLS


def spearman(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(one, other).statistic)


if __name__ == "__main__":
    main(sys.argv[1:] or list(FLOOR))
