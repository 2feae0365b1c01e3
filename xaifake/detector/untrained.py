"""Detectors that have learnt nothing: networks of random weights, of which no explanation should be believed."""

from __future__ import annotations

from typing import Any

from xaifake.detector.planted import SIZE
from xaifake.detector.runtime import keras


def untrained_model(seed: int, major: int = 3) -> Any:
    """A small convolutional network as Keras makes it, before any training, of (SIZE, SIZE, 3) in 0..1 and one sigmoid."""
    k = keras(major)
    k.utils.set_random_seed(seed)
    steps: list[Any] = [k.Input((SIZE, SIZE, 3))]
    for channels in (16, 32, 64):
        steps += [k.layers.Conv2D(channels, 3, padding="same", activation="relu"), k.layers.MaxPooling2D()]
    return k.Sequential([*steps, k.layers.GlobalAveragePooling2D(), k.layers.Dense(1, activation="sigmoid")])
