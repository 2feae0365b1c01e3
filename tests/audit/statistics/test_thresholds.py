"""Thresholds by rule, and what they are worth elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from xaifake.audit.statistics.thresholds import operating_points


def test_each_rule_takes_the_point_that_it_names() -> None:
    """A hundred reals from 0 to 99 and a hundred fakes from 30 to 129, of 130: every point is known."""
    fake = np.arange(200) < 100
    p_fake = np.r_[np.arange(30, 130), np.arange(100)] / 130
    found = {one.rule: one for one in operating_points(fake, p_fake, 0.5, seed=0)}
    assert list(found) == ["contract", "youden", "equal_error_rate", "false_alarms_1", "false_alarms_5"]
    assert found["contract"].threshold == 0.5
    assert found["false_alarms_1"].false_positive_rate.value <= 0.01
    assert found["false_alarms_5"].false_positive_rate.value == 0.05
    assert found["false_alarms_5"].true_positive_rate.value == 0.35
    equal = found["equal_error_rate"]
    assert abs(1 - equal.true_positive_rate.value - equal.false_positive_rate.value) <= 0.01
    assert round(found["youden"].true_positive_rate.value - found["youden"].false_positive_rate.value, 9) == 0.3


@pytest.mark.slow
def test_a_chosen_threshold_looks_better_than_it_is_on_pictures_that_did_not_choose_it() -> None:
    """Scores that know nothing: Youden's choice seems to find something in every data set, and does not on held out ones."""
    seen, held_out = [], []
    for seed in range(40):
        random = np.random.default_rng(seed)
        youden = operating_points(np.arange(60) < 30, random.random(60), 0.5, seed)[1]
        assert youden.held_out_true_positive_rate is not None
        assert youden.held_out_false_positive_rate is not None
        seen.append(youden.true_positive_rate.value - youden.false_positive_rate.value)
        held_out.append(youden.held_out_true_positive_rate.value - youden.held_out_false_positive_rate.value)
    assert np.mean(seen) > 0.15
    assert abs(np.mean(held_out)) < 0.05


def test_with_fewer_pictures_than_folds_nothing_is_held_out() -> None:
    """The rule still has its threshold."""
    found = operating_points(np.arange(8) < 4, np.linspace(1, 0, 8), 0.5, seed=0)[1]
    assert found.rule == "youden"
    assert found.held_out_true_positive_rate is None
