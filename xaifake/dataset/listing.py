"""What lies at some addresses, unread: pictures, and what is beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from xaifake import plugins
from xaifake.dataset.places import Place
from xaifake.dataset.protocol import Found, Passed, Remark, Source
from xaifake.dataset.reading import Reading
from xaifake.errors import UsageError
from xaifake.records import Refused

FALLBACK = "folders"
"""The kind of data set that any folder is, unless it is recognised as another."""


@dataclass
class Beside:
    """What is found beside pictures.

    Attributes:
        refused: files that cannot be used, and why.
        passed: files that are no part of the data set: what they are, and how many.
        remarks: how the data set was read, in sentences.
    """

    refused: list[Refused] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)


def listed(addresses: Sequence[str], reading: Reading) -> Iterator[Found]:
    """The pictures that `read_manifest` would read, unread.

    Raises:
        UsageError: as `read_manifest` does, or a folder or a container that cannot be listed to its end.
    """
    beside = Beside()
    yield from found_at([Place.at(address) for address in addresses], reading, beside)
    if beside.refused:
        raise UsageError(f"{beside.refused[0].reason} Received: {beside.refused[0].uri}")


def found_at(places: Sequence[Place], reading: Reading, beside: Beside) -> Iterator[Found]:
    """Every picture; all else is noted in ``beside`` on the way."""
    for place in places:
        for found in source_at(place, reading).find(place, reading):
            match found:
                case Found():
                    yield found
                case Refused():
                    beside.refused.append(Refused(written(found.uri), found.reason))
                case Passed():
                    beside.passed[found.kind] += 1
                case Remark():
                    beside.remarks.append(found.text)


def source_at(place: Place, reading: Reading) -> Source:
    """The kind of data set that lies at a place: as told, or as it is recognised.

    Raises:
        UsageError: none is recognised, or several.
    """
    found: Source = plugins.make("source", reading.format or _recognised(place))
    return found


def _recognised(place: Place) -> str:
    names = [name for name in plugins.names("source") if plugins.make("source", name).recognises(place)]
    special = [name for name in names if name != FALLBACK]
    if not names or len(special) > 1:
        meant = ", ".join(special or plugins.names("source"))
        raise UsageError(f"What kind of data set this is does not show; --format says it: {meant}. Received: {place.given}")
    return (special or names)[0]


def written(text: str) -> str:
    """The text with a ? for whatever UTF-8 has no letter for: old file systems hold such names."""
    return text.encode(errors="replace").decode()
