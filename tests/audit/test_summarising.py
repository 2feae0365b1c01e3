"""What an audit counts: scores, refusals, and how checks and limits came out."""

from __future__ import annotations

import dataclasses

import numpy as np
from synthetic import make_case

from xaifake.audit.summarising import error_counts, outcome_counts, same_score, score_counts
from xaifake.records import Check, Entry, Limit, LimitCount, SameScore, Scores, Trust


def scores_of(logits: list[float]) -> Scores:
    n = len(logits)
    nothing = np.full((n, 16), np.nan, np.float32)
    entries = tuple(Entry(f"{number:064x}", f"{number}.png") for number in range(n))
    return Scores(entries, (None,) * n, np.array(logits), 0.5, {}, np.zeros(n, np.uint64), nothing, nothing, nothing)


def test_scores_are_counted_in_twenty_bins() -> None:
    """Each score is in one bin, those of 0 and 1 too; a picture without a score is in none."""
    counts = score_counts(scores_of([-800.0, 0.01, 800.0, np.nan]))
    assert (1, 1, 1, 3) == (counts[0], counts[10], counts[19], sum(counts))


def test_pictures_that_score_alike_are_counted() -> None:
    """The score that most of them share, to the last digit; no score, or none twice, is none."""
    found = same_score(scores_of([0.0, 2.0, 2.0, 0.0, 0.0, 1.0, np.nan, np.nan]))
    assert SameScore(0.5, 3) == found
    assert same_score(scores_of([0.0, 1e-9, np.nan, np.nan])) is None
    assert same_score(scores_of([np.nan])) is None


def test_refusals_are_counted_by_their_reason() -> None:
    """What was received does not make another reason; the most frequent comes first."""
    told = ["Bad file. Received: x", None, "No face. Received: a", "No face. Received: b"]
    assert [("No face.", 2), ("Bad file.", 1)] == list(error_counts(told).items())


def test_outcomes_are_counted_by_check_and_method() -> None:
    """A control has no method; limits are counted by their status."""
    checks = (Check("mattered", "shap", "held up"), Check("random_maps", None, "mixed"))
    first = dataclasses.replace(make_case(), checks=checks, limits=(Limit("blur", "outside"),))
    second = dataclasses.replace(
        first, checks=(dataclasses.replace(checks[0], outcome="mixed"),), limits=(Limit("blur", "not known"),)
    )
    trust, limits = outcome_counts([first, second])
    assert (Trust("mattered", "shap", {"held up": 1, "mixed": 1}), Trust("random_maps", None, {"mixed": 1})) == trust
    assert (LimitCount("blur", 0, 1, 1),) == limits
