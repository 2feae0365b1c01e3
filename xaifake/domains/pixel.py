"""The usual domain: the detector sees pixels."""

from __future__ import annotations

from typing import Any, ClassVar

from xaifake.records import Contract

GREY = (0.299, 0.587, 0.114)
"""ITU-R BT.601 luma, the weights that OpenCV, PIL and tf.image share."""


class Pixel:
    """Scaled pixels in the contract's channel order."""

    unit: ClassVar[str] = "pixel"

    def plane(self, views: Any, contract: Contract, xp: Any) -> Any:  # noqa: ARG002 - the views as they are
        """(N, h, w, 3) RGB in 0..255: the views themselves."""
        return views

    def encode(self, plane: Any, contract: Contract, xp: Any) -> Any:  # noqa: ARG002 - operators suffice
        """(N, h, w, 3) RGB in 0..255 → (N, h, w, 1 or 3) in the contract's range, standardised by mean and std."""
        views = plane
        if contract.channels == "grey":
            views = sum(views[..., i : i + 1] * weight for i, weight in enumerate(GREY))
        elif contract.channels == "bgr":
            views = views[..., ::-1]
        low, high = contract.range
        scaled = views * ((high - low) / 255.0) + low
        return (scaled - list(contract.mean)) / list(contract.std)
