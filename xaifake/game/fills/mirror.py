"""The view's mirror image: the other half of the face."""

from __future__ import annotations

from dataclasses import dataclass

from xaifake.records import ViewPixels


@dataclass(frozen=True)
class Mirror:
    """The view, left and right exchanged: real grain and real skin at every place, from the other side of the picture.

    It fits where a face looks straight ahead; what lies on the middle line gives way to itself, and what is edited on both
    sides hides nothing.
    """

    def fill(self, pixels: ViewPixels) -> ViewPixels:
        """The mirrored view, (h, w, 3) float32 in 0..255."""
        return pixels[:, ::-1].copy()
