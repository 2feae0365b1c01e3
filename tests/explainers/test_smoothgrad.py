"""SmoothGrad equals tf-keras-vis' saliency of the logit where that works, and says what a change of pixels would do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xaifake.detector.engine import Detector
from xaifake.detector.planted import SIZE, planted_model, planted_picture
from xaifake.errors import UsageError
from xaifake.explainers.smoothgrad import SmoothGrad
from xaifake.game.region_game import RegionGame, new_game
from xaifake.records import Box, Contract, Face, ModelFile, Picture, View

FILE = ModelFile("planted", "0" * 64, "in memory", 3)


def game_of(pixels: Any) -> RegionGame:
    face = Face(Picture("planted", pixels, ""), Box(0, 0, SIZE, SIZE), "whole")
    return new_game(View(face, pixels.astype(np.float32)))


@pytest.mark.keras
@pytest.mark.filterwarnings("ignore:.*scipy.ndimage:DeprecationWarning")  # tf-keras-vis imports a SciPy namespace that goes
@pytest.mark.filterwarnings(r"ignore:[\s\S]*structure of `inputs`:UserWarning")  # tf-keras-vis feeds a list to one input
@pytest.mark.parametrize("shape", ["flat", "nested"])
def test_bare_sensitivity_agrees_with_tf_keras_vis(shape: Any) -> None:
    """One sample without noise is tf-keras-vis' saliency map of the logit, in logits per grey level."""
    from tf_keras_vis.saliency import Saliency

    model = planted_model(shape=shape, head="logit")
    pixels = planted_picture().pixels
    expected = Saliency(model, clone=False)(lambda output: output[:, 0], pixels / np.float32(255), normalize_map=False)

    (attribution,) = SmoothGrad(samples=1, noise=0, sensitivity=True).explain(
        Detector(model, Contract((SIZE, SIZE), head="logit"), FILE), [game_of(pixels)], seed=0
    )

    np.testing.assert_allclose(attribution.values, np.asarray(expected)[0] / 255, atol=1e-4 * attribution.values.max())
    assert attribution.unit == "logit per grey level"
    assert not attribution.is_empty


@pytest.mark.keras
def test_without_noise_the_pixels_add_up_to_the_first_order_change() -> None:
    """On a detector that is linear around the view, the map sums to the logit's slope along the step from the fill."""
    pixels = planted_picture().pixels
    game = game_of(pixels)
    detector = Detector(planted_model(shape="nested"), Contract((SIZE, SIZE), head="sigmoid"), FILE)

    (attribution,) = SmoothGrad(samples=1, noise=0).explain(detector, [game], seed=0)
    step = 1e-3 * (game.view.pixels - game.fill)
    full, less = detector.score(np.stack([game.view.pixels, game.view.pixels - step]))

    assert attribution.values.sum() == pytest.approx((full - less) / 1e-3, rel=0.02)


@pytest.mark.parametrize("options", [{"samples": 0}, {"noise": -0.1}])
def test_senseless_options_are_refused(options: dict[str, Any]) -> None:
    """No samples and negative noise are named in the refusal."""
    with pytest.raises(UsageError, match="at least one sample"):
        SmoothGrad(**options)
