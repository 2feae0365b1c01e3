"""Weights without a model: put where their names say, or refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_models import SIDE, expected_logits, legacy_weights, randomised, saved, small, views, weights_only, with_backbone

from xaifake.detector.loading import load_detector
from xaifake.detector.loading.weights import keys
from xaifake.detector.runtime import keras
from xaifake.errors import ModelFileError, UsageError

pytestmark = pytest.mark.keras

BUILDER = """
def build():
    import {keras} as k
    x = k.Input(({side}, {side}, 3))
    y = k.layers.Conv2D(4, 3, activation="relu")(x)
    return k.Model(x, k.layers.Dense(1, activation="sigmoid")(k.layers.GlobalAveragePooling2D()(y)))
"""


@pytest.mark.parametrize("builder_major", [3, 2])
@pytest.mark.parametrize("file_major", [3, 2])
@pytest.mark.parametrize("name", ["w.weights.h5", "legacy.h5", "full.h5"])
def test_weights_are_put_into_the_builders_model(
    file_major: int, builder_major: int, name: str, tmp_path: Path, module: Callable[[str, str], str]
) -> None:
    """Weights files of either major, new and old, fill a model of either major; its contract comes from the model."""
    model = small(keras(file_major))
    path = tmp_path / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        {"w": model.save_weights, "legacy": legacy_weights(model), "full": model.save}[name.partition(".")[0]](str(path))
    source = BUILDER.format(keras="keras" if builder_major == 3 else "tf_keras", side=SIDE)
    named = module(f"builder_{file_major}{builder_major}_{name.partition('.')[0]}", source)
    detector = load_detector(path, builder=f"{named}:build")
    assert detector.contract.size == (SIDE, SIDE)
    np.testing.assert_allclose(detector.score(views()), expected_logits(model), atol=1e-4)


@pytest.mark.parametrize("major", [3, 2])
@pytest.mark.parametrize("frozen", [range(2), range(2, 8), range(9)])
def test_weights_saved_partly_frozen_are_not_swapped(major: int, frozen: range, tmp_path: Path) -> None:
    """Keras' old files order weights by what was trainable; matched by name, any freezing loads right."""
    model = with_backbone(keras(major))
    model = randomised(model, seed=2)
    for index in frozen:
        model.layers[1].layers[index].trainable = False
    path = tmp_path / "legacy.h5"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        legacy_weights(model)(str(path))
    detector = load_detector(path, builder=lambda: with_backbone(keras(major)))
    np.testing.assert_allclose(detector.score(views()), expected_logits(model), atol=1e-4)


def test_automatic_names_match_by_their_order() -> None:
    """Keras numbers unnamed layers by how many came before; the order of the numbers is what counts."""
    assert keys(["conv2d_10/kernel:0", "conv2d_9/kernel:0"]) == keys(["conv2d_1/kernel", "conv2d/kernel"])
    assert keys(["a/depthwise_kernel:0"]) == keys(["net/b/kernel"])


@pytest.mark.parametrize("kind", ["legacy", "new"])
def test_weights_of_another_architecture_are_refused(kind: str, tmp_path: Path) -> None:
    """A builder that returns another network gets one line."""
    k = keras(3)
    path = tmp_path / ("legacy.h5" if kind == "legacy" else "w.weights.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (legacy_weights(small(k)) if kind == "legacy" else small(k).save_weights)(str(path))
    with pytest.raises(ModelFileError) as refusal:
        load_detector(path, builder=lambda: with_backbone(k))
    assert "\n" not in str(refusal.value)


def test_weights_without_a_builder_say_what_to_pass(tmp_path: Path) -> None:
    """Weights alone are no model."""
    path = weights_only(tmp_path / "w.weights.h5")
    with pytest.raises(UsageError, match="--builder MODULE:FUNCTION"):
        load_detector(path)


def test_a_builder_for_a_whole_keras_file_is_refused(tmp_path: Path) -> None:
    """A .keras file holds its own model; a builder beside it would be ignored in silence."""
    with pytest.raises(UsageError, match="builder"):
        load_detector(saved(small(keras(3)), tmp_path / "m.keras"), builder="a:b")
