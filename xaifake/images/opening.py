"""Files of strangers, opened and read so that none takes all time or all memory."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import BinaryIO

from xaifake.errors import PictureError

MOST_BYTES = 500_000_000
"""The largest picture file that is read."""
MOST_READS = 2_000_000
"""Pieces in which a decoder may ask for a file. A picture of 100 megapixels takes 400,000 in a GIF; a file of nothing
but empty chunks asks for as many as it has bytes."""


def regular(path: str | Path) -> BinaryIO:
    """The file at a path, open for reading. Opening a pipe does not wait for whoever might write into it.

    Raises:
        OSError: it cannot be opened, or is a folder, a pipe, a device or a socket.
        ValueError: no file can have that name.
    """
    file = open(path, "rb", opener=_at_once)  # noqa: SIM115 - whoever asked closes it; Path.open takes no opener
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(None, "it is a pipe, a device or a socket")


def read_file(path: str | Path) -> bytes:
    """The bytes of a picture file.

    Raises:
        PictureError: missing, closed, empty, too large, or no file.
    """
    try:
        with regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            data = (file.read(MOST_BYTES + 1) or b"") if size <= MOST_BYTES else None  # it may have grown since
    except IsADirectoryError as error:
        raise PictureError(f"A picture is a file; name the files in this folder. Received: {path}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PictureError(f"The picture cannot be read ({reason}). Received: {path}") from error
    if data is None or len(data) > MOST_BYTES:
        raise PictureError(f"A picture file may have up to {MOST_BYTES // 10**6} MB. Received: {path}")
    if not data:
        raise PictureError(f"The picture file is empty. Received: {path}")
    return data


class Pieces(io.BytesIO):
    """Bytes that a decoder reads in no more than `MOST_READS` pieces."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._left = MOST_READS

    def read(self, size: int | None = -1, /) -> bytes:
        """So many bytes, or as many as there are.

        Raises:
            PictureError: the last piece is spent.
        """
        self._left -= 1
        if self._left < 0:
            raise PictureError("The picture file is cut into more pieces than any picture needs")
        return super().read(size)


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
