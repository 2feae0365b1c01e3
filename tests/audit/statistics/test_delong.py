"""DeLong's areas: published numbers, the bootstrap, and detectors that differ in nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from xaifake.audit.statistics import delong

OVARIAN = """
3.0 5.8 10 0  3.2 6.3 5 1  3.9 6.8 3 1  2.8 4.8 6 0  3.2 5.8 3 1  0.9 4.0 5 0  2.5 5.7 8 0  1.6 5.6 5 1  3.8 5.7 5 1
3.7 6.7 6 1  3.2 5.4 4 1  3.8 6.6 6 1  4.1 6.6 5 1  3.6 5.7 5 1  4.3 7.0 4 1  3.6 6.7 4 0  2.3 4.4 6 1  4.2 7.6 4 0
4.0 6.6 6 0  3.5 5.8 6 1  3.8 6.8 7 1  3.0 4.7 8 0  4.5 7.4 5 1  3.7 7.4 5 1  3.1 6.6 6 1  4.1 8.2 6 1  4.3 7.0 5 1
4.3 6.5 4 1  3.2 5.1 5 1  2.6 4.7 6 1  3.3 6.8 6 0  1.7 4.0 7 0  3.7 6.1 5 1  3.3 6.3 7 1  4.2 7.7 6 1  3.5 6.2 5 1
2.9 5.7 9 0  2.1 4.8 7 1  2.8 6.2 8 0  4.0 7.0 7 1  3.3 5.7 6 1  3.7 6.9 5 1  3.6 6.6 5 1
"""
"""Albumin, total protein and K-G score of 43 patients, and whether surgery helped: by DeLong et al. 1988."""


def test_it_gives_the_published_areas_errors_and_p_values() -> None:
    """DeLong et al. 1988's example as SAS/STAT's manual prints it (LOGISTIC procedure, comparing ROC curves)."""
    measured = np.array(OVARIAN.split(), dtype=np.float64).reshape(-1, 4)
    areas = delong(measured[:, 3] == 1, np.stack([measured[:, 0], 10 - measured[:, 2], measured[:, 1]]))
    assert [0.7366, 0.7258, 0.6478] == pytest.approx(areas.values.tolist(), abs=5e-5)
    assert [0.0927, 0.1028, 0.1000] == pytest.approx(np.sqrt(np.diag(areas.covariance)).tolist(), abs=5e-5)
    albumin, p_albumin = areas.difference(0, 1)
    protein, p_protein = areas.difference(2, 1)
    assert [0.0108, -0.1761, 0.1976] == pytest.approx([albumin.value, albumin.low, albumin.high], abs=5e-5)
    assert [-0.0780, -0.2830, 0.1271] == pytest.approx([protein.value, protein.low, protein.high], abs=5e-5)
    assert [0.9102, 0.4561] == pytest.approx([p_albumin, p_protein], abs=5e-5)


@settings(max_examples=30)
@given(pictures=st.integers(2, 40), levels=st.integers(1, 9), seed=st.integers(0, 10**6))
def test_only_the_order_of_scores_counts(pictures: int, levels: int, seed: int) -> None:
    """Not their scale, nor the order of the pictures; turned scores turn the areas, and turned labels with them nothing."""
    random = np.random.default_rng(seed)
    fake = random.permutation(np.arange(pictures) < random.integers(1, pictures))
    scores, order = random.integers(0, levels, (2, pictures)).astype(np.float64), random.permutation(pictures)
    found = delong(fake, scores)

    turned = delong(fake, -scores)
    np.testing.assert_allclose(turned.values, 1 - found.values, atol=1e-12)
    np.testing.assert_allclose(turned.covariance, found.covariance, atol=1e-12)
    for again in (delong(fake, scores**3 - 7), delong(fake[order], scores[:, order]), delong(~fake, -scores)):
        np.testing.assert_allclose(again.values, found.values, atol=1e-12)
        np.testing.assert_allclose(again.covariance, found.covariance, atol=1e-12)
    (one, p_one), (other, p_other) = found.difference(0, 1), found.difference(1, 0)
    assert (one.value, one.low, one.high, p_one) == pytest.approx((-other.value, -other.high, -other.low, p_other))


@pytest.mark.slow
def test_its_variance_of_a_difference_is_that_of_the_bootstrap() -> None:
    """Two correlated detectors on 200 pictures with ties: standard errors agree within a tenth."""
    fake, scores = _two(200)
    areas = delong(fake, scores)
    difference, _ = areas.difference(0, 1)
    random, drawn = np.random.default_rng(1), []
    for _ in range(400):
        places = np.r_[random.choice(np.flatnonzero(fake), fake.sum()), random.choice(np.flatnonzero(~fake), (~fake).sum())]
        again = delong(fake[places], scores[:, places]).values
        drawn.append(again[0] - again[1])
    assert np.std(drawn) == pytest.approx((difference.high - difference.low) / 2 / 1.96, rel=0.1)


def test_under_no_difference_p_is_evenly_spread() -> None:
    """Two equally good detectors on 400 data sets: one in twenty has p below 0.05, and half have one below 0.5."""
    p_values = []
    for seed in range(400):
        fake, scores = _two(80, seed=seed, lead=0.0)
        p_values.append(delong(fake, scores).difference(0, 1)[1])
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.03)
    assert np.mean(np.array(p_values) < 0.5) == pytest.approx(0.5, abs=0.075)


def test_a_detector_does_not_differ_from_itself() -> None:
    """Nor from any that orders the pictures alike: p is 1."""
    fake, scores = _two(50)
    areas = delong(fake, np.stack([scores[0], np.exp(scores[0])]))
    assert areas.difference(0, 1)[0].value == 0
    assert areas.difference(0, 1)[1] == 1


def test_two_detectors_without_an_error_do_not_differ() -> None:
    """And both may still err: their intervals reach below 1."""
    fake = np.arange(20) < 10
    areas = delong(fake, np.stack([fake * 1.0, fake * 2.0 + np.arange(20) / 100]))
    assert areas.difference(0, 1)[1] == 1
    assert [0.800, 1.0] == pytest.approx([areas.interval(1).low, areas.interval(1).high], abs=5e-3)


def _two(pictures: int, seed: int = 0, lead: float = 0.5) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Scores of two detectors that share half of their noise; the first is better by ``lead``."""
    random = np.random.default_rng(seed)
    fake = np.arange(pictures) < pictures // 2
    shared = random.normal(size=pictures)
    scores = [shared + random.normal(size=pictures) + fake * (1 + better) for better in (lead, 0.0)]
    return fake, np.round(scores, 1)
