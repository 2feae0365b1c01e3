"""Keras 2 in Keras 3: what is rebuilt computes the same, and what cannot be rebuilt is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_models import SIDE, randomised, small, views

from xaifake.detector.runtime import keras
from xaifake.errors import NotADetectorError
from xaifake.training.ensembles.porting import in_keras_3

pytestmark = pytest.mark.keras


def plain(k: Any) -> Any:
    return small(k, k.layers.BatchNormalization(), k.layers.LeakyReLU(0.1), k.layers.Dropout(0.3))


def separable(k: Any) -> Any:
    return small(k, k.layers.SeparableConv2D(4, 3), k.layers.DepthwiseConv2D(3))


def sequential(k: Any) -> Any:
    inner = [k.layers.Conv2D(4, 3, input_shape=(SIDE, SIDE, 3)), k.layers.Flatten(), k.layers.Dense(1)]
    return randomised(k.Sequential(inner))


def nested(k: Any) -> Any:
    return randomised(k.Sequential([k.layers.InputLayer((SIDE, SIDE, 3)), plain(k)]))


@pytest.mark.parametrize("make", [plain, separable, sequential, nested])
def test_a_model_of_keras_2_computes_the_same_in_keras_3(make: Any) -> None:
    """To the rounding of float32."""
    model = make(keras(2))
    rebuilt = in_keras_3(model, "m.h5")
    whole = keras(3).Model(rebuilt.inputs[0], rebuilt.outputs[0])  # whose one input is no list, as Keras 2 kept it
    expected, found = (np.asarray(one(views() / 255, training=False)) for one in (model, whole))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_model_of_keras_3_stays_itself() -> None:
    """Nothing is copied."""
    model = small(keras(3))
    assert model is in_keras_3(model, "m.keras")


def test_what_keras_3_cannot_read_is_refused_in_a_sentence() -> None:
    """An operator of TensorFlow as a layer, which Keras 3 does not know."""
    k = keras(2)
    x = k.Input((SIDE, SIDE, 3))
    model = k.Model(x, k.layers.Dense(1)(k.layers.Flatten()(x / 127.5 - 1)))
    with pytest.raises(NotADetectorError, match=r"save it with Keras 3\. Received: m\.h5"):
        in_keras_3(model, "m.h5")
