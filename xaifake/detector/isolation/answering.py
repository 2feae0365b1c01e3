"""What answers for a model in a closed process, as the engine asks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from xaifake import plugins
from xaifake.detector.inspection.bounds import shown
from xaifake.detector.inspection.record import Inspection
from xaifake.detector.isolation.messages import Shapes
from xaifake.detector.isolation.model import Model, State
from xaifake.detector.loading.assembling import Assembled
from xaifake.detector.room import Room
from xaifake.detector.runtimes import Answering
from xaifake.detector.runtimes.protocol import Arrays, Runtime
from xaifake.errors import IsolationError
from xaifake.interfaces import BATCH
from xaifake.records import Contract, Views

LAYER = 500
"""Letters of a layer's path, at most."""
Copy = tuple[float, int]
"""The share of layers and the seed of a copy with random weights."""


def shut_in(inspection: Inspection, stated: Mapping[str, Any], *, room: Room, **opening: Any) -> Assembled:
    """Load a model in a closed process; arguments and refusals are those of `assembled` and `Model`."""
    model = Model(inspection, stated, room, **opening)
    loaded = model.loaded
    return Assembled(
        Isolated(model, loaded.contract, loaded.state, room), loaded.contract, loaded.assumptions, loaded.keras_major
    )


class Isolated(Answering):
    """The runtimes of a model in a closed process, or of a copy of it there with random weights.

    Nothing that is found of it is kept in files, since all of it is what the model says.

    Args:
        model: the model.
        contract: how it is fed and read.
        state: what is known of the runtimes there.
        room: what the memory ceiling leaves.
        copy: which copy of the model is asked; None for itself.
    """

    isolated = True
    file = None

    def __init__(self, model: Model, contract: Contract, state: State, room: Room, copy: Copy | None = None) -> None:
        self.room = room
        self._whole, self._fast = (_Remote(model, contract, copy, whole) for whole in (True, False))
        self.tensorflow = self._whole
        self._model, self._contract, self._copy = model, contract, copy
        self._take(state)

    @property
    def scoring(self) -> Runtime:
        return self.tensorflow if self._state.scoring == self.tensorflow.name else self._fast

    def tapping(self, layer: str | None) -> Runtime:
        return self._fast if self._state.taps and layer is None else self.tensorflow

    @property
    def bytes_per_view(self) -> int:
        """As it is told, and no less than the view itself takes on its way there."""
        height, width = self._contract.size
        return max(self._state.bytes_per_view, 24 * height * width)

    @property
    def operations(self) -> int:
        return self._state.operations

    def prepare(self, views: int, batch: int = BATCH) -> None:
        if self._copy is None:  # a copy scores by TensorFlow alone
            self._take(self._model.state("prepare", {"views": views, "batch": batch}))

    def settle(self) -> None:
        self._take(self._model.state("settle", {}))

    def randomised(self, share: float, seed: int) -> Self | None:
        state = self._model.state("randomised", {"share": share, "seed": seed})
        room = Room(self.room.ceiling)
        room.beside = self.room.beside
        return None if state is None else type(self)(self._model, self._contract, state, room, (share, seed))

    def _take(self, state: State | None) -> None:
        if state is None:
            raise IsolationError(f"The closed process no longer knows its model. Received: {self._model.path}")
        self._state = state
        self._fast.known(state.scoring)
        if state.scoring.startswith("tensorflow"):
            self._whole.known(state.scoring)
        if self._copy is None:
            self._model.runtime = state.scoring.partition(" ")[0]


@dataclass
class _Remote:
    """One runtime there: the one that scores, or the whole one."""

    _model: Model
    _contract: Contract
    _copy: Copy | None
    _whole: bool
    _name: str = "tensorflow"

    @property
    def name(self) -> str:
        return self._name

    def known(self, name: str) -> None:
        """Take the name by which the closed process calls it."""
        self._name = name

    @property
    def model(self) -> Any:
        raise IsolationError(
            "This needs the model itself, and it is shut in a process of its own: load it without isolate (--isolate), if "
            f"you trust it. Received: {self._model.path}"
        )

    def score(self, views: Views) -> Arrays:
        return self._numbers("score", views, lambda shapes: shapes == [(len(views),)])

    def tap(self, views: Views, layer: str | None) -> Arrays:
        def fits(shapes: Shapes) -> bool:
            return shapes == [(len(views),), *shapes[1:2] * 2] and len(shapes[1]) == 4 and shapes[1][0] == len(views)

        return self._numbers("tap", views, fits, layer=layer)

    def gradient(self, views: Views) -> Arrays:
        plane = plugins.make("domain", self._contract.domain).plane(views[:1], self._contract, np)
        return self._numbers("gradient", views, lambda shapes: shapes == [(len(views),), (len(views), *plane.shape[1:])])

    def layer(self, layer: str | None) -> str:
        said, _ = self._model.ask("layer", {"whole": self._whole, "copy": self._copy, "layer": layer})
        return shown(said.get("layer", ""), LAYER)

    def _numbers(self, question: str, views: Views, fits: Any, **said: Any) -> Arrays:
        _, numbers = self._model.ask(question, {"whole": self._whole, "copy": self._copy, **said}, [views], fits)
        return numbers
