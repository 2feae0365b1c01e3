"""Where an audit's rows lie: a folder of this machine, or an address of fsspec (an object store)."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from xaifake.dataset.addresses import is_remote
from xaifake.errors import MissingLibraryError, OutputError
from xaifake.images import remove_unfinished, write_whole

FULL = errno.ENOSPC, errno.EDQUOT
NO_LOCKS = errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK
"""What file systems answer that know no locks."""
GO_ON = "Nothing that is finished is lost: run the same command again, and it goes on from there."


@dataclass(frozen=True)
class Store:
    """Named files that are written whole or not at all. Names have ``/`` between their parts.

    ``address`` is a folder, which is made when something is written, or an address such as ``s3://bucket/audit``, for which
    fsspec finds the library. It can be pickled: workers elsewhere write to the same place.
    """

    address: str

    def __post_init__(self) -> None:
        if not is_remote(self.address):  # a worker may stand in another folder
            object.__setattr__(self, "address", str(Path(self.address).absolute()))

    @cached_property
    def _remote(self) -> tuple[Any, str]:
        """The file system, and where in it this store begins."""
        import fsspec

        system, root = fsspec.url_to_fs(self.address)
        return system, str(root).rstrip("/")

    def path(self, name: str) -> Path | None:
        """Where a name lies on this machine; None where the store is elsewhere."""
        return None if is_remote(self.address) else Path(self.address, name)

    def shown(self, name: str) -> str:
        """A name with its address, for a person."""
        return f"{self.address.rstrip('/')}/{name}"

    def names(self, folder: str) -> list[str]:
        """The files in a folder, sorted, hidden ones left out; none where there is no such folder."""
        with self._refusals("listed", folder):
            if path := self.path(folder):
                found = [entry.name for entry in path.iterdir() if entry.is_file()] if path.is_dir() else []
            else:
                system, root = self._remote
                system.invalidate_cache()  # others write here too
                where = f"{root}/{folder}"
                listed = system.ls(where, detail=True) if system.isdir(where) else []
                found = [entry["name"].rpartition("/")[2] for entry in listed if entry["type"] == "file"]
        return sorted(f"{folder}/{name}" for name in found if not name.startswith("."))

    def read(self, name: str) -> bytes | None:
        """A file's bytes; None where there is none."""
        with self._refusals("read", name), contextlib.suppress(FileNotFoundError):
            if path := self.path(name):
                return path.read_bytes()
            system, root = self._remote
            return bytes(system.cat_file(f"{root}/{name}"))
        return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole: whoever reads it sees all of it or what stood there before.

        On this machine no name and no link within the store leads out of it; one that stands at the name itself gives way.

        Raises:
            OutputError: it cannot be written, or the disk is full.
        """
        with self._refusals("written", name):
            if path := self.path(name):
                if not path.parent.resolve().is_relative_to(Path(self.address).resolve()):
                    raise PermissionError(errno.EPERM, "a name or a link leads out of the folder")
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, data)
            else:
                system, root = self._remote
                system.pipe_file(f"{root}/{name}", data)

    @contextlib.contextmanager
    def lock(self, name: str, *, wait: bool = False) -> Iterator[bool]:
        """Whether this process now has the sole right to write a file; with ``wait``, once it has.

        The system takes the right back when a process ends, however it ends. Where there are no locks, everyone has it: two
        processes may then do the same work, and the later one writes the same bytes again.
        """
        path = self.path(name)
        with self._refusals("locked", name):
            lock = None if path is None else _acquired(path, wait)
        if path is None or lock is None or not lock.is_locked:
            yield lock is None
            return
        try:
            yield True
        finally:
            with contextlib.suppress(OSError):  # `tidy` removes it then
                if path.exists():  # whoever waits for a lock that is gone looks first whether the file stands
                    lock_beside(path).unlink(missing_ok=True)
            lock.release()

    def tidy(self, folder: str) -> None:
        """Remove what killed processes left: files half written, and the locks of files that stand.

        Whoever holds or awaits such a lock looks first whether the file stands, so it can go whoever has it.
        """
        place = self.path(folder)
        if place is None or not place.is_dir():
            return
        with self._refusals("tidied", folder):
            remove_unfinished(place)
            for lock in place.glob(".*.lock"):
                if (place / lock.name.removeprefix(".").removesuffix(".lock")).exists():
                    lock.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _refusals(self, what: str, name: str) -> Iterator[None]:
        """Turn what a file system or a library refuses into one sentence."""
        try:
            yield
        except ImportError as error:
            raise MissingLibraryError(
                f"Addresses of this kind need one more package ({error}). Received: {self.address}"
            ) from error
        except Exception as error:  # libraries of object stores raise whatever they like
            cause = error.__cause__ if isinstance(error, OutputError) else error
            if isinstance(cause, OSError) and cause.errno in FULL:
                sentence = f"The disk is full: make room there. {GO_ON}"
            else:
                reason = getattr(cause, "strerror", None) or cause
                sentence = f"This cannot be {what} ({reason}); name a place you may write to with -o. {GO_ON}"
            raise OutputError(f"{sentence} Received: {self.shown(name)}") from error


def lock_beside(path: Path) -> Path:
    """Where the lock of a file lies while somebody is to write it."""
    return path.with_name(f".{path.name}.lock")


def _acquired(path: Path, wait: bool) -> Any:
    """The lock of a file, tried once or waited for; None where the file system has no locks."""
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(lock_beside(path), fallback_to_soft=False)  # a soft lock would outlive a killed process
    try:
        lock.acquire(blocking=wait)
    except Timeout:
        pass  # another has it, which the lock itself says
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        return None
    return lock
