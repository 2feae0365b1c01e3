"""TensorFlow computes what NumPy computes, in float32, and its gradients are those of finite differences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xaifake import plugins
from xaifake.detector.engine import Detector
from xaifake.detector.runtime import keras
from xaifake.records import Contract, ModelFile

pytestmark = pytest.mark.keras

FILE = ModelFile("linear", "0" * 64, "in memory", 3)
SIZE = (21, 16)
SPECS = [
    "pixel",
    "dct",
    "dct:block=9",
    "dct:orthonormal=no:log",
    "dct:log:standardise",
    "dct:standardise:block=9",
    "dct:log:statistics=FILE:block=9",
]


def views() -> np.ndarray:
    """Noise (3, 21, 16, 3), in which no coefficient is 0."""
    return np.random.default_rng(1).uniform(0, 255, (3, *SIZE, 3)).astype(np.float32)


def case(spec: str, folder: Path, major: int, channels: str) -> tuple[Detector, np.ndarray]:
    """A detector whose logit is a weighted sum of its input, and the weights."""
    random = np.random.default_rng(2)
    np.savez(folder / "stored.npz", mean=random.normal(size=(9, 9)), std=random.uniform(1, 2, (9, 9)))
    contract = Contract(SIZE, range=(-1, 1), channels=channels, domain=spec.replace("FILE", str(folder / "stored.npz")))  # type: ignore[arg-type]
    shape = plugins.make("domain", contract.domain).shape(contract)
    layers = keras(major).layers
    dense = layers.Dense(1, use_bias=False)
    model = keras(major).Sequential(
        [keras(major).Input(shape), layers.Conv2D(1, 1, use_bias=False), layers.Flatten(), dense]
    )
    model.layers[0].set_weights([np.ones((1, 1, shape[2], 1), np.float32)])
    weights = random.normal(size=shape[:2]).astype(np.float32)
    dense.set_weights([weights.reshape(-1, 1)])
    return Detector(model, Contract(**{**vars(contract), "head": "logit"}), FILE), weights


def by_numpy(detector: Detector, plane: np.ndarray, weights: np.ndarray) -> np.ndarray:
    domain = plugins.make("domain", detector.contract.domain)
    encoded = np.asarray(domain.encode(plane, detector.contract, np), np.float64)
    return np.asarray((encoded.sum(axis=3) * weights).sum(axis=(1, 2)))


@pytest.mark.parametrize("channels", ["grey", "bgr"])
@pytest.mark.parametrize("major", [2, 3])
@pytest.mark.parametrize("spec", SPECS)
def test_scores_and_gradients_are_those_of_numpy(spec: str, major: int, channels: str, tmp_path: Path) -> None:
    """Each logit to 1e-4 of the largest; the plane's gradient against central differences in float64, in three places."""
    detector, weights = case(spec, tmp_path, major, channels)
    plane = detector.plane(views()).astype(np.float64)
    expected = by_numpy(detector, plane, weights)
    logits, gradients = detector.gradient(views())

    np.testing.assert_allclose(logits, expected, atol=1e-4 * np.abs(expected).max())
    np.testing.assert_allclose(detector.score(views()), logits, atol=1e-5 * np.abs(expected).max())
    assert (logits.dtype, gradients.dtype, gradients.shape) == (np.float32, np.float32, plane.shape)
    for place in [(0, 0, 0), (3, 5, 0), (8, 8, -1)]:
        step = np.zeros_like(plane)
        step[:, *place] = 1e-4 * np.abs(plane[:, *place]).max()
        slope = (by_numpy(detector, plane + step, weights) - by_numpy(detector, plane - step, weights)) / (
            2 * step[:, *place]
        )
        np.testing.assert_allclose(gradients[:, *place], slope, rtol=2e-3, atol=1e-3 * np.abs(gradients).max())


def test_nothing_is_switched_on_in_tensorflow(tmp_path: Path) -> None:
    """A detector of coefficients leaves TensorFlow's own rules as they are: no NumPy methods, no promotion of types."""
    from xaifake.detector.runtime import tensorflow

    case("dct:log:standardise", tmp_path, 3, "grey")[0].score(views())
    tf = tensorflow()
    assert not hasattr(tf.constant(1.0), "reshape")
    with pytest.raises(tf.errors.InvalidArgumentError):
        _ = tf.constant(1.0) + tf.constant(1.0, tf.float64)
