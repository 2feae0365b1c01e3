"""What visitors send: written under names of our own, decoded within limits, refused in words."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xaifake.app.files import MB, File, display_name, too_large
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.errors import PictureError
from xaifake.images import read_bytes, write_whole
from xaifake.records import Picture

MEGAPIXEL = 10**6
DECODING = threading.Lock()
"""Uploads are decoded one at a time: the largest takes 300 MB while it lasts."""


@dataclass(frozen=True)
class Upload:
    """A picture that can be explained.

    Attributes:
        name: what the visitor calls it, on one line and without folders; never a path.
        path: where its bytes lie, below the session's folder.
        height, width: in pixels.
        size: of the file, in bytes.
    """

    name: str
    path: Path
    height: int
    width: int
    size: int

    def picture(self) -> Picture:
        """The picture, decoded now; it knows its name and nothing of where it lies.

        Raises:
            PictureError: it is kept no longer.
        """
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise PictureError(
                f"The picture is kept no longer; upload it again, and leave it there until it is explained. "
                f"Received: {self.name}"
            ) from error
        return read_bytes(data, self.name)


@dataclass(frozen=True)
class Refused:
    """A file that is not used, and the sentence that says why and what would be accepted."""

    name: str
    reason: str


def kept(session: Session, files: Sequence[File], settings: Settings) -> tuple[Upload | Refused, ...]:
    """What becomes of each file of an uploader, in order: kept, or refused in words.

    A file that was sent before is known by its ``file_id`` and not read again, so this may be called at each drawing of the
    page. Of files that an uploader no longer holds, the oldest go when there are more than three uploaders may hold, or than
    fit into a visitor's memory.
    """
    found = [_one(session, file, settings) for file in files[: settings.max_pictures]]
    sizes = (one.height * one.width if isinstance(one, Upload) else 0 for one in found)
    for place, together in enumerate(itertools.accumulate(sizes)):
        if isinstance(one := found[place], Upload) and together > settings.max_megapixels * MEGAPIXEL:
            found[place] = Refused(
                one.name,
                f"The pictures of one request may have {settings.max_megapixels} megapixels together; explain this one by "
                f"itself, or reduce it. Received: {one.name} of {one.width} × {one.height}",
            )
    beyond = [
        Refused(
            display_name(file.name),
            f"Up to {settings.max_pictures} pictures are explained at once; send this one afterwards. "
            f"Received: {display_name(file.name)}, number {number} of {len(files)}",
        )
        for number, file in enumerate(files[settings.max_pictures :], settings.max_pictures + 1)
    ]
    _forget(session, 3 * settings.max_pictures, settings.max_visitor_mb * MB)
    return (*found, *beyond)


def _one(session: Session, file: File, settings: Settings) -> Upload | Refused:
    known = session.uploads.pop(file.file_id, None) or _new(session, file, settings)
    session.uploads[file.file_id] = known  # last, so that the oldest stand first
    return known


def _new(session: Session, file: File, settings: Settings) -> Upload | Refused:
    name = display_name(file.name)
    if reason := too_large(name, file.size, settings.max_upload_mb):
        return Refused(name, reason)
    data = file.getvalue()
    try:
        with DECODING:
            picture = read_bytes(data, name)
        path = session.folder / uuid.uuid4().hex
        write_whole(path, data)
    except PictureError as error:
        return Refused(name, str(error))
    return Upload(name, path, picture.height, picture.width, len(data))


def _forget(session: Session, most: int, size: int) -> None:
    """Keep the latest: so many, and of so many bytes together."""
    taken = 0
    for number, key in enumerate(reversed(list(session.uploads)), 1):
        one = session.uploads[key]
        taken += one.size if isinstance(one, Upload) else 0
        if number > most or taken > size:
            del session.uploads[key]
            if isinstance(one, Upload):
                one.path.unlink(missing_ok=True)
