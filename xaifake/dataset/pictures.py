"""Entries as pictures."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote

from xaifake import images
from xaifake.dataset.addresses import MEMBER, read_bytes
from xaifake.errors import PictureError
from xaifake.records import Entry, Picture

ENDINGS = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm"))
"""How names of pictures end, in small letters."""
RUBBISH = frozenset(("__MACOSX", "Thumbs.db", "desktop.ini"))
"""What systems leave in folders and archives, beside files whose names begin with a dot."""


def read_entry(entry: Entry) -> Picture:
    """The picture of an entry, from the very bytes that its id is the digest of.

    Raises:
        PictureError: it cannot be read or decoded, or other bytes lie there now.
    """
    return picture_of(entry, read_bytes(entry.uri))


def picture_of(entry: Entry, data: bytes) -> Picture:
    """The picture of an entry from bytes that were read at its address.

    Raises:
        PictureError: they cannot be decoded, or are not those that its id is the digest of.
    """
    picture = images.read_bytes(data, shown_name(entry.uri), path=entry.uri)
    if picture.sha256 != entry.id:
        raise PictureError(
            "The file has changed since the data set was read; read the data set anew. "
            f"Received: {entry.uri} with SHA-256 {picture.sha256}"
        )
    return picture


def read_uri(uri: str) -> Picture:
    """The picture at an address.

    Raises:
        PictureError: it cannot be read or decoded.
    """
    return images.read_bytes(read_bytes(uri), shown_name(uri), path=uri)


def shown_name(uri: str) -> str:
    """What to call the file at an address.

    >>> shown_name("/data/real/a.png"), shown_name("faces.tar#real/b.png@512+70"), shown_name("zip://c.png::faces.zip")
    ('a.png', 'b.png', 'c.png')
    """
    if MEMBER.fullmatch(uri):
        uri = unquote(uri.rpartition("#")[2].rpartition("@")[0])
    return PurePosixPath(uri.partition("::")[0]).name or uri
