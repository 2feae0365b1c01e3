"""Whether scores mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from xaifake.audit.statistics import performance_of
from xaifake.audit.statistics.calibration import BINS, binned, calibration_error, error_by_chance, reliability


def test_bins_hold_equally_many_pictures() -> None:
    """However scores crowd."""
    p_fake = np.random.default_rng(0).random(1000) ** 8
    assert np.bincount(binned(p_fake)).tolist() == [100] * BINS


@pytest.mark.parametrize(("pictures", "bins"), [(1, 1), (19, 1), (20, 2), (55, 5), (5000, 10)])
def test_fewer_pictures_make_fewer_bins(pictures: int, bins: int) -> None:
    """Ten pictures a bin, at most ten bins."""
    assert bins == binned(np.linspace(0, 1, pictures)).max() + 1


def test_equal_scores_share_a_bin() -> None:
    """Whatever that makes of the numbers; and bins are numbered without a gap."""
    p_fake = np.r_[np.zeros(70), np.linspace(0.1, 1, 30)]
    bins = binned(p_fake)
    assert np.unique(bins[:70]).size == 1
    assert np.unique(bins).tolist() == list(range(bins.max() + 1))


def test_the_error_is_the_mean_distance_of_score_and_share() -> None:
    """Two bins: 0.2 where none is fake, 0.6 where all are."""
    fake, p_fake = np.arange(20) >= 10, np.repeat([0.2, 0.6], 10)
    found = reliability(fake, p_fake, binned(p_fake))
    assert [one.score for one in found] == pytest.approx([0.2, 0.6])
    assert [(one.low, one.high, one.fake.value, one.fake.n) for one in found] == [(0.2, 0.2, 0, 10), (0.6, 0.6, 1, 10)]
    assert calibration_error(found) == pytest.approx((0.2 + 0.4) / 2)


@pytest.mark.slow
def test_right_scores_show_the_error_that_chance_makes() -> None:
    """Of 200 data sets whose scores are right, nineteen in twenty lie in the interval by chance, and none at zero."""
    inside, errors = [], []
    for seed in range(200):
        random = np.random.default_rng(seed)
        p_fake = random.random(150)
        fake, bins = random.random(150) < p_fake, binned(p_fake)
        chance, error = error_by_chance(p_fake, bins, seed), calibration_error(reliability(fake, p_fake, bins))
        inside.append(chance.low <= error <= chance.high)
        errors.append(error)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.04)
    assert min(errors) > 0.01


def test_below_twenty_pictures_there_is_no_calibration_error() -> None:
    """One bin would compare two means and call it calibration."""
    found = performance_of(np.arange(18) < 9, np.linspace(1, 0, 18), 0.5, seed=0)
    assert found is not None
    assert "calibration_error" not in found.rates
    assert found.calibration_by_chance is None
