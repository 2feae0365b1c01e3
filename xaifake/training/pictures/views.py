"""The views of a data set on disk: every picture is decoded once, and a run that goes on after a kill finds them again."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xaifake.ahead import ahead
from xaifake.dataset import fingerprint, read_entry
from xaifake.detector.resizing import resize
from xaifake.errors import NoFaceError, OutputError, PictureError
from xaifake.faces import faces_of
from xaifake.images import write_whole
from xaifake.records import Contract, Entry
from xaifake.training.pictures.rows import Rows

VERSION = 1
"""Of what is written. Files of other versions are made anew."""
INDEX = "views.json"
AHEAD = 64
"""Views that are made while earlier ones are written."""

View = NDArray[np.uint8]
Memmap = np.memmap[Any, np.dtype[np.uint8]]


@dataclass(frozen=True)
class Seen:
    """What was found out about a picture while its view was made.

    Attributes:
        id: the picture's.
        reason: why it has no view; None where it has one.
        faceless: whether that is since no face was found.
        fingerprint: see `xaifake.dataset.fingerprint`; 0 where there is no view, as all further ones.
        width, height: of the file's picture, in pixels.
        format: the file's.
        jpeg_quality: of a JPEG; see `xaifake.records.Picture`.
    """

    id: str
    reason: str | None = None
    faceless: bool = False
    fingerprint: int = 0
    width: int = 0
    height: int = 0
    format: str | None = None
    jpeg_quality: int | None = None


class StoredViews(NamedTuple):
    """What is known of all pictures, and the views of those that have one: ``views`` (N, h, w, 3), in order of ``ids``."""

    seen: tuple[Seen, ...]
    ids: tuple[str, ...]
    views: Memmap


class ViewStore:
    """A folder that holds the views of one data set, made in one way.

    They lie in one ``.npy``, read as a memory map, whose name says how they were made and in which order they stand. The
    index names the file and is written after it, and no file is written to that an index names: so whatever a kill leaves,
    the index is right. Of another data set, size, crop or filter nothing is taken.
    """

    def __init__(self, folder: Path, data_sha256: str, contract: Contract) -> None:
        self._folder, self._contract = folder, contract
        self._key = {
            "version": VERSION,
            "data": data_sha256,
            "size": list(contract.size),
            "crop": contract.crop,
            "resize": contract.resize,
        }

    def found(self) -> StoredViews | None:
        """What was kept; None where nothing was, or something else."""
        try:
            index = json.loads((self._folder / INDEX).read_bytes())
            if index["key"] != self._key:
                return None
            views = np.load(self._folder / index["views"], mmap_mode="r")
        except FileNotFoundError:
            return None
        return StoredViews(tuple(Seen(**seen) for seen in index["seen"]), tuple(index["ids"]), views)

    def made(self, entries: Sequence[Entry], advance: Callable[[int], None]) -> StoredViews:
        """Decode the pictures and keep their views; rows of those that have none are black and go when rows are arranged.

        Memory stays as it is, however many there are.

        Raises:
            OutputError: they cannot be written.
        """
        seen: list[Seen] = []
        blank = np.zeros((*self._contract.size, 3), np.uint8)

        def rows() -> Iterable[View]:
            with closing(ahead(functools.partial(_seen, self._contract), entries, AHEAD)) as found:
                for one, view in found:
                    seen.append(one)
                    yield blank if view is None else view
                    advance(1)

        return self._kept(seen, [entry.id for entry in entries], rows())

    def arranged(self, stored: StoredViews, ids: Sequence[str]) -> StoredViews:
        """The views with those of ``ids`` first, in that order, and all others after them.

        Raises:
            OutputError: they cannot be written.
        """
        rows = {one: row for row, one in enumerate(stored.ids)}
        able = {one.id for one in stored.seen if one.reason is None}
        order = [*ids, *(one for one in stored.ids if one in able.difference(ids))]
        if order == list(stored.ids):
            return stored
        return self._kept(stored.seen, order, _rows(stored.views, [rows[one] for one in order]))

    def forget(self) -> None:
        """Let the next run decode anew: what could not be read may be readable then."""
        (self._folder / INDEX).unlink(missing_ok=True)

    def _kept(self, seen: Sequence[Seen], ids: Sequence[str], rows: Iterable[View]) -> StoredViews:
        name = f"views-{hashlib.sha256(json.dumps([self._key, ids]).encode()).hexdigest()[:16]}.npy"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with Rows(self._folder / name, (*self._contract.size, 3)) as kept:
                for row in rows:
                    kept.add(row[None])
        except OSError as error:
            raise OutputError(f"The views cannot be written ({error.strerror}). Received: {self._folder}") from error
        index = {"key": self._key, "views": name, "ids": ids, "seen": [asdict(one) for one in seen]}
        write_whole(self._folder / INDEX, json.dumps(index).encode())
        for other in self._folder.glob("views-*.npy"):  # as they stood before, and what kills left
            if other.name != name:
                other.unlink()
        return StoredViews(tuple(seen), tuple(ids), np.load(self._folder / name, mmap_mode="r"))


def _rows(views: Memmap, rows: Sequence[int]) -> Iterator[View]:
    """Rows of a map, read from its file: pages of the map would count as memory of this process."""
    with Path(str(views.filename)).open("rb") as file:
        for row in rows:
            file.seek(views.offset + row * views[0].size)
            yield np.fromfile(file, np.uint8, views[0].size)


def _seen(contract: Contract, entry: Entry) -> tuple[Seen, View | None]:
    """A picture's largest face as the detector receives it, rounded to whole grey levels."""
    try:
        picture = read_entry(entry)
        face = faces_of(picture, contract.crop)[0]
    except PictureError as error:
        return Seen(entry.id, str(error).partition(" Received: ")[0], isinstance(error, NoFaceError)), None
    view = np.rint(resize(face.pixels, contract.size, contract.resize)).clip(0, 255).astype(np.uint8)
    facts = (fingerprint(picture), picture.width, picture.height, picture.format, picture.jpeg_quality)
    return Seen(entry.id, None, False, *facts), view
