"""Bias or lack of robustness: whether a change moves the two classes apart, or both alike.

Source: the distinction of BIAS-ID (arXiv:2605.31153), whose asymmetric shift by class is a bias and whose symmetric loss is
none.
"""

from __future__ import annotations

import numpy as np

from xaifake.records import Trials
from xaifake.shortcuts._judging import FEWEST, difference_of, logits_of, rows_of


def asymmetry_of(trials: Trials, change: str) -> dict[str, float]:
    """The shift of FAKE pictures less that of REAL ones, with its interval, and the mean of both; empty with too few."""
    moved = logits_of(trials, change) - trials.before
    fake, real = (moved[rows_of(trials, whom) & ~np.isnan(moved)] for whom in ("FAKE", "REAL"))
    if min(len(fake), len(real)) < FEWEST:
        return {}
    found = difference_of(fake, real)
    return {
        "asymmetry": found.value,
        "asymmetry_low": found.low,
        "asymmetry_high": found.high,
        "common": float(fake.mean() + real.mean()) / 2,
    }
