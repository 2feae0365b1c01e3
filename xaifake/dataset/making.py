"""From addresses to a manifest: where listing and reading meet."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from xaifake.ahead import ahead
from xaifake.dataset.addresses import is_remote, read_bytes
from xaifake.dataset.listing import Beside, found_at, written
from xaifake.dataset.manifest import Manifest, entry_of
from xaifake.dataset.places import Place
from xaifake.dataset.protocol import Found
from xaifake.dataset.reading import Reading
from xaifake.errors import PictureError, UsageError
from xaifake.records import Entry, Refused

AHEAD = 64
"""Files that are read while earlier ones wait for their turn."""
CONNECTIONS = 16
"""Files read at once where they are far away: reading is waiting there."""
VIDEOS = frozenset(f".{ending} files" for ending in ("mp4", "avi", "mov", "mkv", "webm"))


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
    beside = Beside()
    entries: list[Entry] = []
    waiting = CONNECTIONS if any(is_remote(place.address) and "::" not in place.address for place in places) else None
    for read in ahead(_read, found_at(places, reading, beside), AHEAD, waiting):
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
    distinct = {(e.uri, e.label, e.split, e.group, e.identity): e for e in reversed(entries)}  # addresses may overlap
    entries = sorted(distinct.values(), key=_order)
    name = " + ".join(dict.fromkeys(place.title for place in places))
    return Manifest(name, tuple(addresses), tuple(entries), tuple(beside.refused), tuple(_notes(entries, beside)))


def _order(entry: Entry) -> tuple[str, ...]:
    return entry.id, entry.uri, entry.label or "", entry.split or "", entry.group or "", entry.identity or ""


def _read(found: Found) -> Entry | Refused:
    if any(text and written(text) != text for text in found):
        return Refused(
            written(found.uri), "Its name, or what is said of it, is no Unicode text, and cannot be written down."
        )
    try:
        digest = hashlib.sha256(read_bytes(found.uri)).hexdigest()
    except PictureError as error:
        return Refused(found.uri, str(error).partition(" Received: ")[0])
    return entry_of(digest, *found)


def _notes(entries: Sequence[Entry], beside: Beside) -> Iterator[str]:
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


def _empty(addresses: Sequence[str], beside: Beside) -> UsageError:
    lies = _counts(beside.passed + Counter({"files that cannot be read": len(beside.refused)})) or "nothing"
    first = f", the first: {beside.refused[0].uri}: {beside.refused[0].reason}" if beside.refused else ""
    wanted = (
        "A data set has pictures, and here are videos; take frames out of them first, for instance by ffmpeg -i 000.mp4 "
        "-vf fps=1 000/%04d.png, in folders of the videos' names."
        if VIDEOS & beside.passed.keys()
        else "A data set has pictures (JPEG, PNG, WebP, GIF, BMP, TIFF, PPM), and none was found."
    )
    return UsageError(f"{wanted} Received: {', '.join(addresses)} with {lies}{first}")
