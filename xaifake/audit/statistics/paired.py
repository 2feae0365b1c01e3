"""Whether two detectors differ on the same pictures by more than chance, and how often they say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.bool_]


@dataclass(frozen=True)
class McNemar:
    """On how many pictures only the first detector was right, on how many only the second; two-sided p of no difference."""

    only_first: int
    only_second: int
    p_value: float


def mcnemar(first_right: Labels, second_right: Labels) -> McNemar:
    """McNemar's test (1947) in its exact form: of the pictures on which one is right, either is so by a fair coin.

    >>> mcnemar(np.array([True] * 8 + [False] * 2), np.array([False] * 7 + [True] * 3))
    McNemar(only_first=7, only_second=2, p_value=0.1796875)
    """
    from scipy.stats import binomtest

    first, second = int((first_right & ~second_right).sum()), int((~first_right & second_right).sum())
    p_value = float(binomtest(first, first + second).pvalue) if first + second else 1.0
    return McNemar(first, second, p_value)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """P-values adjusted so that all of them may be read together (Holm 1979), each in its place.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    order = np.argsort(p_values, kind="stable")
    steps = np.asarray(p_values, dtype=np.float64)[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return tuple(adjusted.tolist())
