"""Small Keras detectors of either major, with random weights, and every way of saving them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from xaifake.detector.runtime import keras

SIDE = 16


def views() -> NDArray[np.float32]:
    """Three views of noise."""
    return np.random.default_rng(5).uniform(0, 255, (3, SIDE, SIDE, 3)).astype(np.float32)


def small(k: Any, *between: Any, head: str | None = "sigmoid") -> Any:
    """A small detector with layers of one's own in the middle, its weights random."""
    x = k.Input((SIDE, SIDE, 3))
    y = k.layers.Conv2D(4, 3, activation="relu", name="evidence")(x)
    for layer in between:
        y = layer(y)
    return randomised(k.Model(x, k.layers.Dense(1, activation=head, name="score")(k.layers.GlobalAveragePooling2D()(y))))


def randomised(model: Any, seed: int = 0) -> Any:
    """The same model with random weights, such that variances are positive and logits of order one."""
    rng = np.random.default_rng(seed)
    model.set_weights(
        [rng.normal(0.2, 0.4, w.shape) ** 2 + (w.ndim > 1) * rng.normal(0, 0.3, w.shape) for w in model.get_weights()]
    )
    return model


def saved(model: Any, path: Path, **options: Any) -> Path:
    """Save as the path's suffix says; a path without one is a folder, exported by Keras 3 or saved with options."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras' advice on formats
        if path.suffix or options:
            model.save(str(path), **options)
        else:
            model.export(str(path), verbose=False)
    return path


def weights_only(path: Path) -> Path:
    """A new-style weights file of a small Keras 3 model."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        small(keras(3)).save_weights(str(path))
    return path


def expected_logits(model: Any) -> NDArray[np.float32]:
    """The logits of a model with a sigmoid head, fed views scaled to [0, 1]."""
    p = np.asarray(model(views() / 255, training=False), np.float64)[:, 0]
    return np.asarray(np.log(p / (1 - p)), np.float32)


def legacy_weights(model: Any) -> Callable[[str], None]:
    """Save weights as Keras 2 saved them before ``.weights.h5``: the weights group of a whole model, on its own."""

    def save(path: str) -> None:
        model.save(path + ".whole.h5")
        with h5py.File(path + ".whole.h5") as whole, h5py.File(path, "w") as file:
            for name in whole["model_weights"]:
                whole.copy(f"model_weights/{name}", file)
            file.attrs.update(whole["model_weights"].attrs)

    return save


def with_backbone(k: Any) -> Any:
    """A head on a nested backbone of equal layers, whose weights could be swapped without any shape telling."""
    x = k.Input((SIDE, SIDE, 3))
    y = x
    for index in range(4):
        y = k.layers.BatchNormalization(name=f"norm{index}")(k.layers.Conv2D(3, 3, padding="same", name=f"conv{index}")(y))
    backbone = k.Model(x, y, name="backbone")
    z = k.Input((SIDE, SIDE, 3))
    return k.Model(z, k.layers.Dense(1, activation="sigmoid")(k.layers.GlobalAveragePooling2D()(backbone(z))))
