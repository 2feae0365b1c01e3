"""Bias, or lack of robustness: whether a change moves all pictures toward one label, or each label toward the other.

After BIAS-ID (Ricker, Fischer and Quiring 2026, arXiv:2605.31153), which tells the two apart by whether REAL and FAKE lose
alike. Deviation: in mean shifts of the logit. REAL pictures lose by a shift toward FAKE, FAKE ones by a shift toward REAL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from xaifake.records import Interval, Trials
from xaifake.shortcuts._judging import FEWEST, Answer, difference_of, finite, logits_of, rows_of


def uneven(trials: Trials, answers: Sequence[Answer]) -> list[Answer]:
    """The answers, of which only those count still whose change moves all pictures that way rather than labels together."""
    return [_uneven(trials, answer) for answer in answers]


def _uneven(trials: Trials, answer: Answer) -> Answer:
    if answer.reason is not None or answer.shift is None:
        return answer
    found = asymmetry_of(trials, answer.ask.change)
    if found is None:
        return Answer(answer.ask, reason="few_pictures")
    return replace(answer, counts=answer.counts and found.excludes_zero and found.value * answer.shift.value > 0)


def losses(trials: Trials, change: str) -> dict[str, Any]:
    """``asymmetry``, the loss of REAL pictures less that of FAKE ones, positive where all move toward FAKE, with its
    interval; ``common_loss``, the mean of both losses. Empty with too few pictures of either label.
    """
    found = asymmetry_of(trials, change)
    if found is None:
        return {}
    fake, real = _moved(trials, change)
    common = float(real.mean() - fake.mean()) / 2
    return {"asymmetry": found.value, "asymmetry_low": found.low, "asymmetry_high": found.high, "common_loss": common}


def asymmetry_of(trials: Trials, change: str) -> Interval | None:
    """The shift of REAL pictures plus that of FAKE ones: what one label loses more than the other."""
    fake, real = _moved(trials, change)
    return None if min(len(fake), len(real)) < FEWEST else difference_of(real, -fake)


def _moved(trials: Trials, change: str) -> list[Any]:
    """The shifts of FAKE pictures and of REAL ones."""
    moved = logits_of(trials, change) - trials.before
    return [finite(moved[rows_of(trials, whom)]) for whom in ("FAKE", "REAL")]
