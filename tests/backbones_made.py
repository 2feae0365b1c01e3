"""A small backbone, and what models of transfer learning make of pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from small_models import randomised

from xaifake import plugins
from xaifake.detector.runtime import keras
from xaifake.records import Contract

SIDE = 32


def views(side: int = SIDE) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (2, side, side, 3)).astype(np.float32)


def encoded(contract: Contract, pixels: np.ndarray) -> np.ndarray:
    domain = plugins.make("domain", contract.domain)
    return np.asarray(domain.encode(domain.plane(pixels, contract, np), contract, np), np.float32)


def network(side: int | None = None) -> Any:
    """Two convolutions with batch norms, without a head."""
    k = keras(3)
    picture = k.Input((side, side, 3))
    tensor = picture
    for place in (1, 2):
        tensor = k.layers.Conv2D(4 * place, 3, strides=2, name=f"conv{place}")(tensor)
        tensor = k.layers.ReLU(name=f"relu{place}")(k.layers.BatchNormalization(name=f"norm{place}")(tensor))
    return randomised(k.Model(picture, tensor, name="network"))


def features(model: Any, pixels: np.ndarray) -> np.ndarray:
    """What a detector of this recipe pools."""
    pooling = keras(3).Model(model.inputs[0], model.get_layer("pooled").output)
    return pooling(pixels, training=False).numpy()


def pooled(model: Any, pixels: np.ndarray) -> np.ndarray:
    return model(pixels, training=False).numpy().mean((1, 2))
