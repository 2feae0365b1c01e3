"""The usual domain: the detector sees pixels."""

from __future__ import annotations

from typing import Any, ClassVar

from xaifake.domains._channels import channels_of, scaled, standardised
from xaifake.records import Contract


class Pixel:
    """Scaled pixels in the contract's channel order."""

    unit: ClassVar[str] = "pixel"
    step: ClassVar[str] = "grey level"

    def completed(self, contract: Contract, height: int | None, width: int | None) -> Pixel:  # noqa: ARG002 - nothing is open
        """Itself: it has no options."""
        return self

    def shape(self, contract: Contract) -> tuple[int, int, int]:
        """Rows, columns and channels of the model's input: those of the view."""
        return *contract.size, channels_of(contract)

    def plane(self, views: Any, contract: Contract, xp: Any) -> Any:  # noqa: ARG002 - the views as they are
        """(N, h, w, 3) RGB in 0..255: the views themselves."""
        return views

    def encode(self, plane: Any, contract: Contract, xp: Any) -> Any:  # noqa: ARG002 - operators suffice
        """(N, h, w, 3) RGB in 0..255 → (N, h, w, 1 or 3) in the contract's range, standardised by mean and std."""
        return standardised(scaled(plane, contract), contract)
