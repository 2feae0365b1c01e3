"""What an audit's rows come to, where counting is all that is needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from xaifake.records import Case, LimitCount, SameScore, Scores, Trust

BINS = 20
"""Of scores for FAKE, equally wide."""


def score_counts(scores: Scores) -> tuple[int, ...]:
    """How many scores for FAKE lie in each of twenty equal bins of 0..1; a score of 1 is in the last."""
    counts, _ = np.histogram(scores.p_fake[scores.scored], BINS, (0, 1))
    return tuple(int(count) for count in counts)


def same_score(scores: Scores) -> SameScore | None:
    """The score that most pictures share; the lowest of several. None where no two pictures score alike."""
    logits, first, counts = np.unique(scores.logits[scores.scored], return_index=True, return_counts=True)
    if not logits.size or counts.max() < 2:
        return None
    most = counts.argmax()
    return SameScore(float(scores.p_fake[scores.scored][first[most]]), int(counts[most]))


def error_counts(errors: Iterable[str | None]) -> dict[str, int]:
    """How many pictures each refusal stands for, the most frequent first: sentences without what was received.

    >>> error_counts(["No face. Received: a.png", None, "No face. Received: b.png"])
    {'No face.': 2}
    """
    reasons = Counter(error.partition(" Received:")[0] for error in errors if error is not None)
    return dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))


def outcome_counts(cases: Iterable[Case]) -> tuple[tuple[Trust, ...], tuple[LimitCount, ...]]:
    """How each check of each method came out, in the cases' order, and how often each knowledge limit was kept."""
    checks: dict[tuple[str, str | None], Counter[str]] = {}
    limits: dict[str, Counter[str]] = {}
    for case in cases:
        for check in case.checks:
            checks.setdefault((check.name, check.method), Counter())[check.outcome] += 1
        for limit in case.limits:
            limits.setdefault(limit.name, Counter())[limit.status] += 1
    trust = (Trust(name, method, dict(sorted(counts.items()))) for (name, method), counts in checks.items())
    counted = (LimitCount(name, c["within"], c["outside"], c["not known"]) for name, c in limits.items())
    return tuple(trust), tuple(counted)
