"""What other thresholds would give, and what each of them is worth on pictures that did not choose it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.statistics.curves import roc
from xaifake.audit.statistics.intervals import wilson
from xaifake.records import Interval, Operating

Numbers = NDArray[np.float64]
Labels = NDArray[np.bool_]

FOLDS = 5
SCORES = (0.0, 0.01, 0.02, 0.05, *(step / 10 for step in range(1, 10)), 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999)
"""At which false alarms are counted."""


def _youden(alarms: Numbers, found: Numbers) -> int:
    return int((found - alarms).argmax())


def _equal_errors(alarms: Numbers, found: Numbers) -> int:
    return int(np.abs(1 - found - alarms).argmin())


def _alarms_up_to(most: float) -> Callable[[Numbers, Numbers], int]:
    return lambda alarms, _: int((alarms <= most).nonzero()[0][-1])


RULES: dict[str, Callable[[Numbers, Numbers], int]] = {
    "youden": _youden,
    "equal_error_rate": _equal_errors,
    "false_alarms_1": _alarms_up_to(0.01),
    "false_alarms_5": _alarms_up_to(0.05),
}
"""By name, which point of a ROC curve: most found less alarms, alarms as frequent as misses, alarms at most 1 % or 5 %."""


def logit_of(probability: float) -> float:
    """The logit of a threshold; beyond all scores where it is 0 or 1.

    >>> logit_of(0.5), logit_of(1.0)
    (0.0, inf)
    """
    with np.errstate(divide="ignore"):
        return float(np.log(probability) - np.log1p(-probability))


def operating_points(fake: Labels, p_fake: Numbers, threshold: float, seed: int) -> tuple[Operating, ...]:
    """The contract's threshold, and the lowest score that each rule allows.

    A threshold chosen on the very pictures on which its rates are counted looks better than it is. So each rule also
    chooses on four fifths of the pictures and is counted on the last fifth, five times: the rates ``held_out``. A rule by
    which nothing would be called FAKE is left out.
    """
    points = [Operating("contract", threshold, *_rates(fake, p_fake >= threshold))]
    for rule in RULES:
        chosen = _chosen(rule, fake, p_fake)
        if np.isfinite(chosen):
            held_out = _held_out(rule, fake, p_fake, seed)
            points.append(Operating(rule, chosen, *_rates(fake, p_fake >= chosen), *held_out))
    return tuple(points)


def _chosen(rule: str, fake: Labels, p_fake: Numbers) -> float:
    alarms, found, scores = roc(fake, p_fake)
    return float(scores[RULES[rule](alarms, found)])


def _held_out(rule: str, fake: Labels, p_fake: Numbers, seed: int) -> tuple[Interval, Interval] | tuple[None, None]:
    """Rates at thresholds that other pictures chose; none where folds would lack a class."""
    from sklearn.model_selection import StratifiedKFold

    if min(fake.sum(), (~fake).sum()) < FOLDS:
        return None, None
    called = np.zeros(fake.size, dtype=bool)
    for others, held in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(p_fake, fake):
        called[held] = p_fake[held] >= _chosen(rule, fake[others], p_fake[others])
    return _rates(fake, called)


def _rates(fake: Labels, called: Labels) -> tuple[Interval, Interval]:
    return (
        wilson(int((fake & called).sum()), int(fake.sum())),
        wilson(int((~fake & called).sum()), int((~fake).sum())),
    )
