"""The pictures of a data set before anything is asked about them, and what the data set says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Truth = Literal["FAKE", "REAL"]


@dataclass(frozen=True)
class Entry:
    """One picture of a data set.

    Attributes:
        id: SHA-256 of the file's bytes, in hexadecimal: copies of one file under two names have one id.
        uri: where its bytes are, as `xaifake.dataset.read_bytes` takes it: a path, an address of fsspec, or a member of a
            container, ``ADDRESS#MEMBER``.
        label: what the data set says of it; None where it says nothing.
        split: train, test, or whatever the data set calls its divisions.
        group: a division that the user gave, for error rates of its own: generator, source, camera.
        identity: whose face it is, where the user says so. Nothing is ever inferred about a person.
        mask: where the mask of its edit is, likewise an address.
        source: in which folder, table or container of the data set it lies.
    """

    id: str
    uri: str
    label: Truth | None = None
    split: str | None = None
    group: str | None = None
    identity: str | None = None
    mask: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Refused:
    """A file of a data set that is no entry of it, and why."""

    uri: str
    reason: str


@dataclass(frozen=True)
class Duplicate:
    """Two entries that show the same.

    ``distance`` is the number of differing bits of their 64-bit fingerprints: 0 where the bytes are the same. Where
    ``across`` is true they lie in different splits, or bear different labels: error rates then mean less.
    """

    first: str
    second: str
    distance: int
    same_bytes: bool
    across: bool


@dataclass(frozen=True)
class DataSet:
    """A data set as an audit found it.

    ``name`` and ``addresses`` are the user's own. ``sha256`` is of the manifest: every entry with all that is said of it,
    in order of ids. ``refused`` lists files that could not be read at all, ``duplicates`` at most a hundred pairs of the
    ``duplicate_pairs`` that there are, those across splits or labels first.
    """

    name: str
    addresses: tuple[str, ...]
    sha256: str
    pictures: int
    fake: int
    real: int
    splits: dict[str, int]
    groups: dict[str, int]
    refused: tuple[Refused, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    duplicate_pairs: int = 0
    duplicate_pairs_across: int = 0
