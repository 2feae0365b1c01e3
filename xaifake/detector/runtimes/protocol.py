"""What every runtime answers."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray

from xaifake.records import Views

Arrays = list[NDArray[Any]]


class Runtime(Protocol):
    """Answers for one model and contract, one batch of views (N, h, w, 3) in 0..255 at a time."""

    @property
    def name(self) -> str:
        """Name and version, as a case records it: ``tensorflow 2.21.0``."""

    def score(self, views: Views) -> Arrays:
        """FAKE logits (N,), and nothing else."""

    def tap(self, views: Views, layer: str | None) -> Arrays:
        """FAKE logits (N,), and activations and gradients (N, gh, gw, C) of the layer."""

    def layer(self, layer: str | None) -> str:
        """The path of the layer that a tap by that name looks into."""
