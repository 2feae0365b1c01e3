"""When a shortcut counts: an interval without zero, a size that matters, and more than the control does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shortcut_trials import labels_of, noisy, trials

from xaifake.records import Interval
from xaifake.shortcuts._judging import (
    COMPARISONS,
    FEWEST,
    LEVEL,
    SHARE,
    Ask,
    answered,
    difference_of,
    either,
    interval_of,
    practical,
    share_of,
)

LABELS = labels_of(30, 30)


def answer(ask: Ask, **after: np.ndarray):
    """To one question about 30 REAL and 30 FAKE pictures."""
    (found,) = answered(trials(after, LABELS), [ask])
    return found


def test_a_shift_of_real_pictures_counts() -> None:
    """Either way, since nothing that is taken from them is forgery."""
    for mean in (2.0, -2.0):
        found = answer(Ask("change", "REAL"), change=noisy(mean, 60))
        assert found.counts
        assert found.shift is not None
        assert pytest.approx(mean, abs=0.2) == found.shift.value


def test_a_shift_of_fake_pictures_alone_says_nothing_of_real_ones() -> None:
    """What FAKE pictures lose may be the evidence itself."""
    shift = np.concatenate([noisy(0, 30), noisy(-4, 30)])
    assert not answer(Ask("change", "REAL"), change=shift).counts


def test_what_a_control_does_too_does_not_count() -> None:
    """Nor where the control does more, nor where shift and rest point different ways."""
    change = noisy(2.0, 60)
    assert answer(Ask("change", "REAL", "control"), change=change, control=noisy(0, 60, 2)).counts
    for control in (2.0, 5.0):
        found = answer(Ask("change", "REAL", "control"), change=change, control=noisy(control, 60, 2))
        assert not found.counts
    assert 0.0 == found.size


def test_only_the_direction_asked_about_counts() -> None:
    """Toward FAKE, toward REAL, or either."""
    up = noisy(2.0, 60)
    assert [True, True, False] == [answer(Ask("change", "REAL", toward=toward), change=up).counts for toward in (0, 1, -1)]


def test_small_shifts_do_not_count_however_sure() -> None:
    """A fifth of a logit at least, and a quarter of the scores' spread."""
    sample = trials({"change": noisy(0.3, 60, spread=0.01)}, LABELS)
    (found,) = answered(sample, [Ask("change", "REAL")])
    assert found.one_way
    assert not found.counts
    assert pytest.approx(SHARE * sample.before.std()) == practical(sample, Ask("change", "REAL"))


def test_a_share_of_the_gap_may_be_asked_besides() -> None:
    """Of the way from REAL to FAKE, here about 4 logits."""
    sample = trials({"change": noisy(1.5, 60)}, LABELS)
    one, other = answered(sample, [Ask("change", "REAL", of_gap=share) for share in (0.3, 0.5)])
    assert [True, False] == [one.counts, other.counts]
    assert pytest.approx(2.0, abs=0.2) == practical(sample, other.ask)


def test_what_is_exchanged_is_counted_toward_the_partners_label() -> None:
    """REAL pictures up and FAKE ones down is one shift of all."""
    shift = np.concatenate([noisy(2, 30), noisy(-2, 30)])
    found = answer(Ask("change", "exchanged", toward=1), change=shift)
    assert found.counts
    assert found.shift is not None
    assert 60 == found.shift.n
    assert not answer(Ask("change", "exchanged", toward=1), change=noisy(2, 60)).counts


@pytest.mark.parametrize(
    ("labels", "before", "after", "reason"),
    [
        (labels_of(0, 0, 40), None, noisy(2, 40), "no_labels"),
        (labels_of(FEWEST - 1, 40), None, noisy(2, 39 + FEWEST), "few_pictures"),
        (labels_of(20, 20), np.full(40, 1.5), noisy(2, 40), "constant"),
        (labels_of(20, 20), None, np.full(40, np.nan), "not_made"),
    ],
)
def test_what_cannot_be_asked_has_its_reason(labels, before, after, reason: str) -> None:
    """No labels, too few pictures, a constant detector, copies that could not be made."""
    (found,) = answered(trials({"change": after}, labels, before), [Ask("change", "REAL")])
    assert (reason, False, None) == (found.reason, found.counts, found.shift)


def test_without_labels_all_pictures_are_asked() -> None:
    """Where a test may."""
    unlabelled = trials({"change": noisy(2, 40)}, labels_of(0, 0, 40), np.random.default_rng(0).normal(size=40))
    assert "all" == either(unlabelled)
    assert answered(unlabelled, [Ask("change", either(unlabelled))])[0].counts
    assert "REAL" == either(trials({}, LABELS))


def test_flips_are_those_beyond_the_control() -> None:
    """A prediction that the control turns too is no flip."""
    found = answer(Ask("change", "REAL", "control"), change=np.full(60, 9.0), control=np.full(60, 9.0))
    assert found.flips is not None
    assert 0.0 == found.flips.value
    assert 1.0 == answer(Ask("change", "REAL"), change=np.full(60, 9.0)).flips.value


@pytest.mark.slow
@settings(max_examples=30)
@given(st.integers(10, 60), st.floats(-5, 5), st.floats(0.1, 3))
def test_intervals_hold_their_mean(count: int, mean: float, spread: float) -> None:
    """And are wider than those of 95 %."""
    values = noisy(mean, count, 3, spread)
    found = interval_of(values)
    assert found.low < found.value < found.high
    assert (found.high - found.low) / 2 > 2 * values.std(ddof=1) / np.sqrt(count)


def test_intervals_are_students_at_a_shared_level() -> None:
    """Of the differences themselves, as SciPy gives them."""
    from scipy import stats

    values = noisy(1.0, 25)
    low, high = stats.t.interval(1 - LEVEL / COMPARISONS, 24, values.mean(), stats.sem(values))
    assert pytest.approx((values.mean(), low, high)) == _numbers(interval_of(values))


def test_differences_of_two_means() -> None:
    """Exclude zero where they differ."""
    assert difference_of(noisy(1, 30), noisy(0, 40, 2)).excludes_zero
    assert not difference_of(noisy(0, 30), noisy(0, 40, 2)).excludes_zero


def test_shares_have_intervals_of_wilson() -> None:
    """Which never leave 0 to 1."""
    assert pytest.approx((0.0, 0.0, 3.8415 / 13.8415), abs=1e-4) == _numbers(share_of(np.zeros(10, bool)))


def _numbers(found: Interval) -> tuple[float, float, float]:
    return found.value, found.low, found.high
