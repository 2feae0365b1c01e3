"""What visitors send: written under names of our own, decoded within limits, refused in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.records import Picture


class File(Protocol):
    """A file as the browser sent it; Streamlit's ``UploadedFile`` is one."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    def getvalue(self) -> bytes: ...


@dataclass(frozen=True)
class Upload:
    """A picture that can be explained.

    Attributes:
        name: what the visitor calls it, on one line and without folders; never a path.
        path: where its bytes lie, below the session's folder.
        height, width: in pixels.
    """

    name: str
    path: Path
    height: int
    width: int

    def picture(self) -> Picture:
        """The picture, decoded now; it knows its name and nothing of where it lies."""
        raise NotImplementedError


@dataclass(frozen=True)
class Refused:
    """A file that is not used, and the sentence that says why and what would be accepted."""

    name: str
    reason: str


def kept(session: Session, files: Sequence[File], settings: Settings) -> tuple[Upload | Refused, ...]:
    """What becomes of each file of an uploader, in order: kept, or refused in words.

    The same file sent again is kept once, so this may be called at each drawing of the page.
    """
    raise NotImplementedError


def unpacked(session: Session, archive: File, settings: Settings) -> Path:
    """The pictures of a zip, in a new folder below the session's, in folders as they lay there.

    Raises:
        DataError: no zip, too much in it, or something that is not taken out of archives.
    """
    raise NotImplementedError


def folder(session: Session, files: Sequence[File], settings: Settings) -> Path:
    """The same of a folder that the browser sent file by file, each named with its folders.

    Raises:
        DataError: as above.
    """
    raise NotImplementedError
