"""What a kind of data set must look like: one file in ``xaifake/dataset/sources`` each, and what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from xaifake.records import Refused, Truth

if TYPE_CHECKING:
    from xaifake.dataset.places import Place
    from xaifake.dataset.reading import Reading


class Said(NamedTuple):
    """What a data set says of a picture."""

    label: Truth | None = None
    split: str | None = None
    group: str | None = None
    identity: str | None = None


class Found(NamedTuple):
    """A picture and what its data set says of it: an `xaifake.records.Entry` whose bytes have not been read."""

    uri: str
    label: Truth | None = None
    split: str | None = None
    group: str | None = None
    identity: str | None = None
    mask: str | None = None
    source: str | None = None


class Passed(NamedTuple):
    """A file that is no part of the data set, and what it is: these are counted, not listed."""

    kind: str


class Remark(NamedTuple):
    """A sentence about how the data set was read."""

    text: str


Finding = Found | Refused | Passed | Remark


class Source(Protocol):
    """A kind of data set. One file in ``xaifake/dataset/sources``."""

    title: ClassVar[str]
    """What people call it."""

    def recognises(self, place: Place) -> bool:
        """Whether a data set of this kind lies there, by names alone."""

    def find(self, place: Place, reading: Reading) -> Iterator[Finding]:
        """Every file of it, in a fixed order. No picture is opened.

        Raises:
            UsageError: what lies there cannot be read without being told more; the sentence says what.
        """
