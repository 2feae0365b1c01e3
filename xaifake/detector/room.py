"""How much of the ceiling is left, and what may be begun in it."""

from __future__ import annotations

import sys
from collections.abc import Callable

from xaifake.errors import MemoryCeilingError
from xaifake.memory import ceiling_of, fitting, resident, shown

LIBRARY = 700_000_000
"""What TensorFlow takes by being imported, before any model."""
REST = 350_000_000
"""What a run takes beside the detector, at most: lime and shap, a picture of 4,096 x 4,096 pixels its maps.
Measured: 170 MB for the libraries and all that stays, and 167 MB while a PNG of that size is read."""
EACH_OPERATION = 80_000
"""What TensorFlow takes for each operation of the scoring graph once it, a tap and a gradient have run: 50 to 87 kB."""
CONVERSION = 400_000_000
WEIGHTS_COPIED = 50
"""What it takes to convert a model and compare the runtimes: `CONVERSION` and so many times its weights.
Measured: 0.56 GB for MobileNetV2, 2.9 GB for VGG16, 4.9 GB for ResNet50 without their dense layers."""
PICTURE = 120_000_000
"""What one more picture of 4,096 x 4,096 pixels takes: itself, and the next one, which is read meanwhile."""


class Room:
    """What a ceiling leaves. What the process holds differs from run to run by some MB; what is decided here seldom does.

    Args:
        memory: the ceiling: bytes, or a size as text (``2GB``); without it, half of what is free.

    Attributes:
        beside: bytes that another process holds for this one.

    Raises:
        UsageError: no size.
    """

    def __init__(self, memory: int | str | None = None) -> None:
        self.ceiling = ceiling_of(memory)
        self.beside: Callable[[], int] = lambda: 0
        self._taken = 0

    @property
    def held(self) -> int:
        """Bytes that the process holds now, and the other one for it."""
        return resident() + self.beside()

    @property
    def left(self) -> int:
        """Bytes left beside what the process holds, or holds once the run has taken what it takes anyway."""
        return self.ceiling - max(self._taken, self.held)

    def set_aside(self, operations: int) -> None:
        """Keep room for the rest of the run, now that a model is loaded whose scoring graph has so many operations."""
        self._taken = self.held + REST + EACH_OPERATION * operations

    def require(self, size: int, step: str) -> None:
        """Refuse a step that the ceiling leaves no room for.

        Raises:
            MemoryCeilingError: it does not fit.
        """
        if size > self.left:
            raise MemoryCeilingError(
                f"{step} takes {shown(size)} beside the {shown(self.ceiling - self.left)} that this run needs without it; "
                f"raise --memory to {shown(self.ceiling - self.left + size)} or more. "
                f"Received: a ceiling of {shown(self.ceiling)}"
            )

    def batch(self, each: int, most: int, step: str) -> int:
        """How many views may be taken at once: as fit into half of what is left, or one where one fits.

        Args:
            each: bytes of a view.
            most: views that are enough.
            step: what is done with them, for the refusal: "Scoring a view".

        Raises:
            MemoryCeilingError: not one fits.
        """
        self.require(each, step)
        return max(1, fitting(self.left // 2, each, most))

    def pictures(self, each: int, batch: int, most: int) -> int:
        """How many pictures may be explained together beside such a batch of views, one at least."""
        return max(1, fitting(self.left - batch * each, PICTURE, most))

    def require_tensorflow(self) -> None:
        """Refuse where TensorFlow is not imported yet and would not fit.

        Raises:
            MemoryCeilingError: it does not fit.
        """
        if "tensorflow" not in sys.modules:
            self.require(LIBRARY, "TensorFlow")


def cost_of_converting(weights: int) -> int:
    """Bytes that it takes, for a while, to convert a model of so many bytes of weights for ONNX Runtime."""
    return CONVERSION + WEIGHTS_COPIED * weights
