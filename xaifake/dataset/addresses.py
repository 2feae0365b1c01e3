"""Addresses of bytes: paths, whatever fsspec opens (``s3://…``, ``zip://a.png::b.zip``), and stretches of containers.

A member of a tar or of a TFRecord file lies there as it is. Its address says where: ``ADDRESS#NAME@OFFSET+LENGTH``; the name
is for people. So any picture is read by itself, without the container's other members.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, BinaryIO
from urllib.parse import quote

from xaifake.errors import MissingLibraryError, PictureError, UsageError
from xaifake.images.opening import MOST_BYTES, read_file, regular

REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
MEMBER = re.compile(r"(?P<container>.+)#[^#]*@(?P<offset>\d{1,18})\+(?P<length>\d{1,18})", re.DOTALL)


def is_remote(address: str) -> bool:
    """Whether fsspec opens the address; what has no ``PROTOCOL://`` is a path.

    >>> is_remote("s3://bucket/faces"), is_remote("faces/a.png")
    (True, False)
    """
    return REMOTE.match(address) is not None


def joined(address: str, relative: str) -> str:
    """The address of a file in a folder, by its path from there, with slashes.

    >>> joined("/data/faces", "real/a.png"), joined("zip://faces::a.zip", "b.png"), joined("zip://::a.zip", "b.png")
    ('/data/faces/real/a.png', 'zip://faces/b.png::a.zip', 'zip://b.png::a.zip')
    """
    head, chain, rest = address.partition("::") if is_remote(address) else (address, "", "")
    return f"{head}{'' if head.endswith('/') else '/'}{relative}{chain}{rest}"


def member(container: str, name: str, offset: int, length: int) -> str:
    """The address of a stretch of a container's bytes.

    >>> member("faces.tar", "real/1#2.png", 512, 70)
    'faces.tar#real/1%232.png@512+70'
    """
    return f"{container}#{quote(name, safe=' /(),')}@{offset}+{length}"


def read_bytes(uri: str) -> bytes:
    """The bytes at an address, whole.

    Raises:
        PictureError: nothing there, no bytes, more than a picture file may have, or a container that is shorter than the
            address says.
        MissingLibraryError: addresses of that kind need a package that is not here.
        UsageError: there is no such kind of address.
    """
    stretch = MEMBER.fullmatch(uri)
    if not stretch and not is_remote(uri):
        return read_file(uri)
    try:
        if stretch:
            data = _stretch(stretch["container"], int(stretch["offset"]), min(int(stretch["length"]), MOST_BYTES + 1))
        else:
            data = _bytes(uri, 0, MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, (MissingLibraryError, UsageError)):
            raise
        raise PictureError(
            f"The file cannot be read ({getattr(error, 'strerror', None) or error}). Received: {uri}"
        ) from error
    if not data:
        raise PictureError(f"The file is empty. Received: {uri}")
    if len(data) > MOST_BYTES:
        raise PictureError(f"A picture file may have up to {MOST_BYTES // 10**6} MB. Received: {uri}")
    return data


def _stretch(container: str, offset: int, length: int) -> bytes:
    data = _bytes(container, offset, length)
    if len(data) < length:
        raise ValueError("the container has changed: it ends before the member does")
    return data


def _bytes(address: str, offset: int, length: int) -> bytes:
    """So many bytes, or as many as there are; from far away as one request for a range."""
    if is_remote(address):
        files, path = filesystem(address)
        with told():
            return bytes(files.cat_file(path, start=offset, end=offset + length))
    with regular(address) as file:
        file.seek(offset)
        return file.read(length)


@contextmanager
def opened(address: str) -> Iterator[BinaryIO]:
    """The file at an address, open for reading.

    Raises:
        OSError: it cannot be opened or read, wherever it lies.
        MissingLibraryError: addresses of that kind need a package that is not here.
        UsageError: there is no such kind of address.
    """
    if not is_remote(address):
        with regular(address) as file:
            yield file
        return
    files, path = filesystem(address)
    with told(), files.open(path, "rb") as file:
        yield file


def filesystem(address: str) -> tuple[Any, str]:
    """What fsspec opens an address with, and the path there.

    Archives are kept open: finding a member anew would read the archive's index each time.
    """
    head, chain, rest = address.partition("::")
    if chain:
        protocol, _, path = head.partition("://")
        return _archive(f"{protocol}://::{rest}"), path.lstrip("/")
    return _resolved(address)


@lru_cache(maxsize=64)
def _archive(address: str) -> Any:
    return _resolved(address)[0]


def _resolved(address: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs

    try:
        with told():
            found: tuple[Any, str] = url_to_fs(address)
            return found
    except ImportError as error:
        raise MissingLibraryError(
            f"Addresses of this kind need one more package beside xaifake ({error}). Received: {address}"
        ) from error
    except ValueError as error:
        from fsspec import available_protocols

        known = ", ".join(sorted(available_protocols()))
        raise UsageError(f"There is no such kind of address; fsspec knows {known}. Received: {address}") from error


@contextmanager
def told() -> Iterator[None]:
    """Within it, whatever a driver raises of its own is an OSError: each has its own errors, and they share no root."""
    try:
        yield
    except (OSError, ImportError, ValueError, MemoryError):
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
