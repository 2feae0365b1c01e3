"""SavedModels: programs until the user's word, then logits without layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_models import expected_logits, saved, small, views

from xaifake.detector.loading import load_detector
from xaifake.detector.runtime import keras
from xaifake.errors import NotADetectorError, UnsafeModelError

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("major", [2, 3])
def test_a_saved_model_folder_is_a_program(major: int, tmp_path: Path) -> None:
    """A SavedModel of either major needs the user's word, and then gives the detector's logits."""
    model = small(keras(major))
    path = saved(model, tmp_path / "folder", **({"save_format": "tf"} if major == 2 else {}))
    with pytest.raises(UnsafeModelError, match="--allow-unsafe"):
        load_detector(path)
    detector = load_detector(path, allow_unsafe=True)
    np.testing.assert_allclose(detector.score(views()), expected_logits(model), atol=1e-4)


def test_an_exported_model_gives_logits_beyond_what_a_probability_can_hold(tmp_path: Path) -> None:
    """The logit is read before the exported sigmoid: 40 stays 40, where the probability is 1 in float32."""
    model = small(keras(3))
    model.get_layer("score").bias.assign([40.0])
    detector = load_detector(saved(model, tmp_path / "folder"), allow_unsafe=True)
    assert float(detector.score(views())[0]) > 35
    logits, gradient = detector.gradient(views())
    assert np.abs(gradient).max() > 0
    assert logits.shape == (3,)


def test_an_exported_model_has_no_layer_to_tap(tmp_path: Path) -> None:
    """Grad-CAM is refused in one sentence for a SavedModel without layers."""
    detector = load_detector(saved(small(keras(3)), tmp_path / "folder"), allow_unsafe=True)
    with pytest.raises(NotADetectorError):
        detector.tap(views())


def test_an_export_that_augments_at_random_is_refused(tmp_path: Path) -> None:
    """Keras 3 exports RandomFlip as it works in training: scores of such a file do not repeat."""
    k = keras(3)
    path = saved(small(k, k.layers.RandomFlip("horizontal")), tmp_path / "folder")
    with pytest.raises(NotADetectorError, match="at random"):
        load_detector(path, allow_unsafe=True)
