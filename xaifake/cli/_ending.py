"""How a command ends that does not come to its end by itself: what is said, and with which exit code."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from xaifake.cli._terminal import detail, refuse
from xaifake.errors import UsageError, XaifakeError

EXIT_CODES = {
    0: "all went well",
    1: "something was refused, failed or differs, or a bound is crossed",
    2: "the command line cannot be used",
    129: "stopped since its terminal was closed (SIGHUP)",
    130: "stopped by Ctrl-C",
    143: "stopped by a request to end (SIGTERM)",
}

REFUSALS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE)
"""By which a system says that a disk, or the machine, gives no more, whatever asks for it."""


class Terminated(KeyboardInterrupt):
    """A request to end, which is heeded as Ctrl-C is: what is finished is kept."""

    code = 143


class HungUp(Terminated):
    """The terminal was closed."""

    code = 129


REQUESTS = {"SIGTERM": Terminated, "SIGHUP": HungUp}
"""Signals, some of which not every system has."""


@contextmanager
def heeding_requests() -> Iterator[None]:
    """Within it, requests to end raise `Terminated`, unless whoever runs us heeds them already or we are in no main thread.

    ``nohup`` ignores SIGHUP, and so it stays ignored.
    """
    main = threading.current_thread() is threading.main_thread()
    known = [getattr(signal, name) for name in REQUESTS if main and hasattr(signal, name)]
    ours = [number for number in known if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _heed)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _heed(number: int, *_: object) -> None:
    raise REQUESTS[signal.Signals(number).name]


def ended(error: BaseException) -> int:
    """Say why a command ended, and with ``--verbose`` what that came from; its exit code."""
    if isinstance(error, SystemExit):  # --help and --version end so
        return int(error.code or 0)
    if isinstance(error, BrokenPipeError):  # the reader of our output went away: nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if isinstance(error, KeyboardInterrupt):
        with suppress(OSError):  # a terminal that was closed hears nothing
            refuse(f"stopped; {error}" if str(error) else "stopped")
        return error.code if isinstance(error, Terminated) else 130
    refuse(_sentence(error))
    cause = error.__cause__ if isinstance(error, XaifakeError) else error
    if cause:
        detail(f"what that came from:\n{''.join(traceback.format_exception(cause))}")
    return 2 if isinstance(error, UsageError) else 1


def _sentence(error: BaseException) -> str:
    """What a person is told of an error: whatever a library was refused by the system is no fault of xaifake."""
    if isinstance(error, XaifakeError):
        return str(error)
    if isinstance(error, MemoryError):
        return (
            "There is no memory left: leave more of it to this run, or ask for less at once (--memory, --regions, --calls); "
            f"what is finished is kept. Received: {str(error) or 'no more memory'}"
        )
    if isinstance(error, OSError) and error.errno in REFUSALS:
        return (
            "The system refuses a step: make room, or name places that can be written (-o, and TMPDIR for temporary files); "
            f"what is finished is kept. Received: {error}"
        )
    return f"This is a fault of xaifake, not of yours; --verbose shows where. Received: {type(error).__name__}: {error}"
