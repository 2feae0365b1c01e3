"""Error rates: scikit-learn's numbers, honest intervals, and nothing said where nothing is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics

from xaifake.audit.statistics import performance_of
from xaifake.records import Interval

NINE = np.array([True] * 9 + [False] * 9)


@st.composite
def labelled_scores(draw: st.DrawFn) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Five to forty pictures of either class with coarse scores, so that there are ties."""
    fakes, reals = draw(st.integers(5, 40)), draw(st.integers(5, 40))
    steps = draw(st.integers(1, 60))
    scores = draw(st.lists(st.integers(0, steps), min_size=fakes + reals, max_size=fakes + reals))
    return np.arange(fakes + reals) < fakes, np.array(scores) / steps


@pytest.mark.slow
@settings(max_examples=25)
@given(labelled_scores())
def test_the_estimates_are_those_of_scikit_learn(drawn: tuple[NDArray[np.bool_], NDArray[np.float64]]) -> None:
    """Ties and all."""
    fake, p_fake = drawn
    called = p_fake >= 0.5
    found = performance_of(fake, p_fake, 0.5, seed=0)
    assert found is not None
    expected = {
        "accuracy": metrics.accuracy_score(fake, called),
        "balanced_accuracy": metrics.balanced_accuracy_score(fake, called),
        "recall": metrics.recall_score(fake, called),
        "specificity": metrics.recall_score(~fake, ~called),
        "f1": metrics.f1_score(fake, called),
        "auc": metrics.roc_auc_score(fake, p_fake),
        "average_precision": metrics.average_precision_score(fake, p_fake),
        "brier": metrics.brier_score_loss(fake, p_fake),
    }
    if called.any():
        expected["precision"] = metrics.precision_score(fake, called)
    assert expected == pytest.approx({name: found.rates[name].value for name in expected})
    assert ("precision" in found.rates) == called.any()


@pytest.mark.slow
@settings(max_examples=25)
@given(labelled_scores())
def test_every_interval_holds_its_estimate_and_lies_in_0_to_1(drawn: tuple[NDArray[np.bool_], NDArray[np.float64]]) -> None:
    """Whatever the scores, also where no error was seen."""
    found = performance_of(*drawn, 0.5, seed=0)
    assert found is not None
    for name, rate in found.rates.items():
        assert 0 <= rate.low <= rate.value <= rate.high <= 1, name


def test_the_equal_error_rate_is_where_misses_are_as_frequent_as_alarms() -> None:
    """One of ten fakes below, one of ten reals above: 10 %."""
    fake = np.arange(20) < 10
    p_fake = np.r_[0.1, np.full(9, 0.9), np.full(9, 0.2), 0.95]
    found = performance_of(fake, p_fake, 0.5, seed=0)
    assert found is not None
    assert found.rates["equal_error_rate"].value == pytest.approx(0.1)


def test_that_no_error_was_seen_makes_no_interval_a_point() -> None:
    """Nine of nine right is compatible with a good share of errors, and every rate says so."""
    found = performance_of(NINE, np.where(NINE, 0.9, 0.1), 0.5, seed=0)
    assert found is not None
    for name in ("accuracy", "balanced_accuracy", "precision", "recall", "f1", "auc", "average_precision"):
        assert found.rates[name].value == 1
        assert 0.6 < found.rates[name].low < 0.85, name
    assert 0.15 < found.rates["equal_error_rate"].high < 0.3


def test_a_reversed_detector_is_no_surer_than_a_right_one() -> None:
    """Every real picture above every fake: AUC 0 and an equal error rate of 1, with the intervals of their mirror image."""
    found = performance_of(NINE, np.where(NINE, 0.1, 0.9), 0.5, seed=0)
    right = performance_of(NINE, np.where(NINE, 0.9, 0.1), 0.5, seed=0)
    assert found is not None
    assert right is not None
    assert found.rates["auc"].high == pytest.approx(1 - right.rates["auc"].low)
    assert found.rates["equal_error_rate"].low == pytest.approx(1 - right.rates["equal_error_rate"].high)


def test_constant_scores_tell_nothing_and_break_nothing() -> None:
    """AUC one half; no precision, since nothing was called FAKE; no rule chooses a threshold."""
    found = performance_of(NINE, np.full(18, 0.3), 0.5, seed=0)
    assert found is not None
    assert found.rates["auc"].value == 0.5
    assert "precision" not in found.rates
    assert [one.rule for one in found.thresholds] == ["contract"]


def test_pictures_of_one_class_give_the_rates_of_that_class() -> None:
    """No accuracy, which would be recall by another name; false alarms only where there are real pictures."""
    fakes = performance_of(np.ones(4, bool), np.array([0.2, 0.6, 0.7, 0.8]), 0.5, seed=0)
    reals = performance_of(np.zeros(4, bool), np.array([0.2, 0.6, 0.7, 0.8]), 0.5, seed=0)
    assert fakes is not None
    assert reals is not None
    assert {name: rate.value for name, rate in fakes.rates.items()} == {"recall": 0.75, "false_negative_rate": 0.25}
    assert {name: rate.value for name, rate in reals.rates.items()} == {"specificity": 0.25, "false_positive_rate": 0.75}
    assert fakes.roc is reals.roc is None
    assert not fakes.false_alarms
    assert reals.false_alarms_at(0.65).share.value == 0.75


@pytest.mark.parametrize("p_fake", [[], [np.nan]])
def test_without_a_labelled_score_there_is_nothing(p_fake: list[float]) -> None:
    """None, not zeros."""
    assert performance_of(np.ones(len(p_fake), bool), np.array(p_fake), 0.5, seed=0) is None


def test_pictures_without_a_score_are_left_out() -> None:
    """They change no rate and are in no count."""
    fake, p_fake = NINE, np.linspace(0.9, 0.1, 18)
    more = performance_of(np.r_[fake, True, False], np.r_[p_fake, np.nan, np.nan], 0.5, seed=0)
    assert performance_of(fake, p_fake, 0.5, seed=0) == more


def test_one_picture_of_either_class_is_enough_for_no_crash() -> None:
    """Rates that need resampling are left out; the others are nearly all of 0..1 wide."""
    found = performance_of(np.array([True, False]), np.array([0.9, 0.1]), 0.5, seed=0)
    assert found is not None
    assert not {"equal_error_rate", "brier", "calibration_error"} & found.rates.keys()
    assert found.rates["recall"].high - found.rates["recall"].low > 0.7
    assert found.rates["auc"].low < 0.3


def test_the_seed_decides_and_nothing_else() -> None:
    """The same seed gives the same record; another moves only what is drawn."""
    random = np.random.default_rng(1)
    fake = np.arange(60) < 30
    p_fake = np.clip(random.normal(0.4 + 0.2 * fake, 0.2), 0, 1)
    first, again, other = (performance_of(fake, p_fake, 0.5, seed) for seed in (3, 3, 4))
    assert first == again
    assert first is not None
    assert other is not None
    assert first.rates["brier"] != other.rates["brier"]
    assert first.rates["accuracy"] == other.rates["accuracy"]
    assert replace(first, rates={}, calibration_by_chance=None, thresholds=()) == replace(
        other, rates={}, calibration_by_chance=None, thresholds=()
    )


@pytest.mark.slow
def test_grouped_scores_give_the_intervals_of_single_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a thousand distinct scores neighbours are resampled together: ends of intervals move by less than 0.002."""
    random = np.random.default_rng(2)
    fake = np.arange(5000) < 2000
    p_fake = 1 / (1 + np.exp(-random.normal(np.where(fake, 1.0, -1.0), 1.5)))
    grouped = performance_of(fake, p_fake, 0.5, seed=0)
    monkeypatch.setattr("xaifake.audit.statistics.resampling.STEPS", 5000)
    single = performance_of(fake, p_fake, 0.5, seed=0)
    assert grouped is not None
    assert single is not None
    for name in ("equal_error_rate", "brier", "calibration_error"):
        assert _ends(single.rates[name]) == pytest.approx(_ends(grouped.rates[name]), abs=0.002), name


def _ends(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high
