"""Detectors of the spectrum: a linear one, and a small CNN, on standardised logarithms of DCT coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from xaifake import plugins
from xaifake.domains.dct import Dct as Coefficients
from xaifake.errors import UsageError
from xaifake.records import Contract, Phase
from xaifake.training.recipes._heads import ended

VARIANTS = ("linear", "deep")
WIDTHS = (3, 8, 16, 32)
"""Filters of the deep variant's convolutions; each but the first and the last is followed by pooling."""
SMALLEST = 8
"""Rows and columns that pooling twice leaves something of."""
LINEAR_RATE = 10.0
"""The linear variant's learning rate times its weights. On kaggle_256 a tenth of it is still on its way after eight epochs
(validation loss 0.61), and this one is where the exact ridge regression is (0.54; AUC of either 0.80)."""


@dataclass(frozen=True)
class Dct:
    r"""A classifier of log(\|DCT\|) of grey, each coefficient standardised over the training pictures.

    Source: Frank et al. 2020, Leveraging Frequency Analysis for Deep Fake Image Recognition (arXiv 2003.08685), section 4
    and its code. ``linear`` is their regression with an L2 penalty (ridge): one weight a coefficient, so its weights are the
    spectrum that it looks for. ``deep`` is their CNN of four convolutions on the coefficients' plane, which keeps where on
    the plane, that is at which frequency, it saw something.

    Deviations: 256 pixels a side in place of 128, for shrinking takes away the fine frequencies in which upsampling leaves
    its traces; a logistic loss in place of the squared one; the weights of the linear variant start at 0, so what no picture
    asks for stays 0; the deep variant's last layer has the penalty too, and dropout.

    Attributes:
        variant: linear or deep.
        l2: the penalty on the last layer's weights, for the sum of their squares.
        dropout: share of the deep variant's features that are left out in training.
        block: so many rows and columns of the lowest frequencies; without it, all.
        epsilon: added to magnitudes before the logarithm, in grey levels. Frank et al. take 1e-12; magnitudes below the
            rounding of pixels are noise, and so are their logarithms.
    """

    title: ClassVar[str] = "DCT"
    standardised: ClassVar[bool] = True
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "variant": VARIANTS,
        "l2": (0.001, 0.01, 0.1),
        "block": (None, 128),
        "epsilon": (1e-12, 1.0),
    }

    variant: str = "linear"
    l2: float = 0.01
    dropout: float = 0.5
    block: int | None = None
    epsilon: float = 1.0

    def __post_init__(self) -> None:
        if self.variant not in VARIANTS:
            raise UsageError(
                f"The variants of dct are {' and '.join(VARIANTS)} (dct:variant=deep). Received: {self.variant}"
            )
        if self.l2 < 0:
            raise UsageError(f"The penalty of dct is a number from 0 (dct:l2=0.01). Received: l2={self.l2:g}")
        if not 0 <= self.dropout < 1:
            raise UsageError(
                f"dct leaves out a share from 0 to below 1 (dct:dropout=0.5). Received: dropout={self.dropout:g}"
            )

    @property
    def contract(self) -> Contract:
        """Whole pictures of 256 × 256, grey, in grey levels, as orthonormal log magnitudes."""
        domain = Coefficients(log=True, epsilon=self.epsilon, block=self.block)
        return Contract((256, 256), range=(0.0, 255.0), channels="grey", domain=plugins.spec_of(domain))

    def build(self, contract: Contract) -> Any:
        """The model for the coefficients that the contract's domain gives.

        Raises:
            UsageError: the deep variant has too few of them.
        """
        import keras
        from keras import layers, regularizers

        shape = plugins.make("domain", contract.domain).shape(contract)
        inputs = keras.Input(shape, name="coefficients")
        penalty = regularizers.L2(self.l2)
        if self.variant == "linear":
            flat = layers.Flatten(name="flat")(inputs)
            return ended(inputs, flat, 0, kernel_regularizer=penalty, kernel_initializer="zeros")
        if min(shape[:2]) < SMALLEST:
            raise UsageError(
                f"The deep variant of dct takes {SMALLEST} rows and columns of coefficients or more (--size, dct:block). "
                f"Received: {shape[0]} × {shape[1]}"
            )
        features = inputs
        for place, width in enumerate(WIDTHS):
            features = layers.Conv2D(width, 3, padding="same", activation="relu", name=f"convolution_{place + 1}")(features)
            if 0 < place < len(WIDTHS) - 1:
                features = layers.AveragePooling2D(2, name=f"pooled_{place}")(features)
        flat = layers.Flatten(name="flat")(features)
        return ended(inputs, flat, self.dropout, kernel_regularizer=penalty)

    def phases(self, model: Any) -> tuple[Phase, ...]:
        """One; the linear variant's steps are the smaller the more weights move the logit together."""
        rate = 1e-3 if self.variant == "deep" else min(1e-2, LINEAR_RATE / model.count_params())
        return (Phase("all", epochs=40, learning_rate=rate),)
