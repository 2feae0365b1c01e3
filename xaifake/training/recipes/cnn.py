"""Convolutional networks of several shapes, trained from nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.records import Contract, Phase
from xaifake.training.recipes import _grain
from xaifake.training.recipes._heads import MOMENTUM, ended


class _Shape(NamedTuple):
    width: int
    depth: int
    kernel: int
    dropout: float


SIZES = {
    "tiny": _Shape(width=8, depth=2, kernel=3, dropout=0.0),
    "small": _Shape(width=16, depth=3, kernel=3, dropout=0.2),
    "medium": _Shape(width=24, depth=3, kernel=5, dropout=0.3),
    "large": _Shape(width=32, depth=4, kernel=3, dropout=0.4),
    "wide": _Shape(width=40, depth=2, kernel=3, dropout=0.2),
}
"""They differ in how far they see and in how much they hold, so that an ensemble of them gains."""


@dataclass(frozen=True)
class CNN:
    """Residual separable convolutions with batch norm, for a few thousand pictures and two cores.

    A convolution of stride 2 begins: it turns 2 × 2 pixels of 3 channels into ``width`` numbers, so from 12 on it loses none
    of their detail. Each of ``depth`` stages then halves height and width and doubles the channels by two separable
    convolutions beside a shortcut, as the entry flow of Xception does (Chollet 2017, figure 5). Deviation: the shortcut
    averages 2 × 2 cells before its convolution instead of skipping three of four (He et al. 2019, "Bag of tricks for image
    classification", ResNet-D); of 8 channels, such a convolution of stride 2 also crashes TensorFlow 2.21 on CPUs when its
    gradient is asked for. What is left is averaged over places, so any size will do.

    Attributes:
        size: a shape to begin with: tiny, small, medium, large or wide.
        width: channels of the first convolution; the last stage has ``width * 2 ** depth``.
        depth: stages; a cell of the last grid is ``2 ** (depth + 1)`` pixels high and wide.
        kernel: side of the separable convolutions, odd.
        dropout: share of features left out in training.
        residual: whether fixed high-pass filters stand beside the picture's channels: what of a picture is left when
            its smooth parts are taken away (see `_grain`).
    """

    title: ClassVar[str] = "CNN"
    standardised: ClassVar[bool] = False
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "width": (12, 16, 24, 32),
        "depth": (2, 3, 4),
        "kernel": (3, 5),
        "dropout": (0.0, 0.2, 0.4),
        "residual": (False, True),
    }
    size: str = "small"
    width: int | None = None
    depth: int | None = None
    kernel: int | None = None
    dropout: float | None = None
    residual: bool = False

    def __post_init__(self) -> None:
        if self.size not in SIZES:
            raise UsageError(f"The sizes of cnn are {', '.join(SIZES)}. Received: {self.size}")
        shape = self._shape
        if not (4 <= shape.width <= 256 and 1 <= shape.depth <= 6):
            raise UsageError(
                "The width of cnn is 4 to 256 channels, its depth 1 to 6 stages. "
                f"Received: width={shape.width}, depth={shape.depth}"
            )
        if shape.kernel not in (3, 5, 7, 9):
            raise UsageError(f"The kernel of cnn is 3, 5, 7 or 9 pixels wide. Received: {shape.kernel}")
        if not 0 <= shape.dropout < 1:
            raise UsageError(f"The dropout of cnn is a share from 0 and below 1. Received: {shape.dropout:g}")

    @property
    def contract(self) -> Contract:
        """Whole pictures at 256 × 256, averaged when they shrink, in -1..1."""
        return Contract((256, 256), range=(-1.0, 1.0), resize="bilinear+antialias")

    def build(self, contract: Contract) -> Any:
        """(N, h, w, 1 or 3) → (N, 1).

        Raises:
            UsageError: a size of which fewer than two rows or columns would be left.
        """
        import keras

        shape = self._shape
        height, width, channels = plugins.make("domain", contract.domain).shape(contract)
        least = 2 ** (shape.depth + 2)
        if min(height, width) < least:
            raise UsageError(
                f"With {shape.depth} stages, cnn takes pictures from {least} × {least} (--size, or depth=). "
                f"Received: {height} × {width}"
            )
        picture = keras.Input((height, width, channels), name="picture")
        tensor = _grain.beside(picture) if self.residual else picture
        tensor = _begun(tensor, shape.width)
        for stage in range(1, shape.depth + 1):
            tensor = _halved(tensor, shape.width * 2**stage, shape.kernel, f"stage{stage}")
        return ended(picture, tensor, shape.dropout)

    def phases(self, model: Any) -> tuple[Phase, ...]:  # noqa: ARG002 - one phase, whatever the shape
        """All at once, but for filters that are fixed."""
        return (Phase("all", epochs=30, learning_rate=2e-3, frozen=(_grain.FILTERS,) if self.residual else ()),)

    @property
    def _shape(self) -> _Shape:
        """The named size's, but for what is said otherwise."""
        said = {name: getattr(self, name) for name in _Shape._fields}
        return SIZES[self.size]._replace(**{name: value for name, value in said.items() if value is not None})


def _begun(tensor: Any, width: int) -> Any:
    from keras import layers

    tensor = layers.Conv2D(width, 3, strides=2, padding="same", use_bias=False, name="stem")(tensor)
    return layers.ReLU(name="stem_relu")(layers.BatchNormalization(momentum=MOMENTUM, name="stem_norm")(tensor))


def _halved(tensor: Any, filters: int, kernel: int, name: str) -> Any:
    """Half the height and width, ``filters`` channels; each step's norm stands where the grid is smaller, for speed."""
    from keras import layers

    def separable(tensor: Any, filters: int, step: str) -> Any:
        return layers.SeparableConv2D(filters, kernel, padding="same", use_bias=False, name=f"{name}_{step}")(tensor)

    shortcut = layers.AveragePooling2D(2, padding="same", name=f"{name}_shortcut_pool")(tensor)
    shortcut = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_shortcut")(shortcut)
    shortcut = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_shortcut_norm")(shortcut)
    tensor = separable(tensor, tensor.shape[-1], "first")
    tensor = layers.ReLU(name=f"{name}_first_relu")(
        layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_first_norm")(tensor)
    )
    tensor = layers.MaxPooling2D(3, strides=2, padding="same", name=f"{name}_pool")(separable(tensor, filters, "second"))
    tensor = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_second_norm")(tensor)
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_sum")([tensor, shortcut]))
