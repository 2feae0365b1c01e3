"""What the closed process answers: the runtimes of its model, question by question."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from numpy.typing import NDArray

from xaifake.detector.inspection.record import Inspection, LayerSpec, Risk, TensorSpec
from xaifake.detector.isolation.autograph import keep_in_memory
from xaifake.detector.isolation.messages import Channel, Header
from xaifake.detector.loading.assembling import assembled
from xaifake.detector.room import Room
from xaifake.detector.runtime import tensorflow
from xaifake.detector.runtimes import Answering
from xaifake.detector.runtimes.protocol import Arrays
from xaifake.errors import IsolationError, MemoryCeilingError, XaifakeError, in_one_line

LONGEST = 2**31
"""Bytes of the header of a question, at most: it holds the model's config, and comes from the process that is trusted."""
NOWHERE = "/nonexistent"


def serve(reads: int, writes: int, refusal: IsolationError | None) -> None:
    """Answer until the other side is gone; or refuse the first question, and end."""
    channel, model = Channel(reads, writes), _Model()
    while True:
        try:
            header, shapes = channel.header(LONGEST)
            arrays = channel.arrays(shapes)
        except EOFError:
            return
        try:
            if refusal is not None:
                raise refusal
            said, answer = getattr(model, header["question"])(arrays, **header["said"])
        except BaseException as error:  # noqa: BLE001 - the model's code may raise anything, SystemExit too
            channel.send({"id": header["id"], **_told(error)})
        else:
            channel.send({"id": header["id"], "said": said}, answer)


def _told(error: BaseException) -> Header:
    match error:
        case XaifakeError():
            return {"error": type(error).__name__, "text": str(error)}
        case MemoryError():
            text = "The model wants more memory than is left for it; raise --memory, or use a smaller model"
            return {"error": MemoryCeilingError.__name__, "text": text}
    said = in_one_line(Exception(error))
    return {"error": IsolationError.__name__, "text": f"The model fails with {type(error).__name__}: {said}"}


Answer = tuple[Header, Sequence[NDArray[Any]]]


class _Model:
    """Its public methods are the questions."""

    _runtimes: Answering
    _copied: tuple[list[float], Answering | None] = ([], None)

    def close(self, _arrays: Arrays) -> Answer:
        """Whether this process is closed, which it is where this is reached."""
        return {}, ()

    def load(self, _arrays: Arrays, *, inspection: Any, stated: Any, runtime: str, memory: int, **loading: Any) -> Answer:
        tempfile.tempdir = NOWHERE  # libraries ask for its name when they are imported; nothing could be written there
        sys.modules["matplotlib"] = None  # type: ignore[assignment]  # as if it were not installed: it wants to write, too
        tensorflow(inspection["keras_major"])
        keep_in_memory()
        made = assembled(_inspection(inspection), stated, runtime=runtime, room=Room(memory), settled=True, **loading)
        self._runtimes = made.runtimes
        told = {
            "contract": asdict(made.contract),
            "assumptions": [[one.field, one.reason] for one in made.assumptions],
            "keras_major": made.keras_major,
        }
        return {**told, **_state(made.runtimes)}, ()

    def prepare(self, _arrays: Arrays, *, views: int, batch: int) -> Answer:
        self._runtimes.prepare(views, batch)
        return _state(self._runtimes), ()

    def settle(self, _arrays: Arrays) -> Answer:
        self._runtimes.settle()
        return _state(self._runtimes), ()

    def randomised(self, _arrays: Arrays, *, share: float, seed: int) -> Answer:
        copy = self._of([share, seed])
        return ({"state": None} if copy is None else _state(copy)), ()

    def score(self, arrays: Arrays, *, whole: bool, copy: list[float] | None) -> Answer:
        runtimes = self._asked(copy)
        return {}, (runtimes.tensorflow if whole else runtimes.scoring).score(arrays[0])

    def layer(self, _arrays: Arrays, *, whole: bool, layer: str | None, copy: list[float] | None) -> Answer:
        runtimes = self._asked(copy)
        return {"layer": (runtimes.tensorflow if whole else runtimes.scoring).layer(layer)}, ()

    def tap(self, arrays: Arrays, *, whole: bool, layer: str | None, copy: list[float] | None) -> Answer:
        runtimes = self._asked(copy)
        return {}, (runtimes.tensorflow if whole else runtimes.scoring).tap(arrays[0], layer)

    def gradient(self, arrays: Arrays, *, whole: bool, copy: list[float] | None) -> Answer:  # noqa: ARG002 - always the whole one
        return {}, self._asked(copy).tensorflow.gradient(arrays[0])

    def _asked(self, copy: list[float] | None) -> Answering:
        runtimes = self._runtimes if copy is None else self._of(copy)
        if runtimes is None:
            raise IsolationError("A model without weights of its own has no copy with random ones")
        return runtimes

    def _of(self, copy: list[float]) -> Answering | None:
        """The copy with that share and seed: one at a time, since each takes as much memory as the model."""
        if self._copied[0] != copy:
            self._copied = ([], None)
            share, seed = copy
            self._copied = (copy, self._runtimes.randomised(share, int(seed)))
        return self._copied[1]


def _state(runtimes: Answering) -> Header:
    return {
        "scoring": runtimes.scoring.name,
        "taps": runtimes.tapping(None) is not runtimes.tensorflow,
        "bytes_per_view": runtimes.bytes_per_view,
        "operations": runtimes.operations,
    }


def _inspection(plain: Mapping[str, Any]) -> Inspection:
    kinds: dict[str, Any] = {"inputs": TensorSpec, "outputs": TensorSpec, "layers": LayerSpec, "risks": Risk}
    made = {name: tuple(kind(**_tuples(each)) for each in plain[name]) for name, kind in kinds.items()}
    return Inspection(**{**plain, **made, "custom": tuple(plain["custom"])})


def _tuples(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
