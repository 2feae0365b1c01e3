"""Files out: whole or not at all, and nothing beside them, whatever ends the process that writes."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from numpy.typing import NDArray

from xaifake.errors import OutputError

NAMED = 40
"""Characters of a file's name that its temporary file bears, so that what a kill leaves can be told: at most 160 bytes."""
TEMPORARY = re.compile(rf"\..{{0,{NAMED}}}-[0-9a-f]{{32}}", re.DOTALL)


def refuse_existing(path: Path, *, force: bool) -> None:
    """Refuse to replace a file that the user did not give up.

    Raises:
        OutputError: there is one, and ``force`` is not said.
    """
    if path.exists() and not force:
        raise OutputError(f"A file of that name exists; --force replaces it, -o names another. Received: {path}")


def write_whole(path: str | Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        OutputError: as `written_whole` does.
    """
    with written_whole(path) as file:
        file.write(data)


@contextlib.contextmanager
def written_whole(path: str | Path) -> Iterator[BinaryIO]:
    """A file to write into, temporary and beside the path, which takes its place when the block ends well.

    Raises:
        OutputError: the folder is missing or closed, or the disk is full. What stood at the path still stands.
    """
    path = Path(path)
    temporary = None
    try:
        _cleared(path.parent.absolute())
        with _begun(path) as file:
            temporary = Path(file.name)
            yield file
            file.flush()
            os.fsync(file.fileno())
            if sys.platform == "win32":  # where no file can be moved that is open
                file.close()
            temporary.replace(path)
    except OSError as error:
        raise OutputError(f"The file cannot be written ({error.strerror or error}). Received: {path}") from error
    finally:
        if temporary:
            with contextlib.suppress(OSError):  # it took its place; or the disk refuses this as it refused to be written
                temporary.unlink()


def remove_unfinished(folder: Path) -> None:
    """Remove the temporary files that killed processes have left in a folder; those of processes that live stay.

    Raises:
        OSError: the folder cannot be listed.
    """
    for path in folder.iterdir():
        if TEMPORARY.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            with contextlib.suppress(OSError), path.open("rb") as file:  # others hold it, or nobody can hold files here
                _hold(file, wait=False)
                path.unlink()


_cleared = functools.lru_cache(maxsize=256)(remove_unfinished)
"""`remove_unfinished`, once for each folder that this process writes to."""


def _begun(path: Path) -> BinaryIO:
    """A new temporary file beside a path, held until it is closed."""
    while True:
        file = path.with_name(f".{path.name[:NAMED]}-{uuid.uuid4().hex}").open("xb")
        with contextlib.suppress(OSError):  # where nobody can hold files, none is removed
            _hold(file, wait=True)
        if Path(file.name).exists():
            return file
        file.close()  # removed before it was held


def _hold(file: BinaryIO, *, wait: bool) -> None:
    """Be the one process that holds a file; the system lets go of it when the process ends, however it ends.

    Raises:
        OSError: another holds it, or the file system knows no locks.
    """
    if sys.platform != "win32":  # where nobody removes a file that is open
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def png_of(pixels: NDArray[Any]) -> bytes:
    """A picture as PNG, which keeps every pixel: uint8 (H, W, 3) RGB, or (H, W) grey."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
    return stream.getvalue()
