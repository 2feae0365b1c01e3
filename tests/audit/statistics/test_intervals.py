"""Intervals in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from xaifake.audit.statistics.intervals import mirrored, of_two, percentiles, wilson


@pytest.mark.parametrize(("count", "n"), [(0, 1), (1, 1), (0, 9), (3, 10), (199, 200), (200, 200)])
def test_it_is_scipys_interval_of_wilson(count: int, n: int) -> None:
    """Whole counts, where both can be asked."""
    found, expected = wilson(count, n), binomtest(count, n).proportion_ci(method="wilson")
    assert (expected.low, expected.high) == pytest.approx((found.low, found.high), abs=1e-12)
    assert found.low <= found.value <= found.high


@settings(max_examples=30)
@given(n=st.integers(1, 10**6), share=st.floats(0, 1))
def test_a_share_and_the_rest_have_mirrored_intervals(n: int, share: float) -> None:
    """What is said of the fakes is said of the reals; ten times the pictures say it more narrowly; none makes it a point."""
    count = round(share * n)
    found, rest, more = wilson(count, n), wilson(n - count, n), wilson(10 * count, 10 * n)

    assert (1 - rest.high, 1 - rest.low) == pytest.approx((found.low, found.high), abs=1e-12)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low <= more.low <= more.high <= found.high
    assert more.low < more.high


def test_a_difference_is_newcombes() -> None:
    """His example of 56/70 and 48/80 (Newcombe 1998, table II, method 10: 0.0524 to 0.3339), halved into 0..1."""
    found = of_two(lambda a, b: (1 + a - b) / 2, wilson(56, 70), wilson(48, 80))
    assert [0.2, 0.0524, 0.3339] == pytest.approx([2 * one - 1 for one in (found.value, found.low, found.high)], abs=5e-5)


def test_percentiles_always_hold_the_estimate() -> None:
    """Also where resampling moves the rate."""
    found = percentiles(0.1, np.linspace(0.2, 0.4, 101), 9)
    assert (found.low, found.high) == pytest.approx((0.1, 0.395))


def test_mirrored_percentiles_take_off_what_resampling_added() -> None:
    """Samples 0.1 to 0.3 above the estimate: the truth is as far below, and not below nothing."""
    found = mirrored(0.25, np.linspace(0.35, 0.55, 101), 9)
    assert (found.low, found.high) == pytest.approx((0.0, 0.25))
