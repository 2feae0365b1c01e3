"""The wire format of protocol buffers, read without their definitions: field numbers and raw values.

TensorFlow holds the definitions of SavedModel's messages, and inspection does without TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
FIELD_NUMBERS = 2**29


def fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Each field of a message in order: its number, and the bytes of a string or inner message, or the bits of a number.

    Raises:
        ValueError: the bytes are no such message.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if not 0 < number < FIELD_NUMBERS:
            raise ValueError("a field has no number")
        if wire == VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if wire == BYTES:
            length, at = _varint(message, at)
        elif wire in (FIXED64, FIXED32):
            length = 8 if wire == FIXED64 else 4
        else:
            raise ValueError(f"no wire type {wire}")
        if at + length > len(message):
            raise ValueError("a field is longer than its message")
        content = message[at : at + length]
        yield number, content if wire == BYTES else int.from_bytes(content, "little")
        at += length


def messages(message: memoryview, *path: int) -> Iterator[memoryview]:
    """All inner messages (or strings) at the end of a path of field numbers."""
    if not path:
        yield message
        return
    for number, value in fields(message):
        if number == path[0] and isinstance(value, memoryview):
            yield from messages(value, *path[1:])


def integer(message: memoryview, number: int, default: int = 0) -> int:
    """The last value of an integer field; negative numbers are told from their 64-bit complement."""
    found = default
    for field, value in fields(message):
        if field == number and isinstance(value, int):
            found = value - 2**64 if value >= 2**63 else value
    return found


def text(message: memoryview, number: int) -> str:
    """The last value of a string field, which is the one that TensorFlow takes too, or an empty string."""
    found = b""
    for value in messages(message, number):
        found = bytes(value)
    return found.decode("utf-8", "replace")


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise ValueError("the message ends within a number")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number has more than 64 bits")
