"""A process that is killed, or refused, at the n-th step that it takes on the file system.

Steps are what changes a disk: to open for writing, write, sync, rename, remove, make a folder, lock. `killed_at` ends all of
them at one: that step is not taken, of a write one half is, and no later step is, whatever stands in ``finally``; what a
process holds, such as locks, goes with the references to it. `refused_at` refuses that step with an error of the system.
"""

from __future__ import annotations

import errno
import fcntl
import gc
import io
import itertools
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from xaifake.images import writing

STEPS = {os: ("open", "fsync", "replace", "rename", "unlink", "rmdir", "mkdir", "ftruncate"), fcntl: ("flock",)}
"""What is counted beside files that are opened and written."""
FREEING = ("unlink", "rmdir")
"""Steps that a full disk allows."""
FULL = errno.ENOSPC, errno.EDQUOT


class Killed(BaseException):
    """The end of the process, as far as files go."""


@dataclass
class Disturbance:
    """Counts steps, and disturbs one.

    Attributes:
        at: the step that is disturbed, from 1; 0 for none.
        number: of the error with which it is refused; None where the process ends there.
        lasts: whether all later steps are refused too, but on a full disk those that make room.
        taken: the names of all steps that were begun, in order.
    """

    at: int = 0
    number: int | None = None
    lasts: bool = False

    def __post_init__(self) -> None:
        self.taken: list[str] = []

    @property
    def happened(self) -> bool:
        """Whether the work came so far."""
        return 0 < self.at <= len(self.taken)

    def step(self, name: str, half: Callable[[], object] = lambda: None) -> None:
        """Take note of a step; raise where it is the one, or comes after the end. Of a write ``half`` is done first."""
        self.taken.append(name)
        if not self.happened:
            return
        if len(self.taken) == self.at and self.number != errno.EINTR:  # whoever is interrupted has written nothing
            half()
        if self.number is None:
            raise Killed
        if len(self.taken) == self.at or (self.lasts and not (self.number in FULL and name in FREEING)):
            raise OSError(self.number, os.strerror(self.number))


class _Torn(io.FileIO):
    """A file of which each write is a step."""

    disturbance: Disturbance

    def write(self, data: Any, /) -> int:
        content = bytes(data)
        self.disturbance.step("write", lambda: super(_Torn, self).write(content[: len(content) // 2]))
        return super().write(content)


@contextmanager
def disturbed(disturbance: Disturbance) -> Iterator[Disturbance]:
    """Within it, Python's steps on the file system are counted, and one is disturbed."""
    opened = io.open

    def open_(file: Any, mode: str = "r", *others: Any, **named: Any) -> Any:
        if not set(mode) & set("wxa+") or isinstance(file, int):
            return opened(file, mode, *others, **named)
        disturbance.step(f"open {mode}")
        raw = _Torn(file, mode.replace("b", "").replace("t", ""))
        raw.disturbance = disturbance
        buffered = (io.BufferedRandom if "+" in mode else io.BufferedWriter)(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding=named.get("encoding", "utf-8"))

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def taken(*given: Any, **named: Any) -> Any:
            if not (name == "open" and not given[1] & (os.O_WRONLY | os.O_RDWR)) and given[1:] != (fcntl.LOCK_UN,):
                disturbance.step(name)
            return function(*given, **named)

        return taken

    with ExitStack() as patches:
        patches.enter_context(patch.object(io, "open", open_))
        patches.enter_context(patch("builtins.open", open_))
        for module, names in STEPS.items():
            for name in names:
                patches.enter_context(patch.object(module, name, counted(name, getattr(module, name))))
        yield disturbance


KINDS = {
    "kill": (None, False),
    "full disk": (errno.ENOSPC, True),
    "read-only": (errno.EROFS, True),
    "fault": (errno.EIO, False),
}
"""What happens at a step: the error, and whether it lasts."""


def endings(work: Callable[[Path], object], folder: Path, kind: str) -> Iterator[tuple[int, Path, BaseException | None]]:
    """Each step at which the work can end in that way: its number, where it worked, and what it raised.

    Each time the work begins in a new folder, and afterwards all is as in a new process.
    """
    gc.freeze()  # what is there already need not be searched each time for what a killed process held
    for at in itertools.count(1):
        disturbance, out, raised = Disturbance(at, *KINDS[kind]), folder / f"{kind} {at}", None
        out.mkdir()
        try:
            with disturbed(disturbance):
                work(out)
        except (Killed, Exception) as error:  # noqa: BLE001 - judged by whoever asked
            raised = error
        _let_go(raised)
        writing._cleared.cache_clear()
        if not disturbance.happened:
            break
        yield at, out, raised
    gc.unfreeze()


def _let_go(raised: BaseException | None) -> None:
    """Close what the frames of an error hold, as the system does with what a killed process held."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it had no time to close its files
        while raised is not None:
            raised.__traceback__ = None
            raised = raised.__context__
        gc.collect()
