"""How far two audits lie apart: paired where they hold the same pictures, and what counts as worse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from audits_made import whole_audit
from maps_made import scores_of

from xaifake.audit.gating.shifts import Shift, common_of, paired_shifts, unpaired_shifts
from xaifake.faces.parts import PARTS
from xaifake.records import Interval, Place, Scores

pytestmark = pytest.mark.slow

OUTCOMES = ["TP"] * 40 + ["FN"] * 10 + ["TN"] * 40 + ["FP"] * 10


def with_outcomes(outcomes: list[str], seed: int = 0) -> Scores:
    """Their logits spread a little, so that they order the pictures."""
    made = scores_of(outcomes)
    return replace(made, logits=made.logits + np.random.default_rng(seed).uniform(-0.5, 0.5, len(outcomes)))


def by_name(shifts: tuple[Shift, ...]) -> dict[str, Shift]:
    return {shift.name: shift for shift in shifts}


def test_the_same_scores_shift_nothing() -> None:
    """No difference, no doubt, nothing worse."""
    scores = with_outcomes(OUTCOMES)

    shifts = by_name(paired_shifts(common_of(scores, scores)))

    assert {"auc", "accuracy", "recall", "specificity", "brier", "outside_face", "frame", "nose"} <= set(shifts)
    assert all((one.difference.value, one.p_value, one.worse) == (0, 1, False) for one in shifts.values())


def test_what_another_batch_rounds_otherwise_is_no_shift() -> None:
    """Evidence that lies a millionth farther out on every picture, which chance alone would not explain."""
    evidence = np.full((20, 16), 1 / 16)
    nudged = evidence + 1e-6 * np.random.default_rng(0).random(evidence.shape)

    shifts = paired_shifts(common_of(*(scores_of(["TP"] * 20, evidence=one) for one in (evidence, nudged))))

    assert {one.p_value for one in shifts if one.name != "auc"} == {1.0}


def test_a_model_that_misses_more_is_worse() -> None:
    """Twenty fakes that were found are missed now: recall and accuracy fall beyond chance, specificity stays."""
    before, after = with_outcomes(OUTCOMES), with_outcomes(["TP"] * 20 + ["FN"] * 30 + OUTCOMES[50:])

    shifts = by_name(paired_shifts(common_of(before, after)))

    recall = shifts["recall"]
    assert (recall.before, recall.after, recall.difference.n) == (0.8, 0.4, 50)
    assert recall.difference.value == pytest.approx(-0.4)
    assert recall.difference.high < 0
    assert (recall.worse, shifts["accuracy"].worse, shifts["auc"].worse, shifts["specificity"].worse) == (
        *(True, True, True),
        False,
    )
    assert recall.p_value == pytest.approx(2 * 0.5**20)


def test_a_better_model_is_not_worse() -> None:
    """The other way round everything is beyond chance, and nothing is worse."""
    before, after = with_outcomes(["TP"] * 20 + ["FN"] * 30 + OUTCOMES[50:]), with_outcomes(OUTCOMES)

    assert not any(one.worse for one in paired_shifts(common_of(before, after)))


def test_pictures_are_matched_by_id_and_label() -> None:
    """In whatever order, without those that one audit has not, could not score, or labels otherwise."""
    before = scores_of(["TP", "TN", "TP", "TN"])
    after = scores_of(["TN", "TN", "TP", "TN"])  # the first one's label is another
    after = replace(after, entries=after.entries[::-1], logits=np.array([np.nan, 1.0, -1.0, -1.0]))

    common = common_of(before, after)

    assert [before.entries[row].id[-1] for row in common.rows[0]] == ["1", "2"]
    assert [one.tolist() for one in common.both("logits")] == [[-1.0, 1.0], [-1.0, 1.0]]


def test_evidence_that_moves_to_the_frame_is_worse() -> None:
    """On the same pictures; a part of the face has no wrong way."""
    inner, outer = np.zeros((2, 20, 16))
    inner[:, PARTS.index("nose")], outer[:, PARTS.index("frame")] = 1, 1
    random = np.random.default_rng(0)
    outer = outer * 0.3 + inner * 0.7 + 0.01 * random.random(outer.shape)
    before, after = (scores_of(["TP"] * 20, evidence=one) for one in (inner, outer))

    shifts = by_name(paired_shifts(common_of(before, after)))

    assert shifts["frame"].worse
    assert shifts["outside_face"].worse
    assert not shifts["nose"].worse
    assert shifts["nose"].difference.high < 0


def test_chance_is_counted_over_all_that_is_asked() -> None:
    """One of many rates that falls at p = 0.04 alone is not called worse."""
    before, after = whole_audit(), whole_audit()
    assert before.performance is not None
    assert after.performance is not None
    reach = 0.05
    point = Interval(0.9, 0.9 - reach, 0.9 + reach, 100)
    fall = 2.06 * reach * np.sqrt(2) / 1.96
    fallen = Interval(0.9 - fall, 0.9 - fall - reach, 0.9 - fall + reach, 100)
    rates = dict.fromkeys(("auc", "accuracy", "recall", "specificity", "brier"), point)
    first = replace(before, performance=replace(before.performance, rates=rates), drives=None)
    second = replace(after, performance=replace(after.performance, rates=rates | {"auc": fallen}), drives=None)

    shifts = by_name(unpaired_shifts(first, second))

    assert shifts["auc"].p_value == pytest.approx(0.04, abs=0.002)
    assert not shifts["auc"].worse


def test_without_rows_the_distances_of_both_intervals_are_added() -> None:
    """In squares: 3 and 4 hundredths make 5."""
    made = whole_audit()
    assert made.drives is not None

    def held(value: float, reach: float) -> Place:
        return Place("frame", 0.06, {"all": Interval(value, value - reach, value + reach, 50)})

    before, after = (
        replace(made, performance=None, drives=replace(made.drives, parts=(), places=(place,)))
        for place in (held(0.2, 0.03), held(0.4, 0.04))
    )

    (shift,) = unpaired_shifts(before, after)

    assert (shift.difference.low, shift.difference.high) == (pytest.approx(0.15), pytest.approx(0.25))
    assert shift.worse
