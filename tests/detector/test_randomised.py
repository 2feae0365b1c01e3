"""Copies of a detector with random weights: the detector itself stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import xaifake
from xaifake.detector.planted import SHAPES, Shape, planted_model, planted_picture

pytestmark = pytest.mark.keras

PICTURES = np.stack([planted_picture(seed).pixels for seed in range(3)]).astype(np.float32)


@pytest.mark.parametrize("major", [2, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_users_model_is_never_changed(shape: Shape, major: int) -> None:
    """Its weights' bytes and its answers are the same before and after, in every shape and both majors of Keras."""
    model = planted_model(major, shape)
    detector = xaifake.wrap_model(model, size=64)
    weights, logits = [weight.tobytes() for weight in model.get_weights()], detector.score(PICTURES)

    copy = detector.randomised(1.0, seed=0)

    assert copy is not None
    assert not np.allclose(logits, copy.score(PICTURES))
    assert not np.allclose(detector.tap(PICTURES).gradients, copy.tap(PICTURES).gradients)
    assert weights == [weight.tobytes() for weight in model.get_weights()]
    np.testing.assert_array_equal(logits, detector.score(PICTURES))


def test_a_share_of_nothing_is_the_same_detector() -> None:
    """The copy's logits, taps and gradients are the trained ones."""
    detector = xaifake.wrap_model(planted_model(shape="nested"))

    copy = detector.randomised(0.0, seed=0)

    assert copy is not None
    np.testing.assert_array_equal(detector.score(PICTURES), copy.score(PICTURES))
    np.testing.assert_array_equal(detector.tap(PICTURES).gradients, copy.tap(PICTURES).gradients)
    np.testing.assert_array_equal(detector.gradient(PICTURES)[1], copy.gradient(PICTURES)[1])


def test_layers_are_randomised_from_the_score_backwards() -> None:
    """A third of the three layers with weights is the last one: what comes before it is as it was trained."""
    detector = xaifake.wrap_model(planted_model(shape="twice nested"))
    third, all_of_them = detector.randomised(1 / 3, seed=1), detector.randomised(1.0, seed=1)

    assert third is not None
    assert all_of_them is not None
    trained = detector.tap(PICTURES).activations
    np.testing.assert_array_equal(trained, third.tap(PICTURES).activations)
    assert not np.allclose(trained, all_of_them.tap(PICTURES).activations)


def test_a_seed_draws_the_same_weights_again() -> None:
    """Two copies of one seed agree to the bit, and of another seed they do not."""
    detector = xaifake.wrap_model(planted_model())
    first, again, other = (detector.randomised(1.0, seed) for seed in (3, 3, 4))

    assert first is not None
    assert again is not None
    assert other is not None
    np.testing.assert_array_equal(first.score(PICTURES), again.score(PICTURES))
    assert not np.allclose(first.score(PICTURES), other.score(PICTURES))


def test_a_detector_that_onnx_runtime_scores_is_randomised_too(tmp_path: Path) -> None:
    """What was opened without TensorFlow is loaded for its copy, and scores on as before."""
    planted_model(shape="nested").save(tmp_path / "model.keras")
    xaifake.load_detector(tmp_path / "model.keras", runtime="onnxruntime")
    opened = xaifake.load_detector(tmp_path / "model.keras", runtime="onnxruntime")
    logits = opened.score(PICTURES)

    copy = opened.randomised(1.0, seed=0)

    assert copy is not None
    assert "tensorflow" in copy.runtime
    assert not np.allclose(logits, copy.score(PICTURES))
    assert "onnxruntime" in opened.runtime
    np.testing.assert_array_equal(logits, opened.score(PICTURES))


def test_a_function_without_weights_has_no_copy() -> None:
    """There is nothing to be drawn anew."""
    from xaifake.detector.engine import Detector
    from xaifake.records import Contract, ModelFile

    detector = Detector(
        lambda batch: batch[:, 0, 0, :1], Contract((64, 64), head="logit"), ModelFile("function", "", "", None)
    )

    assert detector.randomised(1.0, seed=0) is None
