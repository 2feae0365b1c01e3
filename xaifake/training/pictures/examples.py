"""What a model learns from: views as the detector receives them, with labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Examples:
    """The pictures of one part, in order of ids; self-blended ones come after them.

    Attributes:
        views: (N, h, w, 3) RGB uint8, at the contract's size; mostly a memory map. What the detector later receives is not
            rounded to whole grey levels: a difference of half a level at most.
        fake: (N,).
        ids: of the N pictures; a self-blended one's is its REAL picture's with ``+1``, ``+2``…
        masks: (N, h, w) uint8, 255 where a self-blended picture shows its other self; None where there are none.
    """

    views: NDArray[np.uint8]
    fake: NDArray[np.bool_]
    ids: tuple[str, ...]
    masks: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.fake)
