"""What several detectors say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.comparing.pairing import Answers, Truths
from xaifake.audit.statistics import performance_of
from xaifake.audit.statistics.thresholds import logit_of
from xaifake.records import Ensemble, EnsembleName, Performance

Numbers = NDArray[np.float64]

FOLDS = 5
HALF = 0.5
FEWEST_VOTERS = 3
"""Of two, half is one: a vote would be whatever either says."""


def ensembles_of(truths: Truths, logits: Numbers, thresholds: Sequence[float], seed: int) -> list[Answers]:
    """The ensembles that these detectors make, over the pictures that all of them scored.

    Args:
        truths: of n pictures.
        logits: (detectors, n), NaN where there is no score.
        thresholds: of each detector, in 0..1.
        seed: of the folds.
    """
    common = np.asarray(~np.isnan(logits).any(axis=0))
    if len(logits) < 2 or not common.any():
        return []
    shifted = logits - np.array([logit_of(threshold) for threshold in thresholds])[:, None]
    made: dict[EnsembleName, Numbers | None] = {
        "mean": np.where(common, shifted.mean(axis=0), np.nan),
        "vote": _votes(shifted, common) if len(logits) >= FEWEST_VOTERS else None,
        "stacked": _stacked(truths, shifted, common, seed),
    }
    return [Answers(name, scores, scores >= 0) for name, scores in made.items() if scores is not None]


def performances_of(truths: Truths, ensembles: Sequence[Answers], seed: int) -> tuple[Ensemble, ...]:
    """Their error rates; none without labels."""
    named = {name: name for name in get_args(EnsembleName)}
    rated = ((named[one.name], _performance(truths, one, seed)) for one in ensembles)
    return tuple(Ensemble(name, performance) for name, performance in rated if performance)


def stacking() -> Any:
    """The classifier of logits (n, detectors) that makes the stacked ensemble: scikit-learn's logistic regression with its
    usual penalty, on standardised logits, so that it weighs large ones and small ones alike.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression())


def _performance(truths: Truths, answers: Answers, seed: int) -> Performance | None:
    """Of all but the stacked ensemble only the order of scores counts, and whether they reach the threshold."""
    from scipy.special import expit

    found = performance_of(truths.fake[truths.known], expit(answers.logits[truths.known]), HALF, seed)
    if found is None or answers.name == "stacked":
        return found
    ranked = {name: rate for name, rate in found.rates.items() if name not in ("brier", "calibration_error")}
    return replace(found, rates=ranked, reliability=(), calibration_by_chance=None)


def _votes(shifted: Numbers, common: NDArray[np.bool_]) -> Numbers:
    """The share of detectors that call it FAKE, in logits; a share of none or all is taken half a vote from the end."""
    voters = len(shifted)
    share = np.clip((shifted >= 0).sum(axis=0) / voters, 0.5 / voters, 1 - 0.5 / voters)
    return np.where(common, np.log(share / (1 - share)), np.nan)


def _stacked(truths: Truths, shifted: Numbers, common: NDArray[np.bool_], seed: int) -> Numbers | None:
    """The logit of a logistic regression that has not seen the picture; None where folds would lack a class."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    rows = np.flatnonzero(common & truths.known)
    fake = truths.fake[rows]
    if min(fake.sum(), (~fake).sum()) < FOLDS:
        return None
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    found = np.full(truths.known.size, np.nan)
    found[rows] = cross_val_predict(stacking(), shifted[:, rows].T, fake, cv=folds, method="decision_function")
    return found
