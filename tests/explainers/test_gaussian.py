"""The smooth model of a game: its values are its own exactly, and it speaks of pairs that it has not seen."""

from __future__ import annotations

import numpy as np
import pytest

from xaifake.explainers import _gaussian
from xaifake.explainers._shapley import exact
from xaifake.game.coalitions import every, paired


def saturating(asked: np.ndarray) -> np.ndarray:
    """A game whose players interact in threes and more."""
    return 3 * np.tanh(asked @ np.linspace(-0.4, 0.9, asked.shape[1]))


def test_values_are_those_of_its_mean() -> None:
    """The integral gives what every coalition of a sum of hyperbolic sines gives."""
    random = np.random.default_rng(0)
    exponents, factors = random.normal(0, 0.3, (4, 7)), random.normal(size=4)
    payoffs = np.sinh(np.where(every(7), 1.0, -1.0) @ exponents.T) @ factors

    np.testing.assert_allclose(_gaussian._shapley(exponents, factors), exact(payoffs)[0], atol=1e-12)


def test_values_add_up() -> None:
    """They sum to the whole logit less the empty one."""
    asked = paired(10, 100, 0)
    logits = saturating(asked)

    assert _gaussian.smooth(asked, logits).values.sum() == pytest.approx(logits[1] - logits[0], abs=1e-9)


def test_pairs_beyond_the_first_are_predicted_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model is fitted to so many pairs, whatever the others are, and tells well what it was not shown."""
    monkeypatch.setattr(_gaussian, "PAIRS", 40)
    asked = paired(10, 300, 0)
    logits = saturating(asked)
    odd = (logits[1::2] - logits[0::2]) / 2

    told, alone = _gaussian.smooth(asked, logits), _gaussian.smooth(asked[:80], logits[:80])

    assert told.values.tolist() == alone.values.tolist()
    assert told.odd[:40].tolist() == alone.odd.tolist()
    assert np.square(told.odd[40:] - odd[40:]).mean() < 0.01 * np.square(odd[40:]).mean()


def test_a_constant_game_is_silent() -> None:
    """Nothing is made of nothing."""
    asked = paired(8, 60, 0)

    assert not _gaussian.smooth(asked, np.full(len(asked), 2.5)).values.any()
