"""When a shortcut counts as confirmed: one rule for all tests.

A test asks a few questions of its logits, each about one change and one kind of pictures (`Ask`). REAL pictures hold no
forgery, so nothing that a change takes from them is what a detector should look for: where their score follows the change,
the detector looks at what was changed. FAKE pictures may lose the very evidence that a good detector goes by, so they are
asked only where something else than that loss is known to be at stake. An answer counts where

* the mean shift, and what is left of it beyond the control's, exclude zero in the same direction, at a level that is shared
  among the `COMPARISONS` of all tests together (Bonferroni), by Student's interval of paired differences, and
* both are as large as `LEAST`, and as `SHARE` of the scores' standard deviation over the sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Interval, Trials

LEVEL = 0.05
"""The chance that detectors which react to nothing have any of all tests' questions pass for answered, at most."""
COMPARISONS = 24
"""Questions of all tests together, and some to spare; tests/contracts/test_shortcuts.py counts them."""
LEAST = 0.2
"""Logits: a score of 0.50 becomes 0.55 (as in `xaifake.checks`)."""
SHARE = 0.25
"""Of the standard deviation of the sample's logits: between what is called a small effect and a medium one, 0.2 and 0.5
(Cohen 1988, section 2.2)."""
FEWEST = 10
"""Pictures of one kind below which nothing is said of them."""
CONSTANT = 1e-3
"""Logits: the standard deviation of scores below which a detector tells no picture from another."""

Rows = NDArray[np.bool_]
Whom = Literal["REAL", "FAKE", "all", "exchanged"]


@dataclass(frozen=True)
class Ask:
    """What one change does to some pictures.

    Attributes:
        change: a copy's name.
        whom: REAL, FAKE or all pictures; or ``exchanged``: every labelled picture, whose shift is counted toward the label
            of the partner that it was given something of.
        control: another copy's name, beyond whose shift that of the change must reach.
        toward: +1 where only a shift toward FAKE counts (with ``exchanged`` toward the partner's label), -1 for REAL, 0 for
            either.
        of_gap: which share of the way from the mean of REAL pictures to that of FAKE ones the shift must reach besides.
    """

    change: str
    whom: Whom
    control: str | None = None
    toward: int = 0
    of_gap: float = 0.0


@dataclass(frozen=True)
class Answer:
    """What came of it: the mean shift, what is left of it beyond the control's, the share of predictions that the change
    turns where the control leaves them, and whether it counts. Or a reason why there is none.
    """

    ask: Ask
    shift: Interval | None = None
    beyond: Interval | None = None
    flips: Interval | None = None
    counts: bool = False
    reason: str | None = None

    @property
    def size(self) -> float:
        """The smaller of shift and rest, in logits; 0 where they point different ways."""
        if self.shift is None or self.beyond is None or self.shift.value * self.beyond.value <= 0:
            return 0.0
        return min(abs(self.shift.value), abs(self.beyond.value))

    @property
    def one_way(self) -> bool:
        """Whether shift and rest exclude zero, in the direction that was asked about."""
        found = [interval for interval in (self.shift, self.beyond) if interval is not None and interval.excludes_zero]
        return len(found) == 2 and self.ask.toward * found[0].value >= 0


def either(trials: Trials) -> Whom:
    """Whose scores should not follow any change: those of REAL pictures; without labels, nobody knows better than all."""
    return "REAL" if any(trials.labels) else "all"


def answered(trials: Trials, asks: Sequence[Ask]) -> list[Answer]:
    """The answers, in order."""
    return [_answer(trials, ask) for ask in asks]


def _answer(trials: Trials, ask: Ask) -> Answer:
    rows = rows_of(trials, ask.whom)
    after = logits_of(trials, ask.change)
    against = trials.before if ask.control is None else logits_of(trials, ask.control)
    made = rows & ~np.isnan(after) & ~np.isnan(against)
    if (reason := _missing(trials, ask, rows, made)) is not None:
        return Answer(ask, reason=reason)
    way = np.where(trials.fake, -1.0, 1.0)[made] if ask.whom == "exchanged" else 1.0
    shift = interval_of(way * (after - trials.before)[made])
    beyond = interval_of(way * (after - against)[made])
    turned = (after >= trials.threshold) != (against >= trials.threshold)
    answer = Answer(ask, shift, beyond, share_of(turned[made]))
    return replace(answer, counts=answer.one_way and answer.size >= practical(trials, ask))


def _missing(trials: Trials, ask: Ask, rows: Rows, made: Rows) -> str | None:
    """Why there can be no answer: the name of a sentence in the report."""
    if trials.ids and ask.whom != "all" and not any(trials.labels):
        return "no_labels"
    if rows.sum() < FEWEST:
        return "few_pictures"
    if float(np.std(trials.before)) < CONSTANT:
        return "constant"
    return "not_made" if made.sum() < FEWEST else None


def logits_of(trials: Trials, change: str) -> NDArray[np.float64]:
    """(n,), NaN everywhere where the change could be made on no picture."""
    found = trials.after.get(change)
    return np.full(len(trials.ids), np.nan) if found is None else found


def finite(values: NDArray[Any]) -> NDArray[Any]:
    """Those that are known."""
    return np.asarray(values[~np.isnan(values)])


def rows_of(trials: Trials, whom: Whom) -> Rows:
    """(n,), True for the pictures of that kind."""
    every = np.ones(len(trials.ids), np.bool_)
    return {"REAL": trials.real, "FAKE": trials.fake, "exchanged": trials.real | trials.fake}.get(whom, every)


def practical(trials: Trials, ask: Ask) -> float:
    """The least shift that counts, in logits."""
    least = max(LEAST, SHARE * float(np.std(trials.before)))
    if not ask.of_gap or not trials.fake.any() or not trials.real.any():
        return least
    return max(least, ask.of_gap * abs(float(trials.before[trials.fake].mean() - trials.before[trials.real].mean())))


def interval_of(values: NDArray[Any]) -> Interval:
    """The mean of two or more numbers with Student's interval at the level of one of `COMPARISONS`."""
    from scipy import stats

    mean, count = float(np.mean(values)), len(values)
    reach = float(stats.t.isf(LEVEL / COMPARISONS / 2, count - 1) * np.std(values, ddof=1) / np.sqrt(count))
    return Interval(mean, mean - reach, mean + reach, count)


def difference_of(ones: NDArray[Any], others: NDArray[Any]) -> Interval:
    """The difference of two means of unpaired numbers with Welch's interval, at the same level."""
    from scipy import stats

    found = stats.ttest_ind(ones, others, equal_var=False).confidence_interval(1 - LEVEL / COMPARISONS)
    return Interval(float(np.mean(ones) - np.mean(others)), float(found.low), float(found.high), len(ones) + len(others))


def share_of(turned: Rows) -> Interval:
    """The share of True with Wilson's interval of 95 %."""
    from scipy import stats

    count, total = int(turned.sum()), len(turned)
    found = stats.binomtest(count, total).proportion_ci(0.95, "wilson")
    return Interval(count / total, float(found.low), float(found.high), total)
