"""LIME is the lime package's own regression, on the game's coalitions."""

from __future__ import annotations

import numpy as np
import pytest
from engines import constant, linear, planted, planted_view, weights_of

from xaifake.errors import UsageError
from xaifake.explainers.lime import Lime
from xaifake.game.region_game import new_game

pytestmark = pytest.mark.slow


def test_coalitions_are_those_of_lime() -> None:
    """The whole view first, then fair tosses: as many as there are calls."""
    asked = Lime(calls=2000).ask(30, seed=1)

    assert asked.shape == (2000, 30)
    assert asked.dtype == np.bool_
    assert asked[0].all()
    np.testing.assert_allclose(asked[1:].mean(axis=0), 0.5, atol=0.05)


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
    expected = (game.soft_masks()[..., None] * difference).sum(axis=(1, 2, 3))

    (attribution,) = Lime(calls=1000).explain(linear(), [game], seed=0)

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
