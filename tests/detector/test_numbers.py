"""Detectors of half precision, saturated ones, and ones whose numbers are not finite: finite logits, or one sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from engines import view_of

from xaifake.detector.engine import Detector
from xaifake.detector.runtime import keras, tensorflow
from xaifake.errors import NumbersError
from xaifake.explainers.gradcam import GradCAM
from xaifake.explainers.scorecam import ScoreCAM
from xaifake.game.region_game import new_game
from xaifake.records import Contract, ModelFile, Omission

pytestmark = pytest.mark.keras

SIDE = 8
FILE = ModelFile("numbers", "0" * 64, "in memory", 3)
DARK, BRIGHT = np.zeros((2, SIDE, SIDE, 3), np.float32) + np.float32([0, 255])[:, None, None, None]


def detector_of(model: Any, **fields: Any) -> Detector:
    return Detector(model, Contract((SIDE, SIDE), **{"head": "unknown", **fields}), FILE)


def mean_model(major: int, policy: str, scale: float, bias: float) -> Any:
    """The sigmoid of scale · the picture's mean + bias, in the given precision."""
    k = keras(major)
    layers, precision = k.layers, {"dtype": policy}
    picture = k.Input((SIDE, SIDE, 3))
    pooled = layers.GlobalAveragePooling2D(**precision)(picture)
    model = k.Model(picture, layers.Dense(1, activation="sigmoid", **precision)(pooled))
    model.set_weights([np.full((3, 1), scale / 3), np.full(1, bias)])
    return model


def by_formula(formula: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """A detector of the picture's mean, without layers; TensorFlow comes first."""
    tf = tensorflow()
    return lambda batch: formula(tf, tf.reduce_mean(batch, axis=(1, 2, 3))[:, None])


@pytest.mark.parametrize("major", [2, 3])
@pytest.mark.parametrize("policy", ["float16", "bfloat16", "mixed_float16", "mixed_bfloat16", "float64"])
def test_a_saturated_head_of_any_precision_has_its_logit(policy: str, major: int) -> None:
    """Probabilities are exactly 0 and 1; logits are read before them, as float32, and so is their gradient."""
    detector = detector_of(mean_model(major, policy, 2000, -1000))

    logits, gradients = detector.gradient(np.stack([DARK, BRIGHT]))

    assert np.float32 == logits.dtype
    np.testing.assert_allclose(logits, [-1000, 1000], rtol=0.01)
    np.testing.assert_allclose(gradients.sum(axis=(1, 2, 3)) * 255, 2000, rtol=0.02)


def test_what_is_no_probability_is_refused() -> None:
    """A hidden head that is said to be a sigmoid and gives logits would pass for a sure detector, were it clipped."""
    detector = detector_of(by_formula(lambda _, mean: 5 * mean - 2), head="sigmoid")

    with pytest.raises(NumbersError, match=r"range and head\. Received: numbers"):
        detector.score(BRIGHT[None])


def test_a_hidden_probability_of_0_or_1_is_told_by_the_clip() -> None:
    """Its logit is gone: 16 stands for it, by rounding of float32."""
    detector = detector_of(by_formula(lambda _, mean: mean), head="sigmoid")

    np.testing.assert_allclose(detector.score(np.stack([DARK, BRIGHT])), [-16.1, 16.0], atol=0.1)


def test_layers_without_a_gradient_leave_the_methods_of_layers_silent() -> None:
    """A score that is cut off from its layers is explained by masks; Grad-CAM and Score-CAM say why they are not there."""
    k = keras(3)
    picture = k.Input((SIDE, SIDE, 3))
    evidence = k.layers.GlobalAveragePooling2D()(k.layers.Conv2D(1, 3, name="evidence")(picture))
    detector = detector_of(k.Model(picture, k.ops.stop_gradient(evidence)), head="logit")
    game = new_game(view_of(BRIGHT), regions=4)

    for explainer in (GradCAM(), ScoreCAM()):
        (answer,) = explainer.explain(detector, [game], 0)
        assert isinstance(answer, Omission)
        assert "does not depend on that layer" in answer.reason
