"""Another Python with one model in it, seen from here: started, asked, ended, and nothing that it says is believed."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import xaifake
from xaifake import errors
from xaifake.detector.inspection.bounds import shown
from xaifake.detector.isolation.messages import LONGEST, Channel, Header, Shapes
from xaifake.errors import IsolationError, XaifakeError
from xaifake.memory import shown as size_shown

COMMAND = "from xaifake.detector.isolation.within import main; main()"
PATIENCE = 600.0
"""Seconds that any one answer may take, loading among them."""
TEXT = 1000
"""Letters of a sentence from the other side, at most."""
SETTINGS = ("LANG", "LC_", "TZ", "LD_LIBRARY_PATH", "OMP_", "KMP_", "MKL_", "OPENBLAS_", "TF_", "PYTHONHASHSEED", "MALLOC_")
"""How the names of environment variables begin that reach the other side: what computing depends on, and no secrets."""
NOWHERE = "/nonexistent"
KNOWN = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, XaifakeError)}

Fits = Callable[[Shapes], bool]


def no_arrays(shapes: Shapes) -> bool:
    """Whether an answer holds words alone."""
    return not shapes


class Process:
    """A closed process.

    Args:
        path: what to call the model in refusals.
        readable: files and folders that it may read.
        memory: bytes that it may hold.
        patience: seconds that one answer may take.

    Raises:
        IsolationError: it cannot be started or closed.
    """

    def __init__(self, path: str, readable: Sequence[Path], memory: int, patience: float = PATIENCE) -> None:
        self._path, self._memory, self._patience = path, memory, patience
        self._asking, self._asked = threading.Lock(), 0
        theirs_reads, writes = os.pipe()
        reads, theirs_writes = os.pipe()
        orders = {"parent": os.getpid(), "memory": memory, "readable": [str(each.resolve()) for each in readable]}
        try:
            orders |= {"reads": theirs_reads, "writes": theirs_writes}
            self._python = _starter().submit(_started, orders).result()
        finally:
            os.close(theirs_reads)
            os.close(theirs_writes)
        self._channel = Channel(reads, writes)
        self.end = weakref.finalize(self, _end, self._python, reads, writes)
        self.ask("close", {})

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self.end.alive

    @property
    def resident(self) -> int:
        """Bytes that it holds in memory now."""
        import psutil

        try:
            return int(psutil.Process(self._python.pid).memory_info().rss) if self.alive else 0
        except psutil.Error:  # it has ended
            return 0

    def ask(
        self,
        question: str,
        said: Mapping[str, Any],
        arrays: Sequence[NDArray[Any]] = (),
        fits: Fits = no_arrays,
        most: int = 0,
    ) -> tuple[Header, list[NDArray[np.float32]]]:
        """Ask, and wait for the answer.

        Args:
            question: one that `xaifake.detector.isolation.within` answers.
            said: what it needs to know.
            arrays: numbers that go with it.
            fits: whether an answer may hold arrays of these shapes.
            most: bytes of the arrays of an answer.

        Raises:
            XaifakeError: what xaifake refuses there, in its class.
            IsolationError: the answer is none, or does not come; the process has then ended.
        """
        with self._asking:
            self._asked += 1
            until = time.monotonic() + self._patience
            try:
                self._channel.send({"id": self._asked, "question": question, "said": dict(said)}, arrays, until)
                header, shapes = self._channel.header(LONGEST, until)
                if header.get("id") != self._asked:
                    raise ValueError("an answer to another question")
                if set(header) == {"id", "said"} and isinstance(header["said"], dict):
                    if not fits(shapes) or _size(shapes) > most:
                        raise ValueError(f"arrays of {shown(shapes)}")
                    return header["said"], self._channel.arrays(shapes, until)
            except TimeoutError as error:
                self.end()
                raise self._refusal(f"gave no answer within {self._patience:.0f} seconds") from error
            except (EOFError, OSError) as error:
                raise self._refusal(self._ended()) from error
            except ValueError as error:
                self.end()
                raise self._refusal(f"gave an answer that cannot be used ({shown(error)})") from error
            except BaseException:  # interrupted: a later answer would be taken for that of the next question
                self.end()
                raise
            raise self._error(header, shapes)

    def _error(self, header: Header, shapes: Shapes) -> XaifakeError:
        name, text = header.get("error"), header.get("text")
        whole = set(header) == {"id", "error", "text"} and not shapes
        if whole and isinstance(name, str) and isinstance(text, str) and name in KNOWN:
            return KNOWN[name](shown(text, TEXT))
        self.end()
        return self._refusal("gave an answer that cannot be used")

    def _ended(self) -> str:
        """How it ended."""
        try:
            code = self._python.wait(5)
        except subprocess.TimeoutExpired:
            code = None
        self.end()
        if code is None or code >= 0:
            return "has ended"
        name = signal.Signals(-code).name if -code in {*signal.Signals} else f"signal {-code}"
        return (
            f"has ended ({name}): it crashed, or wanted more than the {size_shown(self._memory)} of memory that it may take"
        )

    def _refusal(self, what: str) -> IsolationError:
        return IsolationError(
            f"The process in which the model is shut {what}; raise --memory if it is short of that, and do not use a model "
            f"that keeps doing so. Received: {self._path}"
        )


def _size(shapes: Shapes) -> int:
    return sum(int(np.prod(shape, dtype=object)) * 4 for shape in shapes)


def environment() -> dict[str, str]:
    """The environment of the other side: where its code lies, what computing depends on, and nothing else."""
    places = [str(Path(xaifake.__file__).parents[1]), *filter(None, sys.path)]
    own = {"PYTHONPATH": os.pathsep.join(places), "HOME": NOWHERE, "CUDA_VISIBLE_DEVICES": "-1"}
    return {name: value for name, value in os.environ.items() if name.startswith(SETTINGS)} | own


def _started(orders: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this Python, on our own code
        [sys.executable, "-P", "-B", "-c", COMMAND, json.dumps(orders)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(orders["reads"], orders["writes"]),
        env=environment(),
        start_new_session=True,
    )


def _end(python: subprocess.Popen[bytes], *places: int) -> None:
    python.kill()
    python.wait()
    for place in places:
        os.close(place)


@functools.cache
def _starter() -> ThreadPoolExecutor:
    """The thread that starts all closed processes: they end with it, so it must not be one that ends before its process."""
    return ThreadPoolExecutor(1, "xaifake-isolation")
