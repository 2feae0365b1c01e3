"""Folders whose names say what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from xaifake.dataset.places import Place
from xaifake.dataset.protocol import Finding, Found
from xaifake.dataset.reading import Reading
from xaifake.dataset.sources._folders import FolderNames, Pictures


class Folders:
    """Pictures in folders of any depth: ``train/real/a.png``, ``fakes/stylegan/b.jpg``, ``c.webp``.

    Words in the folders' names say label and split; those of the address's own name only where it has no others: ``…/fake``.
    """

    title: ClassVar[str] = "class folders"

    def recognises(self, place: Place) -> bool:
        """Any folder; but whatever else recognises it goes first."""
        return place.is_folder

    def find(self, place: Place, reading: Reading) -> Iterator[Finding]:
        """Every picture below the folder."""
        pictures = Pictures(place, reading)
        names = FolderNames(place, reading)
        for path in pictures.found:
            label = names.label(path)
            yield Found(
                place.uri(path),
                label=label,
                split=names.split(path),
                group=names.group(path),
                mask=pictures.mask(path) if label != "REAL" else None,  # what is real was not edited
                source=names.source(path),
            )
        yield from pictures.others
