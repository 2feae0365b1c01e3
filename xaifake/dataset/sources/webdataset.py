"""Tar files of samples, as WebDataset writes them."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import Any, BinaryIO, ClassVar, NamedTuple

from xaifake.dataset.addresses import member, opened
from xaifake.dataset.columns import Columns, label_of_value
from xaifake.dataset.labels import split_of
from xaifake.dataset.places import Place
from xaifake.dataset.protocol import Finding, Found, Passed, Said
from xaifake.dataset.reading import Reading
from xaifake.dataset.sources._folders import FolderNames, passed_over
from xaifake.errors import UsageError
from xaifake.records import Refused

COMPRESSED = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst")
LARGEST = 1 << 20
"""Bytes of a member that holds words."""


class _Member(NamedTuple):
    name: str
    offset: int
    length: int

    @property
    def key(self) -> str:
        """Its sample's: the path up to the name's first dot."""
        folder, slash, name = self.name.rpartition("/")
        return f"{folder}{slash}{name.partition('.')[0]}"

    @property
    def kind(self) -> str:
        """What it is of its sample: the rest of its name."""
        return self.name.rpartition("/")[2].partition(".")[2].lower()


class Webdataset:
    """Plain tar files. Members of one sample share the name up to its first dot: a picture, and what says of it.

    ``.json`` holds named values, ``.cls`` and ``.txt`` a label; otherwise folders' names within the tar say it. Longer texts
    are captions and say nothing. A picture whose kind is ``mask.png`` or so is the mask. Members are read where they lie.
    """

    title: ClassVar[str] = "WebDataset tars"

    def recognises(self, place: Place) -> bool:
        """A tar, or a folder that has one."""
        return any(name.endswith((".tar", *COMPRESSED)) for name in (*place.names, place.name))

    def find(self, place: Place, reading: Reading) -> Iterator[Finding]:
        """The samples of every tar, in the order of tars and members."""
        tars = [path for path in place.files() if not isinstance(path, Refused)] if place.is_folder else [""]
        for path in tars:
            tar = Place(place.uri(path), path) if path else place
            if tar.name.endswith(COMPRESSED):
                raise UsageError(
                    "Pictures in a compressed tar cannot be read one by one; unpack the compression first, for instance by "
                    f"gunzip. Received: {tar.address}"
                )
            if tar.name.endswith(".tar"):
                yield from _samples(tar, reading)
            else:
                yield passed_over(path) or Passed("pictures beside the tars")


def _samples(tar: Place, reading: Reading) -> Iterator[Finding]:
    damage: list[Exception] = []
    try:
        with opened(tar.address) as file, tarfile.open(fileobj=_Headers(file), mode="r:") as archive:
            samples = _Samples(tar, file, reading)
            for _, members in groupby(_members(archive, damage), lambda found: found.key):
                yield from samples.findings(members)
    except (OSError, tarfile.TarError) as error:
        damage.append(error)
    yield from (Refused(tar.address, f"The tar cannot be read to its end ({error}).") for error in damage)


def _members(archive: tarfile.TarFile, damage: list[Exception]) -> Iterator[_Member]:
    """The members; what ends them before their time is noted, so that the sample before it is whole."""
    try:
        while (found := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined] # else all of them would be kept
            archive.pax_headers = {}  # else they would be copied to each
            if found.size < 0:
                raise tarfile.ReadError("a member has less than no bytes")  # and the next would lie before it
            if found.isreg() and not found.issparse():
                yield _Member(found.name, found.offset_data, found.size)
    except (OSError, ValueError, RecursionError, tarfile.TarError) as error:
        damage.append(error)


class _Headers(io.RawIOBase):
    """A tar's file as tarfile needs it to go from header to header: what is not a header's is not read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def seek(self, place: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes of a header, or of the names and notes that go before one."""
        if not 0 <= size <= LARGEST:
            raise tarfile.ReadError(f"a header of {size} bytes")
        return self._file.read(size)


class _Samples:
    """The samples of one tar."""

    def __init__(self, tar: Place, file: BinaryIO, reading: Reading) -> None:
        self._tar, self._file, self._reading = tar, file, reading
        self._names = FolderNames(tar, reading)

    def findings(self, members: Iterable[_Member]) -> Iterator[Finding]:
        """What one sample's members are: pictures, their mask, words."""
        at = partial(member, self._tar.address)
        words, pictures, mask = {}, [], None
        for found in members:
            passed = passed_over(found.name)
            if found.kind in ("json", "cls", "txt"):
                words[found.kind] = self._text(found)
            elif passed:
                yield passed
            elif found.kind.partition(".")[0] in self._reading.masks:
                mask = at(*found)
            else:
                pictures.append(found)
        for found in pictures:
            yield Found(at(*found), *self._said(words, found.name), mask, source=self._tar.name)

    def _text(self, found: _Member) -> str:
        """Read between members: tarfile seeks anew for each."""
        self._file.seek(found.offset)
        return self._file.read(min(found.length, LARGEST)).decode(errors="replace").strip()

    def _said(self, words: Mapping[str, str], name: str) -> Said:
        """From the sample's own words; what they do not say, from the names of folders and of the tar."""
        where = f"of {name} in {self._tar.name}"
        said = self._json(words["json"], where) if "json" in words else Said()
        if "cls" in words:
            said = said._replace(label=label_of_value(words["cls"], self._reading, f"in the .cls {where}"))
        text = words.get("txt", "")
        told = self._reading.label(text) if len(text.split()) == 1 else None
        return Said(
            said.label or told or self._names.label(name),
            said.split or self._names.split(name) or split_of(self._tar.name),
            said.group or self._names.group(name),
            said.identity,
        )

    def _json(self, text: str, where: str) -> Said:
        try:
            row: Any = json.loads(text)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise UsageError(f"The .json of a sample holds an object of named values. Received: something else, {where}")
        return Columns(row, self._reading, f"the .json {where}").said(row)
