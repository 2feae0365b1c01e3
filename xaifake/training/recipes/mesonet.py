"""MesoNet: two small networks for faces in compressed videos, to be trained, or to be filled with published weights.

The published weights were saved by Keras 2.1 without their model, score REAL high, and saw pictures that were resized by
nearest neighbour, ``--fake-when low --resize nearest``:
``xaifake explain meso4_df.weights.h5 face.png --builder xaifake.training.recipes.mesonet:meso4``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.records import Contract, Phase
from xaifake.training.recipes._heads import MOMENTUM, ended

LEAST = 32
"""Pixels, high or wide, of which the four poolings leave one cell."""


@dataclass(frozen=True)
class MesoNet:
    """Meso4 or MesoInception-4, with their convolutions, poolings and dense layers in the order of the authors' code.

    Source: Afchar et al. 2018, "MesoNet: a compact facial video forgery detection network", section III.

    Attributes:
        variant: meso4, of four plain convolutions, or mesoinception4, which begins with two modules of dilated ones.
        dropout: share of features left out in training, before each dense layer.
    """

    title: ClassVar[str] = "MesoNet"
    standardised: ClassVar[bool] = False
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "variant": ("meso4", "mesoinception4"),
        "dropout": (0.2, 0.5),
    }
    variant: Literal["meso4", "mesoinception4"] = "meso4"
    dropout: float = 0.5

    def __post_init__(self) -> None:
        if self.variant not in BEGINNINGS:
            raise UsageError(f"The variants of mesonet are {' and '.join(BEGINNINGS)}. Received: {self.variant}")
        if not 0 <= self.dropout < 1:
            raise UsageError(f"The dropout of mesonet is a share from 0 and below 1. Received: {self.dropout:g}")

    @property
    def contract(self) -> Contract:
        """Whole pictures at the paper's 256 × 256, averaged when they shrink, in 0..1."""
        return Contract((256, 256), resize="bilinear+antialias")

    def build(self, contract: Contract) -> Any:
        """(N, h, w, 1 or 3) → (N, 1); its dense layers fit that size alone.

        Raises:
            UsageError: a size that is less than the poolings take.
        """
        import keras
        from keras import layers

        height, width, channels = plugins.make("domain", contract.domain).shape(contract)
        if min(height, width) < LEAST:
            raise UsageError(f"mesonet takes pictures from {LEAST} × {LEAST} (--size). Received: {height} × {width}")
        picture = keras.Input((height, width, channels), name="picture")
        tensor = BEGINNINGS[self.variant](picture)
        tensor = _pooled(_convolved(tensor, 16, 5, "third"), 2, "third")
        tensor = _pooled(_convolved(tensor, 16, 5, "fourth"), 4, "fourth")
        tensor = layers.Dropout(self.dropout, name="grid_dropout")(layers.Flatten(name="flat")(tensor))
        tensor = layers.LeakyReLU(negative_slope=0.1, name="dense_relu")(layers.Dense(16, name="dense")(tensor))
        return ended(picture, tensor, self.dropout)

    def phases(self, model: Any) -> tuple[Phase, ...]:  # noqa: ARG002 - one phase, whatever the variant
        """All at once, at the paper's learning rate."""
        return (Phase("all", epochs=40, learning_rate=1e-3),)


def meso4() -> Any:
    """A fresh Meso4 for weights-only files: (N, 256, 256, 3) in 0..1 → (N, 1)."""
    return _published("meso4")


def mesoinception4() -> Any:
    """A fresh MesoInception-4 for weights-only files: (N, 256, 256, 3) in 0..1 → (N, 1)."""
    return _published("mesoinception4")


def _published(variant: Literal["meso4", "mesoinception4"]) -> Any:
    recipe = MesoNet(variant)
    return recipe.build(recipe.contract)


def _plain_beginning(picture: Any) -> Any:
    tensor = _pooled(_convolved(picture, 8, 3, "first"), 2, "first")
    return _pooled(_convolved(tensor, 8, 5, "second"), 2, "second")


def _inception_beginning(picture: Any) -> Any:
    tensor = _pooled(_inception(picture, (1, 4, 4, 2), "first"), 2, "first")
    return _pooled(_inception(tensor, (2, 4, 4, 2), "second"), 2, "second")


BEGINNINGS = {"meso4": _plain_beginning, "mesoinception4": _inception_beginning}


def _inception(tensor: Any, filters: tuple[int, int, int, int], name: str) -> Any:
    """One convolution of 1 × 1, beside three of 1 × 1 then 3 × 3 that reach over 3, 5 and 7 pixels."""
    from keras import layers

    branches = [_convolved(tensor, filters[0], 1, f"{name}_branch0")]
    for reach, count in enumerate(filters[1:], 1):
        inner = _convolved(tensor, count, 1, f"{name}_branch{reach}_inner")
        branches.append(_convolved(inner, count, 3, f"{name}_branch{reach}", dilation=reach))
    return layers.Concatenate(name=f"{name}_branches")(branches)


def _convolved(tensor: Any, filters: int, kernel: int, name: str, dilation: int = 1) -> Any:
    from keras import layers

    return layers.Conv2D(
        filters, kernel, dilation_rate=dilation, padding="same", activation="relu", name=f"{name}_convolution"
    )(tensor)


def _pooled(tensor: Any, pool: int, name: str) -> Any:
    from keras import layers

    tensor = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(tensor)
    return layers.MaxPooling2D(pool, padding="same", name=f"{name}_pool")(tensor)
