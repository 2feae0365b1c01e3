"""Correlations that say None where nothing varies, instead of NaN."""

from __future__ import annotations

import numpy as np

from xaifake.measures._maps import ROUNDING, Values


def pearson(first: Values, second: Values) -> float | None:
    """In -1..1.

    >>> pearson(np.array([1.0, 2.0, 3.0]), np.array([5.0, 5.0, 5.0])) is None
    True
    """
    return float(np.corrcoef(first, second)[0, 1]) if _varies(first) and _varies(second) else None


def spearman(first: Values, second: Values) -> float | None:
    """The same of ranks."""
    from scipy.stats import rankdata

    return pearson(rankdata(first), rankdata(second)) if _varies(first) and _varies(second) else None


def _varies(values: Values) -> bool:
    """Whether they differ by more than float32 rounds."""
    return bool(np.ptp(values) > ROUNDING * np.abs(values).max())
