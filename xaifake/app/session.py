"""A visitor's folder and jobs, which end with the visit."""

from __future__ import annotations

import atexit
import contextlib
import functools
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

from filelock import FileLock, Timeout

from xaifake.app.room import room_of
from xaifake.app.settings import Settings
from xaifake.errors import UsageError

if TYPE_CHECKING:
    from xaifake.app.uploads import Refused, Upload

PREFIX = "xaifake-app-"
MOST_JOBS = 5
"""Explanations and audits of one visitor that wait or run."""


class Stoppable(Protocol):
    """What a visitor began."""

    @property
    def finished(self) -> bool: ...

    def stop(self) -> None: ...


class Session:
    """What the page keeps of one visitor, as long as the visit lasts.

    Attributes:
        folder: the visitor's own, readable by nobody else.
        name: what tells this visit from others.
        room: where the memory is counted that the visitor takes.
        uploads: what became of each picture that was sent, by the browser's name for the file, the latest last.

    Args:
        settings: those of the page.
        root: the folder of all visitors; the server's own without it.
        name: one that no other visit has; made up without it.

    Raises:
        UsageError: so many visitors are here that there is no room for another, and nobody of them is away.
    """

    def __init__(self, settings: Settings, root: Path | None = None, name: str = "") -> None:
        self.name = name or uuid.uuid4().hex
        with _counting:
            if len(_present) >= settings.max_sessions and (gone := [one for one in _present if one.name in _away]):
                min(gone, key=lambda one: _away[one.name]).close()
            if len(_present) >= settings.max_sessions:
                raise UsageError(
                    "So many people use this page now that there is no room for one more; come back in a few minutes. "
                    f"Received: visitor {len(_present) + 1} of {settings.max_sessions} at most"
                )
            _present.add(self)
        self.folder = Path(tempfile.mkdtemp(dir=root or server_folder()))
        self.room = room_of(settings)
        self.uploads: dict[str, Upload | Refused] = {}
        self.closed = False
        self._jobs: list[Stoppable] = []

    def began(self, job: Stoppable) -> None:
        """Remember what is to be stopped with the visit; where that is over, at once.

        Raises:
            UsageError: the visitor has as much under way as anybody may.
        """
        self._jobs = [one for one in self._jobs if not one.finished]
        if len(self._jobs) >= MOST_JOBS:
            job.stop()
            raise UsageError(
                f"A visitor may have {MOST_JOBS} things under way; stop one, or wait for it. Received: one more"
            )
        self._jobs.append(job)
        if self.closed:
            job.stop()

    def close(self) -> None:
        """Stop what the visitor began, and delete all that was kept; to be called as often as one likes."""
        self.closed = True
        for job in self._jobs:
            job.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        _present.discard(self)


_present: WeakSet[Session] = WeakSet()
_visits: dict[str, Session] = {}
_away: dict[str, float] = {}
"""Visits without a connection, and since when, by `time.monotonic`."""
_counting = threading.RLock()


def visit(settings: Settings, name: str, connected: Callable[[str], bool]) -> Session:
    """The session of a visit, the same one as long as the visit goes on.

    Args:
        settings: those of the page.
        name: the visit's.
        connected: whether a visit has a connection.

    Raises:
        UsageError: no more visitors are taken now; or this visit is over.
    """
    with _counting:
        if (session := _visits.get(name)) is None or session.closed:
            session = _visits[name] = Session(settings, name=name)
    if not (connected(name) or name in _away):  # it ended while its page was drawn, and nobody will say so again
        over(name)
        raise UsageError(f"This visit is over; load the page anew. Received: visit {name}")
    return session


def left(name: str) -> None:
    """A visit's connection broke; its visitor may come back."""
    _away[name] = time.monotonic()


def returned(name: str) -> None:
    """A visit is without a connection no longer."""
    _away.pop(name, None)


def over(name: str) -> None:
    """A visit has ended."""
    if session := _visits.pop(name, None):
        session.close()


@functools.cache
def server_folder() -> Path:
    """The folder of all visitors of this process; it goes with the process, and so do those that dead processes left."""
    place = Path(tempfile.gettempdir())
    swept(place)
    folder = place / f"{PREFIX}{uuid.uuid4().hex}"
    lock = _lock_of(folder)
    lock.acquire()  # before the folder is there, so that a folder without its lock held is always a dead one's
    folder.mkdir(mode=0o700)
    atexit.register(_ended, folder, lock)
    return folder


def swept(place: Path) -> None:
    """Delete the folders of servers that ended without doing so themselves."""
    for folder in place.glob(f"{PREFIX}*"):
        lock = _lock_of(folder)
        with contextlib.suppress(Timeout, OSError):  # alive, or another user's
            if folder.is_dir() and not folder.is_symlink():
                lock.acquire(blocking=False)
                _ended(folder, lock)


def close_all() -> None:
    """End all visits."""
    for session in list(_present):
        session.close()


def _lock_of(folder: Path) -> FileLock:
    return FileLock(folder.with_name(f".{folder.name}.lock"))


def _ended(folder: Path, lock: FileLock) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
    Path(lock.lock_file).unlink(missing_ok=True)
