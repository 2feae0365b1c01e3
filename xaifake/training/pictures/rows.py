"""A NumPy file that grows row by row, so that its rows need not be counted beforehand, nor held in memory."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Rows:
    """A ``.npy`` file of uint8 (rows, …), written from its beginning. What stood at the path is replaced.

    It is written as a file and not as a memory map: a full disk is then an error, and not the end of the process; and a map
    would count as memory while it is written.

    Args:
        path: of the file.
        shape: of one row.
    """

    def __init__(self, path: Path, shape: tuple[int, ...]) -> None:
        self._file = path.open("wb")
        self._shape, self._rows = shape, 0
        self._write_header()

    def add(self, rows: NDArray[np.uint8]) -> None:
        """Append rows, (n, …)."""
        self._file.write(np.ascontiguousarray(rows).data)
        self._rows += len(rows)

    def skip(self, count: int) -> None:
        """Append rows of zeros, which take no room on most disks."""
        self._file.seek(count * int(np.prod(self._shape)), 1)
        self._rows += count

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._file:
            self._file.truncate()
            self._file.seek(0)
            self._write_header()
            self._file.flush()
            os.fsync(self._file.fileno())

    def _write_header(self) -> None:
        """NumPy leaves room in it for as many rows as there may come to be."""
        header: dict[str, Any] = {"descr": "|u1", "fortran_order": False, "shape": (self._rows, *self._shape)}
        np.lib.format.write_array_header_1_0(self._file, header)
