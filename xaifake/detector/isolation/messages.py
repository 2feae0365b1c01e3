"""What travels between a process and the closed one, in both directions: a header in JSON, then numbers as raw float32.

4 bytes: length of the header, big-endian | header: UTF-8 JSON, "shapes" among it | each array: float32, little-endian
"""

from __future__ import annotations

import json
import math
import os
import select
import struct
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 2**16
"""Bytes of the header of an answer, at most."""
AXES = 4
LENGTH = struct.Struct(">I")
NUMBERS = np.dtype("<f4")

Header = dict[str, Any]
Shapes = list[tuple[int, ...]]


class Channel:
    """Both directions of a pair of pipes.

    Args:
        reads: file descriptor to read from.
        writes: file descriptor to write to.

    Each method takes the moment, by `time.monotonic`, until which it waits; None is for ever.

    Raises:
        TimeoutError: the moment has come.
        EOFError, BrokenPipeError: the other side is gone.
        ValueError: what came is no message.
    """

    def __init__(self, reads: int, writes: int) -> None:
        self._reads, self._writes = reads, writes
        for place in (reads, writes):
            os.set_blocking(place, False)

    def send(self, header: Header, arrays: Sequence[NDArray[Any]] = (), until: float | None = None) -> None:
        """Send a header and arrays."""
        numbers = [np.ascontiguousarray(array, NUMBERS) for array in arrays]
        text = json.dumps({**header, "shapes": [array.shape for array in numbers]}).encode()
        for part in (LENGTH.pack(len(text)), text, *(array.tobytes() for array in numbers)):
            left = memoryview(part)
            while left:
                _wait(self._writes, select.POLLOUT, until)
                left = left[os.write(self._writes, left) :]

    def header(self, longest: int, until: float | None = None) -> tuple[Header, Shapes]:
        """The header of the next message, and the shapes of the arrays that it announces."""
        (length,) = LENGTH.unpack(self._bytes(LENGTH.size, until))
        if length > longest:
            raise ValueError(f"a header of {length} bytes")
        try:
            header = json.loads(bytes(self._bytes(length, until)))
        except RecursionError as error:
            raise ValueError("a header nested too deep") from error
        if not isinstance(header, dict):
            raise ValueError("no header")  # noqa: TRY004 - one kind of error for all that came
        return header, _shapes(header.pop("shapes", None))

    def arrays(self, shapes: Shapes, until: float | None = None) -> list[NDArray[np.float32]]:
        """The arrays that were announced."""
        return [
            np.frombuffer(self._bytes(math.prod(shape) * NUMBERS.itemsize, until), NUMBERS).reshape(shape)
            for shape in shapes
        ]

    def _bytes(self, count: int, until: float | None) -> bytearray:
        content = bytearray(count)
        left = memoryview(content)
        while left:
            _wait(self._reads, select.POLLIN, until)
            came = os.readv(self._reads, [left])
            if not came:
                raise EOFError
            left = left[came:]
        return content


def _shapes(announced: Any) -> Shapes:
    if not isinstance(announced, list) or not all(isinstance(shape, list) and len(shape) <= AXES for shape in announced):
        raise ValueError("no shapes")
    if not all(type(side) is int and 0 <= side < 2**31 for shape in announced for side in shape):
        raise ValueError("no shapes")
    return [tuple(shape) for shape in announced]


def _wait(place: int, event: int, until: float | None) -> None:
    poll = select.poll()
    poll.register(place, event)
    if not poll.poll(None if until is None else max(0.0, until - time.monotonic()) * 1000):
        raise TimeoutError
