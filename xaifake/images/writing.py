"""Files out: whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import uuid
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from xaifake.errors import OutputError

NAMED = 40
"""Characters of a file's name that its temporary file bears, so that what a kill leaves can be told: at most 160 bytes."""


def write_whole(path: str | Path, data: bytes) -> None:
    """Write a file whole or not at all: into a temporary file beside it, which then takes its place.

    Raises:
        OutputError: the folder is missing or closed, or the disk is full. What stood at the path still stands.
    """
    path = Path(path)
    temporary = path.parent / f".{path.name[:NAMED]}-{uuid.uuid4().hex}"
    try:
        with temporary.open("xb") as file:
            file.write(data)
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
