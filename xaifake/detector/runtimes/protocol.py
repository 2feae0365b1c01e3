"""What every runtime answers, and what answers for a model wherever it runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Protocol, Self

from numpy.typing import NDArray

from xaifake.detector.room import Room
from xaifake.interfaces import BATCH
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


class WholeRuntime(Runtime, Protocol):
    """One that answers every question, of any layer."""

    @property
    def model(self) -> Any:
        """The model itself."""

    def gradient(self, views: Views) -> Arrays:
        """FAKE logits (N,), and their gradient at the domain's plane (N, H, W, C)."""


class Answering(ABC):
    """What answers for one model and contract: its runtimes in this process, or in another (`xaifake.detector.isolation`).

    Attributes:
        room: what the memory ceiling leaves.
        file: SHA-256 of the model's file, where that alone tells what it computes, so that what is found may be kept.
        tensorflow: the runtime that answers every question.
        isolated: whether the model is shut in a process of its own.
    """

    room: Room
    file: str | None
    tensorflow: WholeRuntime
    isolated: bool

    @property
    @abstractmethod
    def scoring(self) -> Runtime:
        """The runtime that scores."""

    @abstractmethod
    def tapping(self, layer: str | None) -> Runtime:
        """The runtime that looks into a layer."""

    @property
    @abstractmethod
    def bytes_per_view(self) -> int:
        """About how many bytes each view of a batch takes while it is scored, in TensorFlow."""

    @property
    @abstractmethod
    def operations(self) -> int:
        """How many operations the scoring graph has; none that needs to be there where ONNX Runtime scores."""

    @abstractmethod
    def prepare(self, views: int, batch: int = BATCH) -> None:
        """Choose the runtime where so many views, with those announced before, make it pay; at most ``batch`` at once."""

    @abstractmethod
    def settle(self) -> None:
        """Score by what scores now, however much is asked from here on."""

    @abstractmethod
    def randomised(self, share: float, seed: int) -> Self | None:
        """Those of the same model with new random weights in its last layers, ``share`` of all; None where it has none."""
