"""The bytes of one member of a zip archive, read in their place. `zipfile` would read all before a position to get there,
and believes what a member says of its size.
"""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any
from zipfile import ZipInfo

LOCAL_HEADER = struct.Struct("<4s22xHH")
CHUNK = 2**20


def unpacked_size(path: Path, member: ZipInfo) -> int:
    """How many bytes a deflated member really unpacks to; it is not followed far beyond what it states."""
    total, inflating = 0, zlib.decompressobj(-zlib.MAX_WBITS)
    with Window(path, member) as packed:
        while not inflating.eof and total <= member.file_size:
            chunk = inflating.unconsumed_tail or packed.read(CHUNK)
            if not chunk:
                break
            total += len(inflating.decompress(chunk, CHUNK))
    return total


class Window(io.RawIOBase):
    """The bytes of a member as they lie in the file."""

    def __init__(self, path: Path, member: ZipInfo) -> None:
        self._file = path.open("rb")
        self._file.seek(member.header_offset)
        magic, name_length, extra_length = LOCAL_HEADER.unpack(self._file.read(LOCAL_HEADER.size))
        if magic != b"PK\x03\x04":
            self._file.close()
            raise ValueError("a member has no header")
        self._start = member.header_offset + LOCAL_HEADER.size + name_length + extra_length
        self._size = member.compress_size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)[: max(0, self._size - self._at)]
        self._file.seek(self._start + self._at)
        count = self._file.readinto(view)
        self._at += count
        return count

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()
