"""AUC, log loss, their intervals, and the test of chance, against SciPy and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from xaifake.detector.calibration.statistics import (
    COIN,
    Resamples,
    aucs,
    class_means,
    interval,
    losses,
    permutation_p,
    squares,
)

pytestmark = pytest.mark.slow

FAKE = np.arange(30) < 14


@given(st.lists(st.integers(-3, 3), min_size=30, max_size=30))
def test_auc_is_the_normalised_mann_whitney_u(scores: list[int]) -> None:
    """Ties count half, as SciPy counts them."""
    logits = np.array(scores, float)
    expected = (
        mannwhitneyu(logits[FAKE], logits[~FAKE], method="asymptotic").statistic / (14 * 16) if len(set(scores)) > 1 else 0.5
    )
    assert expected == pytest.approx(aucs(logits[None], FAKE)[0])


@given(st.lists(st.floats(-30, 30), min_size=30, max_size=30))
def test_the_other_side_mirrors_the_auc(scores: list[float]) -> None:
    """Turning the sign turns a into 1 - a: reading the other output is one more way, and no more than that."""
    logits = np.array([scores])
    assert 1 == pytest.approx(aucs(logits, FAKE)[0] + aucs(-logits, FAKE)[0])


def test_log_loss_and_brier_score_are_those_of_the_sigmoid() -> None:
    """Both follow their definitions; far out, where a probability rounds to 0, log loss is the logit itself."""
    logits = np.random.default_rng(0).normal(0, 3, (2, 30))
    p = 1 / (1 + np.exp(-logits))
    assert np.allclose(-np.log(np.where(FAKE, p, 1 - p)), losses(logits, FAKE))
    assert np.allclose((p - FAKE) ** 2, squares(logits, FAKE))
    assert losses(np.array([[-800.0]]), np.array([True])) == 800


def test_both_classes_weigh_the_same() -> None:
    """A score that says nothing has a coin's log loss however many pictures either class has."""
    nothing = np.zeros((1, 30))
    assert class_means(losses(nothing, FAKE), FAKE)[0] == pytest.approx(COIN)
    assert class_means(np.where(FAKE, 1.0, 3.0)[None], FAKE)[0] == 2


def test_a_resample_is_the_statistic_of_the_pictures_drawn() -> None:
    """The bootstrap by weights equals the AUC and the mean of pictures really repeated."""
    logits = np.random.default_rng(1).normal(0, 1, (3, 30)).round(1)
    resamples = Resamples(FAKE, seed=0, samples=5)
    fakes, reals = (counts[2] * counts.shape[1] for counts in (resamples._fakes, resamples._reals))
    drawn = np.repeat(np.arange(30), np.concatenate([fakes, reals]).round().astype(int))

    assert len(drawn) == 30
    assert np.allclose(aucs(logits[:, drawn], FAKE[drawn]), resamples.aucs(logits)[:, 2])
    assert np.allclose(class_means(logits[:, drawn], FAKE[drawn]), resamples.class_means(logits)[:, 2])


def test_ways_share_their_resamples() -> None:
    """Comparisons are paired: a way and its copy differ by nothing in every resample."""
    logits = np.random.default_rng(2).normal(0, 1, (1, 30))
    samples = Resamples(FAKE, seed=0).aucs(np.vstack([logits, logits]))
    assert not interval(0, samples[0] - samples[1], 60).excludes_zero


def test_intervals_hold_the_true_auc_about_as_often_as_they_say() -> None:
    """Of 200 data sets from a known AUC, the 95 % interval holds it in 90 to 99 %."""
    random = np.random.default_rng(0)
    fake = np.arange(60) < 30
    truth = 0.760  # of two unit normals one standard deviation apart: Phi(1 / sqrt(2))
    held = 0
    for seed in range(200):
        logits = random.normal(0, 1, (1, 60)) + fake
        samples = Resamples(fake, seed, samples=400).aucs(logits)
        low, high = np.percentile(samples, [2.5, 97.5])
        held += low <= truth <= high
    assert 180 <= held <= 198


def test_p_is_uniform_where_nothing_is_to_be_found() -> None:
    """Of 300 data sets without any signal, 5 % have p <= 0.05 and half p <= 0.5, though forty ways are tried."""
    random = np.random.default_rng(0)
    p = []
    for seed in range(300):
        shared = random.normal(0, 1, (20, 30)) + random.normal(0, 1, 30)  # ways to feed one model are alike
        p.append(permutation_p(np.vstack([shared, -shared]), FAKE, seed, permutations=199))
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.03)
    assert np.mean(np.array(p) <= 0.5) == pytest.approx(0.5, abs=0.08)


def test_p_of_one_way_alone_would_be_too_small() -> None:
    """The maximum over many ways is what chance must reach, so more ways raise p."""
    logits = np.random.default_rng(3).normal(0, 1, (40, 30))
    best = logits[[np.argmax(aucs(logits, FAKE))]]
    assert permutation_p(best, FAKE, 0) < 0.05 < permutation_p(logits, FAKE, 0)


def test_p_is_repeatable_and_never_zero() -> None:
    """The labels at hand are one of the permutations."""
    perfect = np.where(FAKE, 1.0, -1.0)[None]
    assert permutation_p(perfect, FAKE, 0, permutations=99) == permutation_p(perfect, FAKE, 0, permutations=99) == 0.01
