"""Estimates of Shapley values: exact where they can be, with errors as large as they say, and helped by a smooth model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.errors import UsageError
from xaifake.explainers._gaussian import smooth
from xaifake.explainers._sampled import adjusted, estimate
from xaifake.explainers._shapley import exact
from xaifake.explainers.shap import kernel_shap
from xaifake.game.coalitions import every, paired

pytestmark = pytest.mark.slow


def played(logits: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The logits of those coalitions, of a game whose every logit is given in the order of `every`."""
    return logits[asked @ (1 << np.arange(asked.shape[1]))]


def saturated(players: int, seed: int = 0) -> np.ndarray:
    """The logits of a game whose players interact, in pairs and beyond: a saturating sum with pairs, and some noise."""
    random = np.random.default_rng(seed)
    table = every(players).astype(float)
    pairs = np.einsum("ni,ij,nj->n", table, random.normal(size=(players, players)), table)
    total = table @ random.normal(size=players) + pairs
    return np.tanh(total / total.std()) + random.normal(0, 0.1, 2**players)


@settings(max_examples=20)
@given(players=st.integers(1, 9), seed=st.integers(0, 99))
def test_all_pairs_give_the_exact_values(players: int, seed: int) -> None:
    """With every coalition asked the estimate is no estimate, and its errors vanish."""
    logits = np.random.default_rng(seed).normal(size=2**players)
    asked = paired(players, 2**players, seed)

    found = estimate(asked, played(logits, asked), seed)

    np.testing.assert_allclose(found.values, exact(logits)[0], atol=1e-9)
    np.testing.assert_allclose(found.errors, 0, atol=1e-9)


@settings(max_examples=20)
@given(seed=st.integers(0, 99))
def test_estimates_add_up(seed: int) -> None:
    """Efficiency holds for estimates and their bootstraps, and one seed gives one answer."""
    logits = saturated(10, seed)
    asked = paired(10, 100, seed)

    found, again = (estimate(asked, played(logits, asked), seed) for _ in range(2))

    assert found.values.sum() == pytest.approx(logits[-1] - logits[0], abs=1e-9)
    np.testing.assert_allclose(found.replicas.sum(axis=1), logits[-1] - logits[0], atol=1e-9)
    assert found.replicas.tobytes() == again.replicas.tobytes()


def test_pairs_of_players_need_few_calls() -> None:
    """A game whose players interact in pairs only is solved exactly by 50 of 4096 calls, and the errors say so."""
    random = np.random.default_rng(2)
    table = every(12).astype(float)
    logits = table @ random.normal(size=12) + np.einsum("ni,ij,nj->n", table, random.normal(size=(12, 12)), table)
    asked = paired(12, 50, 0)

    found = estimate(asked, played(logits, asked), 0)

    np.testing.assert_allclose(found.values, exact(logits)[0], atol=1e-9)
    assert found.errors.max() < 1e-9


@pytest.mark.parametrize("calls", [100, 400])
@pytest.mark.slow
def test_errors_are_as_large_as_they_say(calls: int) -> None:
    """Or a little larger: over 30 draws, at least 68 % of the values lie within one standard error of the exact ones, and at
    least 95 % within 1.96, and not nearly all within one.
    """
    logits = saturated(10)
    true = exact(logits)[0]
    off = []
    for seed in range(30):
        asked = paired(10, calls, seed)
        found = estimate(asked, played(logits, asked), seed)
        off.append(np.abs(found.values - true) / found.errors)

    assert 0.66 < np.mean(np.array(off) < 1) < 0.85
    assert np.mean(np.array(off) < 1.96) > 0.94


@pytest.mark.slow
def test_four_times_the_calls_halve_the_error() -> None:
    """At least: what is asked without repeats runs out."""
    logits = saturated(12)
    true = exact(logits)[0]

    def error(calls: int) -> float:
        asked = [paired(12, calls, seed) for seed in range(20)]
        return float(np.mean([np.abs(estimate(rows, played(logits, rows), 0).values - true) for rows in asked]))

    assert error(800) < 0.6 * error(200)


@pytest.mark.slow
def test_a_smooth_game_is_found_by_its_model() -> None:
    """Where players saturate together without noise, the model's help takes more than a third off Kernel SHAP's error."""
    logits = np.tanh(every(12) @ np.random.default_rng(0).normal(size=12) / 2)
    true = exact(logits)[0]
    alone, helped = [], []
    for seed in range(20):
        asked = paired(12, 256, seed)
        answers = played(logits, asked)
        alone.append(np.linalg.norm(kernel_shap(asked, answers) - true))
        helped.append(np.linalg.norm(estimate(asked, answers, seed).values - true))

    assert np.mean(helped) < np.mean(alone) / 1.5


def test_a_model_that_does_not_help_is_left_out() -> None:
    """An additive game is Kernel SHAP's own: its logits are handed on as they are."""
    asked = paired(12, 100, 0)
    logits = asked @ np.arange(12.0)

    modelled, left = adjusted(asked, logits)

    assert not modelled.any()
    np.testing.assert_array_equal(left, logits)


def test_the_models_values_are_those_of_its_game() -> None:
    """A game of the model's own kind is found from 40 of 64 answers: its values nearly, by their definition, and the answers
    that it was not fitted to.
    """
    asked = paired(6, 40, 0)
    rows = np.where(every(6), 1.0, -1.0)
    logits = np.sinh(rows @ np.array([0.2, -0.1, 0.3, 0.05, 0.4, -0.2]))

    model = smooth(asked, played(logits, asked))

    np.testing.assert_allclose(model.values, exact(logits)[0], atol=0.01)
    np.testing.assert_allclose(model.odd[1:], played(logits, asked)[3::2], atol=0.1 * np.ptp(logits))


@pytest.mark.slow
def test_shap_agrees() -> None:
    """The shap package's least squares on the same coalitions finds what the estimate finds, to 1e-6."""
    for players, calls in ((6, 40), (10, 200), (30, 128)):
        asked = paired(players, calls, 3)
        logits = asked @ np.arange(float(players)) + np.random.default_rng(0).normal(size=len(asked))
        modelled, left = adjusted(asked, logits)

        np.testing.assert_allclose(modelled + kernel_shap(asked, left), estimate(asked, logits, 0).values, atol=1e-6)


def test_too_few_calls_are_refused() -> None:
    """The refusal says how many will do, and so many do."""
    asked = paired(50, 90, 0)
    with pytest.raises(UsageError, match=r"--calls 150 or more, or fewer --regions. Received: 90"):
        estimate(asked, np.zeros(len(asked)), 0)

    assert estimate(paired(50, 150, 0), np.zeros(150), 0).values.tolist() == [0.0] * 50
