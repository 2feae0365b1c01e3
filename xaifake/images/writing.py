"""Files out: whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from numpy.typing import NDArray

from xaifake.errors import OutputError

NAMED = 40
"""Characters of a file's name that its temporary file bears, so that what a kill leaves can be told: at most 160 bytes."""


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
    temporary = path.parent / f".{path.name[:NAMED]}-{uuid.uuid4().hex}"
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"The file cannot be written ({error.strerror}). Received: {path}") from error
    finally:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):  # it took its place, or was never made
            temporary.unlink()


def png_of(pixels: NDArray[Any]) -> bytes:
    """A picture as PNG, which keeps every pixel: uint8 (H, W, 3) RGB, or (H, W) grey."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
    return stream.getvalue()
