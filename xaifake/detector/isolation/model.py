"""The model of one file in a closed process, which is started anew where it has ended."""

from __future__ import annotations

import contextlib
import re
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from xaifake.detector.contract import checked
from xaifake.detector.inspection.bounds import shown
from xaifake.detector.inspection.record import Inspection
from xaifake.detector.isolation.messages import Header
from xaifake.detector.isolation.process import PATIENCE, Fits, Process, no_arrays
from xaifake.detector.loading.naming import inspected_bytes, suffix_of
from xaifake.detector.loading.user_code import folder_of
from xaifake.detector.room import LIBRARY, Room
from xaifake.detector.runtimes.protocol import Arrays
from xaifake.errors import IsolationError, UsageError, XaifakeError
from xaifake.memory import resident
from xaifake.records import Assumption, Contract

NAME = re.compile(r"(tensorflow|onnxruntime) [0-9A-Za-z.+-]{1,40}")
REASON = 300
"""Letters of why a field was guessed, at most."""
MOST = 2**50
"""Of any number that is told, at most."""
HEADROOM = 2**20


@dataclass(frozen=True)
class State:
    """What the closed process says of its runtimes, once it has been looked at."""

    scoring: str
    taps: bool
    bytes_per_view: int
    operations: int

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> State:
        """Raises ValueError: it says something else."""
        scoring, taps, numbers = said.get("scoring"), said.get("taps"), (said.get("bytes_per_view"), said.get("operations"))
        if not (isinstance(scoring, str) and NAME.fullmatch(scoring) and isinstance(taps, bool)):
            raise ValueError("other runtimes than there are")
        each, operations = (number if type(number) is int and 0 <= number < MOST else -1 for number in numbers)
        if min(each, operations) < 0:
            raise ValueError("numbers that cannot be")
        return cls(scoring, taps, each, operations)


@dataclass(frozen=True)
class Loaded:
    """What the closed process says of the model that it has loaded, once it has been looked at."""

    contract: Contract
    assumptions: tuple[Assumption, ...]
    keras_major: int | None
    state: State = field(compare=False)

    @classmethod
    def of(cls, said: Mapping[str, Any], stated: Mapping[str, Any]) -> Loaded:
        """Raises ValueError: it says something else, or contradicts what is stated."""
        fields = checked(dict(said["contract"]))
        if set(fields) != set(Contract.__dataclass_fields__):
            raise ValueError("no contract")
        if any(fields[name] != value for name, value in stated.items() if name != "domain"):  # whose options it completes
            raise ValueError("another contract than stated")
        if said["keras_major"] not in (None, 1, 2, 3):
            raise ValueError("no Keras")
        guesses = tuple(Assumption(str(name), fields[name], shown(why, REASON)) for name, why in said["assumptions"])
        return cls(Contract(**fields), guesses, said["keras_major"], State.of(said))


class Model:
    """One model file in a closed process.

    Args:
        inspection: what the file says of itself.
        stated: fields of the contract.
        room: what the memory ceiling leaves to this process and the closed one together.
        patience: seconds that one answer may take.
        opening: how it is loaded: the rest of what `xaifake.detector.loading.assembling.assembled` takes.

    Attributes:
        path: what to call it in refusals.
        loaded: what it is, as it was when it was first loaded.
        runtime: what scores where it is loaded again.

    Raises:
        XaifakeError: as `xaifake.load_detector` does.
        IsolationError: the process cannot be closed, has ended, or gives no answer.
    """

    def __init__(
        self, inspection: Inspection, stated: Mapping[str, Any], room: Room, patience: float = PATIENCE, **opening: Any
    ) -> None:
        self.path, self.room, self.runtime = inspection.path, room, str(opening["runtime"])
        self._stated, self._patience = stated, patience
        opening["custom_objects"] = _text(opening["custom_objects"])
        self._starting = threading.RLock()
        self._process: Process | None = None
        own = modules(opening["builder"], opening["custom_objects"])
        here = weakref.ref(self)
        room.beside = lambda: 0 if (model := here()) is None else model.resident
        room.require(LIBRARY, "TensorFlow")
        suffix = suffix_of(inspection, built=opening["builder"] is not None)
        with contextlib.ExitStack() as held:
            self._copy = held.enter_context(inspected_bytes(inspection, suffix, trusted=opening["allow_unsafe"]))
            self._readable = [self._copy, *map(folder_of, own.values())]
            known = asdict(replace(inspection, path=str(self._copy)))
            self._opening = {**opening, "stated": dict(stated), "inspection": known}
            self.loaded = self._start()
            weakref.finalize(self, held.pop_all().close)
        room.set_aside(self.loaded.state.operations)

    @property
    def resident(self) -> int:
        """Bytes that the closed process holds in memory now."""
        return self._process.resident if self._process else 0

    def ask(
        self, question: str, said: Mapping[str, Any], views: Sequence[NDArray[Any]] = (), fits: Fits = no_arrays
    ) -> tuple[Header, Arrays]:
        """The answer of the closed process, which is started anew where it has ended; see `Process.ask`."""
        with self._starting:
            if not (self._process and self._process.alive) and self._start() != self.loaded:
                raise IsolationError(
                    f"The model says of itself what it did not when it was first loaded. Received: {self.path}"
                )
        return self._asked(question, said, views, fits)

    def state(self, question: str, said: Mapping[str, Any]) -> State | None:
        """What the closed process says of its runtimes after a question; None where there are none of that kind."""
        answer, _ = self.ask(question, said)
        try:
            return None if answer == {"state": None} else State.of(answer)
        except ValueError as error:
            raise self._impossible(error) from error

    def _asked(
        self, question: str, said: Mapping[str, Any], views: Sequence[NDArray[Any]] = (), fits: Fits = no_arrays
    ) -> tuple[Header, Arrays]:
        if self._process is None:
            raise IsolationError(f"The model is not loaded. Received: {self.path}")
        try:
            return self._process.ask(question, said, views, fits, HEADROOM + max(0, self.room.left))
        except XaifakeError as error:  # it knows the file by the name of a copy, where there is one
            raise type(error)(str(error).replace(str(self._copy), self.path)) from error

    def _start(self) -> Loaded:
        memory = self.room.ceiling - resident()
        self._process = Process(self.path, self._readable, memory, self._patience)
        try:
            said, _ = self._asked("load", {**self._opening, "runtime": self.runtime, "memory": memory})
        except XaifakeError:
            self._process.end()
            raise
        try:
            return Loaded.of(said, self._stated)
        except (ValueError, TypeError, KeyError) as error:
            raise self._impossible(error) from error

    def _impossible(self, error: Exception) -> IsolationError:
        if self._process:
            self._process.end()
        return IsolationError(f"The closed process says of the model what cannot be ({shown(error)}). Received: {self.path}")


def _text(path: Any) -> Any:
    return str(path) if isinstance(path, Path) else path


def modules(builder: object, custom_objects: object) -> dict[str, str]:
    """The user's own modules by the option that named them.

    Raises:
        UsageError: one is an object of this process.
    """
    given = {"builder": builder, "custom_objects": custom_objects}
    for option, value in given.items():
        if value is not None and not isinstance(value, str):
            raise UsageError(
                f"A model that is shut in is made of code that its process imports: give {option} as text, a module's name "
                f"or its file. Received: {type(value).__name__}"
            )
    names = {"builder": str(builder or "").rpartition(":")[0], "custom_objects": str(custom_objects or "")}
    return {option: name for option, name in names.items() if name}
