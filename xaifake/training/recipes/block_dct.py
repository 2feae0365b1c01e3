"""A CNN whose first step is JPEG's: the DCT of each block, so that it sees which frequencies each place of a picture has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.domains.dct import cosines
from xaifake.errors import UsageError
from xaifake.records import Contract, Phase
from xaifake.training.recipes._heads import MOMENTUM, ended

SIDE = 8
"""Pixels of a block, as in JPEG."""
TRANSFORM = "block_dct"
"""The name of the layer whose weights stand still."""


@dataclass(frozen=True)
class BlockDct:
    r"""Convolutions over the blocks of 8 × 8 pixels, of which each is 64 numbers: log(\|DCT\| + 1), standardised.

    The whole picture's DCT (recipe ``dct``) tells which frequencies there are and not where; of a drawn face in a photograph
    most of them are the photograph's. Here each place has its own spectrum, and what is learned is what spectra go together.

    The transform is a convolution of fixed weights within the model, and the contract is one of pixels. So what explains the
    model lies on the face, and a cell of its grids is a square of blocks. Blocks lie on JPEG's own where views are the
    pictures as they are: whole, and of their own size.

    Attributes:
        width: numbers that each block's spectrum is first brought to; stages widen by half of it each.
        depth: stages of a 3 × 3 convolution and a pooling that halves rows and columns.
        dropout: share of features that are left out in training.
    """

    title: ClassVar[str] = "Block DCT"
    standardised: ClassVar[bool] = False
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "width": (16, 32, 48),
        "depth": (1, 2, 3),
        "dropout": (0.2, 0.4, 0.6),
    }

    width: int = 48
    depth: int = 3
    dropout: float = 0.4

    def __post_init__(self) -> None:
        if not (4 <= self.width <= 256 and 0 <= self.depth <= 4):
            raise UsageError(
                "The width of block_dct is 4 to 256 numbers, its depth 0 to 4 stages. "
                f"Received: width={self.width}, depth={self.depth}"
            )
        if not 0 <= self.dropout < 1:
            raise UsageError(f"The dropout of block_dct is a share from 0 and below 1. Received: {self.dropout:g}")

    @property
    def contract(self) -> Contract:
        """Whole pictures of 256 × 256, grey, in grey levels."""
        return Contract((256, 256), range=(0.0, 255.0), channels="grey")

    def build(self, contract: Contract) -> Any:
        """(N, h, w, 1 or 3) → (N, 1).

        Raises:
            UsageError: a size that blocks do not fill, or of which pooling would leave nothing.
        """
        import keras

        height, width, channels = plugins.make("domain", contract.domain).shape(contract)
        least = SIDE * 2**self.depth
        if height % SIDE or width % SIDE or min(height, width) < least:
            raise UsageError(
                f"With {self.depth} stages, block_dct takes pictures from {least} × {least}, in steps of {SIDE} (--size). "
                f"Received: {height} × {width}"
            )
        picture = keras.Input((height, width, channels), name="picture")
        tensor = _convolved(_spectra(picture), self.width, 1, "mixed")
        for stage in range(1, self.depth + 1):
            tensor = _convolved(tensor, self.width * (stage + 1) // 2, 3, f"stage{stage}")
            tensor = keras.layers.MaxPooling2D(2, name=f"stage{stage}_pool")(tensor)
        return ended(picture, tensor, self.dropout)

    def phases(self, model: Any) -> tuple[Phase, ...]:  # noqa: ARG002 - one phase, whatever the shape
        """All at once, but for the transform."""
        return (Phase("all", epochs=40, learning_rate=1e-3, frozen=(TRANSFORM,)),)


def _spectra(picture: Any) -> Any:
    """(N, h, w, c) → (N, h/8, w/8, 64c): log magnitudes of each block's coefficients, standardised by moving statistics."""
    from keras import layers, ops

    count = SIDE**2
    transform = layers.DepthwiseConv2D(
        SIDE, strides=SIDE, depth_multiplier=count, use_bias=False, trainable=False, name=TRANSFORM
    )
    coefficients = transform(picture)
    transform.set_weights([np.repeat(_waves()[:, :, None], picture.shape[-1], axis=2)])
    logarithms = ops.log(ops.abs(coefficients) + 1.0)  # what is below one grey level is rounding
    return layers.BatchNormalization(momentum=MOMENTUM, center=False, scale=False, name="standardised")(logarithms)


def _waves() -> NDArray[np.float32]:
    """The orthonormal DCT-II of a block as filters: (8, 8, 64), low frequencies first, row by row."""
    matrix = cosines(SIDE, None, orthonormal=True)
    waves: NDArray[np.float32] = np.einsum("ui,vj->ijuv", matrix, matrix).reshape(SIDE, SIDE, SIDE**2)
    return waves


def _convolved(tensor: Any, filters: int, kernel: int, name: str) -> Any:
    from keras import layers

    tensor = layers.Conv2D(filters, kernel, padding="same", use_bias=False, name=name)(tensor)
    return layers.ReLU(name=f"{name}_relu")(layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(tensor))
