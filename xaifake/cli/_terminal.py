"""The one door to a terminal: notes, refusals and progress on standard error, for a person or for a program; results beside.

Commands speak through Python's logging, under the name ``xaifake``. Nothing here writes a colour.
"""

from __future__ import annotations

import json
import logging
import shutil
import sys
import time
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager

from xaifake.letters import in_a_line

LOG = logging.getLogger("xaifake")
HEARD = (LOG, logging.getLogger("py.warnings"))
"""What is spoken: what commands say, and the warnings of libraries."""
NOTE = logging.INFO + 5
"""What is said unasked; what the library logs below it, such as how fast a runtime is, is for ``--verbose``."""
EVENTS_A_SECOND = 4
"""Progress that a program hears of, at most."""

Advance = Callable[[int], None]


def say(line: object) -> None:
    """A line for the person who waits: on standard error, which leaves standard output to results."""
    LOG.log(NOTE, "%s", line)


def refuse(line: object) -> None:
    """What went wrong, in a line; heard even by those who want quiet."""
    LOG.error("%s", line)


def detail(line: object) -> None:
    """What happens and why, for ``--verbose``."""
    LOG.debug("%s", line)


def done(code: int) -> None:
    """A command came to its end; a program hears of it, while a person sees it."""
    LOG.log(NOTE, "ended with exit code %d", code, extra={"event": "done"})


def result(*lines: object) -> None:
    """Lines of results on standard output, beside a bar that may be running on standard error."""
    from tqdm import tqdm

    tqdm.write("\n".join(in_a_line(str(line)) for line in lines))


def record(told: object) -> None:
    """The one JSON value of ``--json`` on standard output."""
    print(_json(told, indent=2))


def progress(total: int | None, what: str = "model calls", unit: str = "call") -> AbstractContextManager[Advance]:
    """How far a piece of work is, as whoever listens wants to hear it; what it gives is told of each step."""
    voice = next((handler for handler in LOG.handlers if isinstance(handler, Voice)), None)
    return (voice or Lines()).counting(total, what, unit)


@contextmanager
def speaking(tokens: Collection[str]) -> Iterator[None]:
    """Within it, `say` and all that go with it are heard on standard error, as ``--quiet`` and the like ask for."""
    voice = JsonLines() if "--log-json" in tokens else Lines()
    level = logging.ERROR if "--quiet" in tokens else logging.DEBUG if "--verbose" in tokens else NOTE
    before = [(log, log.level, log.propagate) for log in HEARD]
    logging.captureWarnings(True)
    for log in HEARD:
        log.addHandler(voice)
        log.setLevel(level)
        log.propagate = False
    try:
        yield
    finally:
        logging.captureWarnings(False)
        for log, level_before, propagate in before:
            log.removeHandler(voice)
            log.setLevel(level_before)
            log.propagate = propagate


class Voice(logging.Handler):
    """A way to speak on standard error, wherever that leads at the time."""

    @abstractmethod
    def counting(self, total: int | None, what: str, unit: str) -> AbstractContextManager[Advance]:
        """Progress of one piece of work."""


class Lines(Voice):
    """For a person: a line each, refusals behind the program's name, and a bar while a terminal looks on."""

    def emit(self, record: logging.LogRecord) -> None:
        from tqdm import tqdm

        if hasattr(record, "event"):  # that it is done, a person sees
            return
        is_refusal = record.levelno >= logging.ERROR
        parting = " " if is_refusal else r"\n" if record.levelno == NOTE else "\n"  # a note is one line
        told = parting.join(in_a_line(line) for line in record.getMessage().rstrip("\n").split("\n"))
        tqdm.write(f"xaifake: {told}" if is_refusal else told, file=sys.stderr)

    @contextmanager
    def counting(self, total: int | None, what: str, unit: str) -> Iterator[Advance]:
        """A bar with the time left, or a count where nobody knows the total, where standard error is a terminal."""
        from tqdm import tqdm

        columns, rows = shutil.get_terminal_size()  # some terminals say 0 × 0, into which tqdm would draw nothing
        hidden = None if LOG.isEnabledFor(NOTE) else True  # None: wherever it is no terminal
        bar = tqdm(
            total=total,
            unit=unit,
            desc=in_a_line(what),
            file=sys.stderr,
            disable=hidden,
            leave=False,
            ncols=columns,
            nrows=rows,
        )
        with bar:

            def advance(steps: int) -> None:
                bar.update(steps)

            yield advance


class JsonLines(Voice):
    """For a program: one JSON object a line, with ``event`` one of progress, note, error and done."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = "error" if record.levelno >= logging.ERROR else getattr(record, "event", "note")
        self._write(event=kind, text=record.getMessage().rstrip("\n"))

    @contextmanager
    def counting(self, total: int | None, what: str, unit: str) -> Iterator[Advance]:  # noqa: ARG002 - a bar's unit, not said here
        """Progress at its beginning, a few times a second, and at its end."""
        done, told = 0, time.monotonic()

        def tell() -> None:
            if LOG.isEnabledFor(NOTE):
                self._write(event="progress", what=what, done=done, total=total)

        def advance(steps: int) -> None:
            nonlocal done, told
            done += steps
            if (now := time.monotonic()) - told >= 1 / EVENTS_A_SECOND:
                told = now
                tell()

        tell()
        yield advance
        tell()

    def _write(self, **event: object) -> None:
        print(_json(event), file=sys.stderr, flush=True)


def _json(told: object, indent: int | None = None) -> str:
    """In ASCII: nothing in it steers a terminal, whatever encoding that has."""
    return json.dumps(told, indent=indent, allow_nan=False).replace("\x7f", r"\u007f")
