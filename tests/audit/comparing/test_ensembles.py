"""What several detectors say together."""

from __future__ import annotations

import numpy as np
import pytest

from xaifake.audit.comparing.ensembles import ensembles_of, performances_of
from xaifake.audit.comparing.pairing import Truths
from xaifake.audit.statistics import delong, performance_of

FAKE = np.arange(200) < 100
TRUTHS = Truths(np.ones(200, bool), FAKE)


def logits(*leads: float, seed: int = 0) -> np.ndarray:
    """Detectors with noise of their own, better the larger their lead."""
    random = np.random.default_rng(seed)
    return np.stack([random.normal(size=200) + lead * (FAKE - 0.5) for lead in leads])


def test_the_mean_is_of_logits_less_each_ones_threshold() -> None:
    """A detector whose threshold is 0.9 calls FAKE only from there on, in the ensemble too."""
    both = np.array([[3.0, 1.0], [1.0, -2.0]])
    mean = ensembles_of(Truths(np.zeros(2, bool), np.zeros(2, bool)), both, [0.9, 0.5], seed=0)[0]
    assert mean.name == "mean"
    assert mean.logits == pytest.approx([(3 - np.log(9) + 1) / 2, (1 - np.log(9) - 2) / 2])


def test_half_of_the_votes_are_enough() -> None:
    """Four detectors: 0, 1, 2, 3 and 4 of them call it FAKE."""
    votes = np.where(np.arange(4)[:, None] < np.arange(5)[None, :], 1.0, -1.0)
    (_, vote) = ensembles_of(Truths(np.zeros(5, bool), np.zeros(5, bool)), votes, [0.5] * 4, seed=0)
    assert vote.name == "vote"
    assert [False, False, True, True, True] == vote.called.tolist()
    assert sorted(vote.logits) == vote.logits.tolist()


def test_two_detectors_do_not_vote() -> None:
    """Half of two is one."""
    assert ["mean", "stacked"] == [one.name for one in ensembles_of(TRUTHS, logits(1.0, 1.0), [0.5, 0.5], seed=0)]


@pytest.mark.slow
def test_detectors_with_noise_of_their_own_are_better_together() -> None:
    """The mean of three equal ones beats each of them; stacking finds out that a fourth is reversed."""
    every = np.concatenate([logits(1.0, 1.0, 1.0), logits(-2.0, seed=1)])
    rated = {one.name: one.performance.rates["auc"].value for one in _rated(every[:3])}
    single = max(one.rates["auc"].value for one in _singles(every[:3]))
    assert rated["mean"] > single
    assert stacked(every) > rated["mean"]


@pytest.mark.slow
def test_stacking_scores_no_picture_that_it_was_fitted_on() -> None:
    """Of detectors that know nothing it makes nothing, though five of them could be fitted to any labels."""
    found = [stacked(logits(*[0.0] * 5, seed=seed)) for seed in range(10)]
    assert np.mean(found) < 0.53


def test_what_one_detector_did_not_score_no_ensemble_scores() -> None:
    """The others' scores would be another ensemble."""
    every = logits(1.0, 1.0, 1.0)
    every[1, 7] = np.nan
    assert all(np.isnan(one.logits[7]) for one in ensembles_of(TRUTHS, every, [0.5] * 3, seed=0))


@pytest.mark.slow
def test_nothing_is_said_of_the_calibration_of_means_and_votes() -> None:
    """Their scores are no probabilities."""
    for one in _rated(logits(1.0, 1.0, 1.0)):
        assert ("brier" in one.performance.rates) == (one.name == "stacked")
        assert bool(one.performance.reliability) == (one.name == "stacked")


def test_without_labels_there_is_nothing_to_rate() -> None:
    """And nothing to stack."""
    truths = Truths(np.zeros(200, bool), FAKE)
    made = ensembles_of(truths, logits(1.0, 1.0), [0.5, 0.5], seed=0)
    assert ["mean"] == [one.name for one in made]
    assert () == performances_of(truths, made, seed=0)


def stacked(every: np.ndarray) -> float:
    """The area of the stacked ensemble."""
    (made,) = (one for one in ensembles_of(TRUTHS, every, [0.5] * len(every), seed=0) if one.name == "stacked")
    return float(delong(FAKE, made.logits).values[0])


def _rated(every: np.ndarray) -> tuple:
    return performances_of(TRUTHS, ensembles_of(TRUTHS, every, [0.5] * len(every), seed=0), seed=0)


def _singles(every: np.ndarray) -> list:
    return [performance_of(FAKE, 1 / (1 + np.exp(-one)), 0.5, 0) for one in every]
