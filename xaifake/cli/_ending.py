"""How a command ends that does not come to its end by itself: what is said, and with which exit code."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from xaifake.cli._terminal import detail, refuse
from xaifake.errors import UsageError, XaifakeError

EXIT_CODES = {
    0: "all went well",
    1: "something was refused, failed or differs, or a bound is crossed",
    2: "the command line cannot be used",
    130: "stopped by Ctrl-C",
    143: "stopped by a request to end (SIGTERM)",
}


class Terminated(KeyboardInterrupt):
    """A request to end, which is heeded as Ctrl-C is: what is finished is kept."""


@contextmanager
def heeding_sigterm() -> Iterator[None]:
    """Within it, SIGTERM raises `Terminated`, unless whoever runs us heeds it already or we are in no main thread."""
    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if ours:
        signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _terminate(*_: object) -> None:
    raise Terminated


def ended(error: BaseException) -> int:
    """Say why a command ended, and with ``--verbose`` what that came from; its exit code."""
    if isinstance(error, SystemExit):  # --help and --version end so
        return int(error.code or 0)
    if isinstance(error, BrokenPipeError):  # the reader of our output went away: nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if isinstance(error, KeyboardInterrupt):
        refuse(f"stopped; {error}" if str(error) else "stopped")
        return 143 if isinstance(error, Terminated) else 130
    if isinstance(error, XaifakeError):
        refuse(error)
        cause = error.__cause__
    else:
        refuse(f"This is a fault of xaifake, not of yours; --verbose shows where. Received: {type(error).__name__}: {error}")
        cause = error
    if cause:
        detail(f"what that came from:\n{''.join(traceback.format_exception(cause))}")
    return 2 if isinstance(error, UsageError) else 1
