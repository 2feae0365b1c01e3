"""What the trees of video data sets share: the first folder says the class, and further ones the video."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from xaifake.dataset.addresses import opened
from xaifake.dataset.places import Place
from xaifake.dataset.protocol import Finding, Found, Passed, Said
from xaifake.dataset.reading import Reading
from xaifake.dataset.sources._folders import FolderNames, Pictures
from xaifake.errors import UsageError
from xaifake.records import Truth

LARGEST = 10 << 20
"""Bytes of a file that lists videos."""


def frames(
    place: Place, reading: Reading, labels: Mapping[str, Truth], said: Callable[[Sequence[str]], Said]
) -> Iterator[Finding]:
    """Every picture below the folders of either class.

    Args:
        place: where the tree lies.
        reading: which level is the group, and what folders of masks are called.
        labels: the first folders' names.
        said: what the parts of a path say, labels aside.
    """
    pictures, names = Pictures(place, reading), FolderNames(place, reading)
    for path in pictures.found:
        parts = path.split("/")
        if parts[0] not in labels:
            yield Passed("pictures in other folders")
            continue
        told = said(parts)._replace(label=labels[parts[0]])
        if reading.group_by:
            told = told._replace(group=names.group(path))
        yield Found(place.uri(path), *told, pictures.mask(path), names.source(path))
    yield from pictures.others


def listing(place: Place, path: str) -> bytes:
    """The bytes of a file of the tree that lists videos."""
    try:
        with opened(place.uri(path)) as file:
            return file.read(LARGEST)
    except OSError as error:
        raise UsageError(f"The list of videos cannot be read ({error}). Received: {place.uri(path)}") from error
