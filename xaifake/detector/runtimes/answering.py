"""Which runtime answers for one model: what is known of it, and what is asked of it, decide."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from xaifake.detector.footprint import bytes_of_weights
from xaifake.detector.room import Room, cost_of_converting
from xaifake.detector.runtimes import kept
from xaifake.detector.runtimes.by_onnx import OnnxRuntime
from xaifake.detector.runtimes.by_tensorflow import TensorFlowRuntime
from xaifake.detector.runtimes.choosing import Choice, chosen
from xaifake.detector.runtimes.conversion import Frozen, available, converted, must_be_available
from xaifake.detector.runtimes.protocol import Answering, Runtime
from xaifake.detector.runtimes.redrawing import redrawn
from xaifake.errors import ModelError, UsageError
from xaifake.interfaces import BATCH
from xaifake.memory import shown
from xaifake.records import Contract

RUNTIMES = ("auto", "tensorflow", "onnxruntime")
MANY = 256
"""Views from which a conversion pays: it takes seconds, which a few dozen views would not."""
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Unloaded:
    """A model that is loaded when something asks for it."""

    load: Callable[[], Any]


class Runtimes(Answering):
    """The runtimes of one model in this process.

    Args:
        model: a Keras 2 or Keras 3 model, any callable from a float32 tensor (N, H, W, C) to one row of scores a picture, an
            `Unloaded` one, or the TensorFlow runtime of one.
        contract: how to feed and read it.
        path: what to call it in refusals.
        wanted: ``tensorflow``; ``onnxruntime``; or ``auto``: whichever is faster, found out when enough is asked.
        file: the SHA-256 of the model's file, where that alone tells what the model computes.
        room: what the memory ceiling leaves; without it, half of what is free is the ceiling.

    Raises:
        MissingLibraryError: ONNX Runtime is wanted and not installed.
        ModelError: it is wanted and cannot run this model, or not to the same logits.
        ContractError, NotADetectorError: as `xaifake.detector.heads.fake_logit` does.
        MemoryCeilingError: the model does not fit under the ceiling, or its conversion does not where it is wanted.
    """

    isolated = False

    def __init__(
        self,
        model: Any,
        contract: Contract,
        path: str,
        *,
        wanted: str = "tensorflow",
        file: str | None = None,
        room: Room | None = None,
    ) -> None:
        must_be_runtime(wanted)
        self._wanted = wanted
        self._contract = contract
        self._path = path
        self._planned = 0
        self._fast: OnnxRuntime | None = None
        self._choice: Choice | None = None
        self._key = kept.key_of(f"file {file}", contract) if file and wanted != "tensorflow" else None
        self.room = room or Room()
        self.file = file
        load = model.load if isinstance(model, Unloaded) else lambda: model
        given = isinstance(model, TensorFlowRuntime)
        self.tensorflow: TensorFlowRuntime = model if given else TensorFlowRuntime(load, contract, path, self.room)
        if self._key:
            self._take(kept.read(self._key))
        if not self._fast:
            _ = self.tensorflow.score_graph  # what is wrong with the model shows now
        if wanted == "onnxruntime" and not self._fast:
            must_be_available()
            self._choose(BATCH)
        self.room.set_aside(self.operations)

    @property
    def scoring(self) -> Runtime:
        """The runtime that scores."""
        return self._fast or self.tensorflow

    def tapping(self, layer: str | None) -> Runtime:
        """The runtime that looks into a layer."""
        return self._fast if self._fast and self._fast.taps and layer is None else self.tensorflow

    @property
    def bytes_per_view(self) -> int:
        """About how many bytes each view of a batch takes while it is scored, in TensorFlow."""
        return self._choice.bytes_per_view if self._choice else self.tensorflow.bytes_per_view

    @property
    def operations(self) -> int:
        """How many operations the scoring graph has; none that needs to be there where ONNX Runtime scores."""
        return 0 if self._fast else len(self.tensorflow.score_graph.graph.get_operations())

    def prepare(self, views: int, batch: int = BATCH) -> None:
        """Choose the runtime where so many views, with those announced before, make it pay; at most ``batch`` at once."""
        self._planned += views
        if self._wanted == "auto" and not self._choice and self._planned >= MANY and available():
            self._choose(batch)

    def settle(self) -> None:
        """Score by what scores now, however much is asked from here on."""
        self._wanted = self.scoring.name.partition(" ")[0]

    def randomised(self, share: float, seed: int) -> Runtimes | None:
        """Those of the same model with new random weights in its last layers; see `xaifake.detector.runtimes.redrawing`."""
        path, room = f"{self._path}, {share:.0%} of its layers random", Room(self.room.ceiling)
        runtime = redrawn(self.tensorflow, share, seed, self._contract, path, room)
        return None if runtime is None else Runtimes(runtime, self._contract, path, room=room)

    def _choose(self, batch: int) -> None:
        cost = cost_of_converting(bytes_of_weights(self.tensorflow.score_graph.graph))
        if self._wanted == "auto" and cost > self.room.left:
            LOG.info("%s is not converted: that would take %s", self._path, shown(cost))
            return
        self.room.require(cost, "Converting this model for ONNX Runtime")
        try:
            frozen = Frozen(self.tensorflow.score_graph)
        except ModelError as error:  # without a frozen graph there may be nothing to know the model by
            self._take(self._unusable(error))
            return
        key = self._key or kept.key_of(f"graph {frozen.sha256} {self._usual_layer()}", self._contract)
        choice = kept.read(key)
        if choice is None:
            choice = self._compared(frozen, batch)
            kept.write(key, choice)
        self._take(choice)

    def _usual_layer(self) -> str:
        """The path of the layer that a tap looks into: models of one graph may name, and nest, their layers otherwise."""
        try:
            return self.tensorflow.layer(None)
        except ModelError:  # there is none
            return ""

    def _compared(self, frozen: Frozen, batch: int) -> Choice:
        try:
            model = converted(frozen, self.tensorflow.traced)
            return chosen(self.tensorflow, model, self._contract, batch)
        except ModelError as error:
            return self._unusable(error)

    def _unusable(self, error: ModelError) -> Choice:
        return Choice("tensorflow", str(error), self.tensorflow.bytes_per_view)

    def _take(self, choice: Choice | None) -> None:
        """Score as was chosen, or by ONNX Runtime where it is wanted."""
        if choice is None:
            return
        self._choice = replace(choice, converted=None)  # the sessions hold the weights
        LOG.info("%s scores %s: %s", choice.fastest, self._path, choice.reason)
        if choice.converted and "onnxruntime" in (self._wanted, choice.fastest):
            self._fast = OnnxRuntime(choice.converted, self._contract, self._path)
        elif self._wanted == "onnxruntime":
            raise ModelError(
                "ONNX Runtime cannot stand in for TensorFlow here; take --runtime auto or tensorflow. "
                f"Received: {self._path}, of which it was found: {choice.reason}"
            )


def must_be_runtime(name: str) -> None:
    """Refuse what is no runtime's name.

    Raises:
        UsageError: it is another.
    """
    if name not in RUNTIMES:
        raise UsageError(f"A runtime is {', '.join(RUNTIMES)} (--runtime). Received: {name}")
