"""The manifest: every picture of a data set, whatever kind it is, and what the data set says of each."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING

from xaifake import plugins
from xaifake.ahead import ahead
from xaifake.dataset.addresses import is_remote, read_bytes
from xaifake.dataset.places import Place
from xaifake.dataset.protocol import Found, Passed, Remark, Source
from xaifake.dataset.reading import Reading
from xaifake.errors import PictureError, UsageError
from xaifake.records import Entry, Refused

if TYPE_CHECKING:
    import pyarrow as pa

AHEAD = 64
"""Files that are read while earlier ones wait for their turn."""
CONNECTIONS = 16
"""Files read at once where they are far away: reading is waiting there."""
FALLBACK = "folders"
"""The kind of data set that any folder is, unless it is recognised as another."""
VIDEOS = frozenset(f".{ending} files" for ending in ("mp4", "avi", "mov", "mkv", "webm"))
COLUMNS = tuple(column.name for column in fields(Entry))


@dataclass(frozen=True)
class Manifest:
    """A data set.

    Attributes:
        name: what to call it.
        addresses: as the user gave them.
        entries: its pictures in order of ids, and of one id in order of addresses: a picture that lies there twice is two
            entries.
        refused: files that could not be read, and why.
        notes: what else there is to know, in sentences: files passed over, pictures without a label.
    """

    name: str
    addresses: tuple[str, ...]
    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """Of every entry's id, label, split, group and identity, in order: the same wherever the files lie."""
        digest = hashlib.sha256()
        said = ((e.id, e.label or "", e.split or "", e.group or "", e.identity or "") for e in self.entries)
        for line in sorted(said):
            digest.update(json.dumps(line).encode() + b"\n")
        return digest.hexdigest()

    def table(self) -> pa.Table:
        """The entries as a table of texts; all else stands in its metadata."""
        import pyarrow as pa

        columns = {name: pa.array([getattr(e, name) for e in self.entries], pa.string()) for name in COLUMNS}
        rest = {
            "name": self.name,
            "addresses": self.addresses,
            "refused": [asdict(refused) for refused in self.refused],
            "notes": self.notes,
        }
        return pa.table(columns).replace_schema_metadata({"xaifake.manifest": json.dumps(rest)})

    @classmethod
    def from_table(cls, table: pa.Table) -> Manifest:
        """What `table` made a table of."""
        rest = json.loads(table.schema.metadata[b"xaifake.manifest"])
        columns = [table.column(name).to_pylist() for name in COLUMNS]
        return cls(
            rest["name"],
            tuple(rest["addresses"]),
            tuple(map(_interned, *columns)),
            tuple(Refused(**refused) for refused in rest["refused"]),
            tuple(rest["notes"]),
        )


def read_manifest(
    addresses: Sequence[str], *, reading: Reading | None = None, advance: Callable[[int], None] | None = None
) -> Manifest:
    """The manifest of the pictures at some addresses.

    Every file is read once, for the digest of its bytes; none is decoded.

    Args:
        addresses: folders, tables, archives: see `xaifake.dataset.sources`; paths, or whatever fsspec opens.
        reading: what names mean, where their words do not say.
        advance: called with 1 for each file that was read.

    Raises:
        UsageError: nothing at an address, no picture at any, or names that cannot be read without being told more.
        MissingLibraryError: addresses of that kind need a package that is not here.
    """
    reading = reading or Reading()
    places = [Place.at(address) for address in addresses]
    beside = _Beside()
    entries: list[Entry] = []
    waiting = CONNECTIONS if any(is_remote(place.address) for place in places) else None
    for read in ahead(_read, _found(places, reading, beside), AHEAD, waiting):
        if isinstance(read, Refused):
            beside.refused.append(read)
        else:
            entries.append(read)
        if advance:
            advance(1)
    if not entries:
        raise _empty(addresses, beside)
    if reading.group_by and not any(entry.group for entry in entries):
        raise UsageError(f"No picture has a group by this column or level. Received: --group-by {reading.group_by}")
    entries = sorted(set(entries), key=_order)  # a set, since addresses may overlap
    name = " + ".join(dict.fromkeys(place.name for place in places))
    return Manifest(name, tuple(addresses), tuple(entries), tuple(beside.refused), tuple(_notes(entries, beside)))


def listed(addresses: Sequence[str], reading: Reading) -> Iterator[Found]:
    """The pictures that `read_manifest` would read, unread.

    Raises:
        UsageError: as `read_manifest` does, or a folder or a container that cannot be listed to its end.
    """
    beside = _Beside()
    yield from _found([Place.at(address) for address in addresses], reading, beside)
    if beside.refused:
        raise UsageError(f"{beside.refused[0].reason} Received: {beside.refused[0].uri}")


def source_at(place: Place, reading: Reading) -> Source:
    """The kind of data set that lies at a place.

    Raises:
        UsageError: none is recognised, or several.
    """
    if reading.format:
        chosen: Source = plugins.make("source", reading.format)
        return chosen
    names = [name for name in plugins.names("source") if plugins.make("source", name).recognises(place)]
    special = [name for name in names if name != FALLBACK]
    if not names or len(special) > 1:
        meant = special or plugins.names("source")
        raise UsageError(
            f"What kind of data set this is does not show; --format says it: {', '.join(meant)}. Received: {place.given}"
        )
    found: Source = plugins.make("source", (special or names)[0])
    return found


@dataclass
class _Beside:
    """What is found beside pictures."""

    refused: list[Refused] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)


def _found(places: Sequence[Place], reading: Reading, beside: _Beside) -> Iterator[Found]:
    for place in places:
        for found in source_at(place, reading).find(place, reading):
            match found:
                case Found():
                    yield found
                case Refused():
                    beside.refused.append(Refused(_written(found.uri), found.reason))
                case Passed():
                    beside.passed[found.kind] += 1
                case Remark():
                    beside.remarks.append(found.text)


def _read(found: Found) -> Entry | Refused:
    if _written("".join(filter(None, found))) != "".join(filter(None, found)):
        return Refused(
            _written(found.uri), "Its name, or what is said of it, is no Unicode text, and cannot be written down."
        )
    try:
        digest = hashlib.sha256(read_bytes(found.uri)).hexdigest()
    except PictureError as error:
        return Refused(found.uri, str(error).partition(" Received: ")[0])
    return _interned(digest, *found)


def _written(text: str) -> str:
    """The text with a ? for whatever UTF-8 has no letter for: old file systems hold such names."""
    return text.encode(errors="replace").decode()


def _interned(digest: str, uri: str, *said: str | None) -> Entry:
    """An entry whose repeated words are kept once: there may be a million of them."""
    return Entry(digest, uri, *(said and sys.intern(said) for said in said))  # type: ignore[arg-type]


def _order(entry: Entry) -> tuple[str, ...]:
    return tuple(getattr(entry, name) or "" for name in COLUMNS)


def _notes(entries: Sequence[Entry], beside: _Beside) -> Iterator[str]:
    yield from beside.remarks
    for label in ("FAKE", "REAL"):
        if found := Counter(entry.source or "" for entry in entries if entry.label == label):
            yield f"{found.total()} {label}: {_counts(found)}."
    unlabelled = Counter(entry.source or "" for entry in entries if entry.label is None)
    if unlabelled:
        yield (
            f"{unlabelled.total()} of {len(entries)} pictures have no label: {_counts(unlabelled)}; "
            "--fake NAME... and --real NAME... say what names mean."
        )
    if beside.passed:
        yield f"Passed over: {_counts(beside.passed)}."


def _counts(counts: Counter[str]) -> str:
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{kind} ({count})" for kind, count in most[:5]]
    return ", ".join(shown) + (f" and {len(most) - 5} more" if len(most) > 5 else "")


def _empty(addresses: Sequence[str], beside: _Beside) -> UsageError:
    lies = _counts(beside.passed + Counter({"files that cannot be read": len(beside.refused)})) or "nothing"
    first = f", the first: {beside.refused[0].uri}: {beside.refused[0].reason}" if beside.refused else ""
    wanted = (
        "A data set has pictures, and here are videos; take frames out of them first, for instance by ffmpeg -i 000.mp4 "
        "-vf fps=1 000/%04d.png, in folders of the videos' names."
        if VIDEOS & beside.passed.keys()
        else "A data set has pictures (JPEG, PNG, WebP, GIF, BMP, TIFF, PPM), and none was found."
    )
    return UsageError(f"{wanted} Received: {', '.join(addresses)} with {lies}{first}")
