"""Tests of paired predictions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from xaifake.audit.statistics import holm, mcnemar


def test_mcnemar_counts_only_pictures_on_which_one_is_right() -> None:
    """Hundreds on which both are right or both wrong change nothing: two tails of a fair coin."""
    first = np.r_[np.ones(500, bool), np.zeros(300, bool), np.ones(12, bool), np.zeros(3, bool)]
    second = np.r_[np.ones(500, bool), np.zeros(300, bool), np.zeros(12, bool), np.ones(3, bool)]
    found = mcnemar(first, second)
    assert (found.only_first, found.only_second) == (12, 3)
    assert found.p_value == pytest.approx(2 * binom.cdf(3, 15, 0.5))


def test_detectors_that_are_right_on_the_same_pictures_do_not_differ() -> None:
    """There p is 1, without a division by nothing."""
    right = np.array([True, False, True])
    assert mcnemar(right, right).p_value == 1


def test_holm_multiplies_step_by_step_and_never_falls() -> None:
    """Four tests: the least by four, the next by three; none above 1, none below one before it."""
    assert holm([0.04, 0.01, 0.3, 0.5]) == pytest.approx((0.12, 0.04, 0.6, 0.6))
    assert holm([]) == ()
