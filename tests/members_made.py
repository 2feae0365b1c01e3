"""Small detectors of every kind that an ensemble may have as a member."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from small_models import randomised, with_backbone

from xaifake import wrap_model
from xaifake.detector.engine import Detector
from xaifake.detector.runtime import keras
from xaifake.training.ensembles.ensembling import ensemble
from xaifake.training.ensembles.writing import Kept, keep_ensemble
from xaifake.training.keeping import Outputs

SIDE = 16
CLOSE = 1e-5


def pictures(side: int = SIDE, count: int = 3) -> list[NDArray[np.uint8]]:
    """Noise."""
    return list(np.random.default_rng(1).integers(0, 256, (count, side, side, 3), np.uint8))


def net(k: Any, end: Callable[[Any], Any], *, side: int = SIDE, channels: int = 3, seed: int = 0) -> Any:
    """A small network with an end of its own; names of its layers are those of every other such network."""
    x = k.Input((side, side, channels))
    y = k.layers.Conv2D(4, 3, activation="relu", name="evidence")(x)
    y = k.layers.GlobalAveragePooling2D()(k.layers.BatchNormalization(name="norm")(y))
    return randomised(k.Model(x, end(y)), seed)


def cnn(side: int = SIDE, seed: int = 0, **fields: Any) -> Detector:
    """As recipes end."""
    k = keras(3)
    model = net(
        k, lambda y: k.layers.Activation("sigmoid", name="p_fake")(k.layers.Dense(1, name="logit")(y)), side=side, seed=seed
    )
    return wrap_model(model, size=side, **fields)


def of_frequencies(seed: int = 0, **fields: Any) -> Detector:
    """A CNN on coefficients of grey."""
    k = keras(3)
    model = net(k, lambda y: k.layers.Dense(1, activation="sigmoid")(y), channels=1, seed=seed)
    stated = {"channels": "grey", "range": (0, 255), "size": SIDE, "domain": "dct:log:epsilon=1", **fields}
    return wrap_model(model, **stated)


def statistics(path: Path) -> str:
    """A file of them."""
    random = np.random.default_rng(2)
    np.savez(path, mean=random.normal(0, 1, (SIDE, SIDE)), std=random.uniform(0.5, 2, (SIDE, SIDE)))
    return str(path)


def softmax_of_three(k: Any) -> Detector:
    model = net(k, k.layers.Dense(3, activation="softmax"), seed=1)
    return wrap_model(model, size=SIDE, range=(-1, 1), channels="bgr", fake_index=(0, 2))


def operator_sigmoid(k: Any) -> Detector:
    model = net(k, lambda y: k.ops.sigmoid(k.layers.Dense(1)(y)), channels=1, seed=2)
    return wrap_model(model, size=SIDE, channels="grey", fake_when="low")


def two_logits(k: Any) -> Detector:
    return wrap_model(net(k, k.layers.Dense(2), seed=3), size=SIDE, head="logit", mean=(0.4, 0.5, 0.6), std=(0.2, 0.3, 0.4))


def nested_softmax(k: Any) -> Detector:
    inner = net(k, lambda y: k.layers.Softmax()(k.layers.Dense(2)(y)), seed=4)
    return wrap_model(k.Sequential([k.Input((SIDE, SIDE, 3)), inner, k.layers.Identity()]), size=SIDE)


def nested_backbone(k: Any) -> Detector:
    return wrap_model(randomised(with_backbone(k), 5), size=SIDE)


def convolution_at_the_end(k: Any) -> Detector:
    def end(y: Any) -> Any:
        return k.layers.Flatten()(k.layers.Conv2D(1, 1, activation="sigmoid")(k.layers.Reshape((1, 1, 4))(y)))

    return wrap_model(net(k, end, seed=6), size=SIDE)


def two_sigmoids_of_keras_2(_: Any) -> Detector:
    k = keras(2)
    return wrap_model(net(k, k.layers.Dense(2, activation="sigmoid"), seed=7), size=SIDE, fake_index=0)


def nested_in_keras_2(_: Any) -> Detector:
    k = keras(2)
    inner = net(k, k.layers.Dense(1, activation="sigmoid"), seed=8)
    return wrap_model(k.Sequential([k.layers.InputLayer((SIDE, SIDE, 3)), inner]), size=SIDE)


def own_standardisation(_: Any) -> Detector:
    return of_frequencies(9, domain="dct:log:epsilon=1:standardise")


def part_of_the_frequencies(k: Any) -> Detector:
    model = net(k, k.layers.Dense(1, activation="sigmoid"), side=8, channels=3, seed=10)
    return wrap_model(model, size=SIDE, domain="dct:block=8", range=(0, 255), mean=3, std=100)


EVERY = [
    softmax_of_three,
    operator_sigmoid,
    two_logits,
    nested_softmax,
    nested_backbone,
    convolution_at_the_end,
    two_sigmoids_of_keras_2,
    nested_in_keras_2,
    own_standardisation,
    part_of_the_frequencies,
]


def kept(members: Mapping[str, Detector], folder: Path, **how: Any) -> Kept:
    """Made and written."""
    model, contract = ensemble(members, **how)
    return keep_ensemble(model, contract, members, Outputs(folder / "E.keras"))
