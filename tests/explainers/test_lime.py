"""LIME is the lime package's own regression, on the game's coalitions."""

from __future__ import annotations

import numpy as np
import pytest
from engines import constant, linear, planted, planted_view, weights_of

from xaifake.errors import UsageError
from xaifake.explainers.lime import Lime
from xaifake.game.coalitions import paired
from xaifake.game.region_game import new_game

pytestmark = pytest.mark.slow


def test_the_quick_estimate_is_limes_own() -> None:
    """What decides when to stop is the weights that lime's package finds, to 1e-9."""
    asked = paired(20, 100, 0)
    logits = asked @ np.arange(20.0) + 5 * asked[:, 0] * asked[:, 1]

    np.testing.assert_allclose(Lime().estimate(asked, logits, 0).values, Lime().solve(asked, logits, 0)[0], atol=1e-9)


def test_errors_are_as_large_as_they_say() -> None:
    """Or a little larger: over 60 draws, at least 68 % of the weights lie within one standard error of their mean, at least
    95 % within 1.96, and not nearly all within one.
    """
    worth = np.random.default_rng(0).normal(size=20)
    drawn = [paired(20, 256, seed) for seed in range(60)]
    found = [Lime().estimate(asked, np.tanh(asked @ worth / 2) + asked[:, 0] * asked[:, 5], 0) for asked in drawn]
    mean = np.mean([each.values for each in found], axis=0)

    off = np.array([np.abs(each.values - mean) / each.errors for each in found])

    assert 0.66 < np.mean(off < 1) < 0.85
    assert np.mean(off < 1.96) > 0.94


def test_the_fit_is_that_of_limes_image_explainer() -> None:
    """Stock lime on a picture whose pixels are the players gives the same weights, intercept and R²."""
    from lime.lime_image import LimeImageExplainer

    worth = np.random.default_rng(0).normal(size=9)
    asked: list[np.ndarray] = []

    def classify(images: np.ndarray) -> np.ndarray:
        rows = np.asarray(images)[:, :, :, 0].reshape(len(images), 9) > 0
        asked.append(rows)
        return (rows @ worth + 2 * rows[:, 0] * rows[:, 1])[:, None]

    stock = LimeImageExplainer(kernel_width=0.25, feature_selection="none", random_state=0, verbose=False).explain_instance(
        np.ones((3, 3, 3)),
        classify,
        labels=(0,),
        top_labels=None,
        hide_color=0,
        num_samples=300,
        segmentation_fn=lambda image: np.arange(9).reshape(3, 3),  # noqa: ARG005 - lime calls it so
    )
    coalitions = np.concatenate(asked)
    logits = (coalitions @ worth + 2 * coalitions[:, 0] * coalitions[:, 1]).astype(np.float64)

    values, diagnostics = Lime(calls=300).solve(coalitions, logits, seed=0)

    expected = dict(stock.local_exp[0])
    np.testing.assert_allclose(values, [expected[region] for region in range(9)], atol=1e-9)
    assert diagnostics["intercept"] == pytest.approx(stock.intercept[0])
    assert diagnostics["r2"] == pytest.approx(stock.score)


def test_an_additive_detector_is_nearly_recovered() -> None:
    """On a linear detector the weights are the regions' shares, a little shrunk by the ridge, and the fit is near 1."""
    game = new_game(planted_view(), regions=25)
    difference = (game.view.pixels - game.fill) * weights_of(0, game.view.pixels.shape[:2])
    expected = (game.soft_masks.summed(np.eye(game.players))[..., None] * difference).sum(axis=(1, 2, 3))

    (attribution,) = Lime(calls=1000, full=True).explain(linear(), [game], seed=0)

    np.testing.assert_allclose(attribution.region_values, expected, atol=0.03 * np.abs(expected).max())
    assert attribution.diagnostics["r2"] > 0.99


def test_a_constant_detector_is_fitted_by_its_own_score() -> None:
    """All weights are zero and the intercept is the score."""
    (attribution,) = Lime(calls=100).explain(constant(3.75), [new_game(planted_view(), regions=16)], seed=0)

    assert attribution.is_empty
    assert attribution.diagnostics["intercept"] == 3.75


def test_a_single_region_works() -> None:
    """One region gets a weight of the right sign, shrunk by the ridge."""
    (attribution,) = Lime().explain(planted(), [new_game(planted_view(), regions=1)], seed=0)

    assert attribution.region_values is not None
    assert attribution.region_values[0] > 0


def test_a_kernel_of_no_width_is_refused() -> None:
    """The refusal says what is accepted."""
    with pytest.raises(UsageError, match="above 0"):
        Lime(kernel_width=0)
