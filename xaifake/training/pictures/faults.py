"""What is wrong with a data set before anything is learnt from it, each in a sentence that says what to do."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence

from xaifake.dataset import Manifest
from xaifake.dataset.labels import LABELS, words_of
from xaifake.records import PartName, Refused
from xaifake.training.pictures.splitting import UNKNOWN, Splits, conflicting, part_of, unknown_splits

LEAST = 20
"""Labelled pictures below which there is nothing to learn from, nor to measure by."""
UNREADABLE = 0.01
"""The share of files that may be unreadable: a few are accidents; more is a broken copy, often of one class alone."""
FACELESS = 0.5
"""The share of pictures that may show no face: beyond it they are crops too tight for a locator, or no faces at all."""
LISTED = 5
TYPO = 0.75
"""How alike (difflib's ratio) a name is to a word for a class where it is taken for a slip of it: fkae of fake."""
WORDS = frozenset().union(*LABELS.values())
NO_SLIPS = WORDS | {"face", "faces"}
"""Data sets mean these."""


def label_faults(manifest: Manifest) -> Iterator[str]:
    """What is wrong with what the data set says of its pictures."""
    labels = {entry.label for entry in manifest.entries if entry.label}
    if not labels:
        yield "no picture has a label; --fake NAME... and --real NAME... say what names mean"
    elif len(labels) == 1:
        (only,) = labels
        other = "real" if only == "FAKE" else "fake"
        yield (
            f"all pictures with a label are {only}, and a detector learns from both; add {other.upper()} ones, or say which "
            f"names mean them by --{other} NAME..."
        )
    for source, count in sorted(Counter(entry.source or "" for entry in manifest.entries if not entry.label).items()):
        if typo := typo_in(source):
            name, word = typo
            yield (
                f"{count} pictures in {source} have no label: did you mean {word}? Rename {name}, or say what it means by "
                f"--fake {name} or --real {name}"
            )
    conflicts = conflicting(manifest.entries)
    if both := sorted({entry.uri for entry in manifest.entries if entry.id in conflicts}):
        yield f"{len(both)} files with the same bytes are both FAKE and REAL; keep each in one place: {some(both)}"
    if words := unknown_splits(manifest):
        yield f"{UNKNOWN[0].lower()}{UNKNOWN[1:].rstrip('.')}: {', '.join(words)}"


def typo_in(source: str) -> tuple[str, str] | None:
    """A folder's name that is nearly a word for a class, and that word.

    >>> typo_in("train/fkae"), typo_in("reel"), typo_in("faces/real_and_fake")
    (('fkae', 'fake'), ('reel', 'real'), None)
    """
    for name in source.split("/"):
        for word in sorted(words_of(name) - NO_SLIPS):
            if found := difflib.get_close_matches(word, sorted(WORDS), 1, TYPO):
                return name, found[0]
    return None


def reading_faults(refused: Sequence[Refused], files: int) -> Iterator[str]:
    """Whether more files cannot be read than accidents explain; ``files`` is all that there are."""
    if len(refused) > UNREADABLE * files:
        yield (
            f"{len(refused)} of {files} pictures cannot be read, and up to {UNREADABLE:.0%} would be left out; mend them or "
            f"take them away: {reasons_of(refused)}"
        )


def face_faults(faceless: int, pictures: int) -> Iterator[str]:
    """Whether faces are found in too few of the pictures."""
    if faceless > FACELESS * pictures:
        yield f"no face was found in {faceless} of {pictures} pictures; if they are crops of faces already, say --crop whole"


def part_faults(splits: Splits) -> Iterator[str]:
    """What the parts lack."""
    parts = splits.parts()
    labels = Counter(entry.label for part in parts.values() for entry in part)
    if labels.total() < LEAST:
        yield f"{labels.total()} pictures are too few: {LEAST} are the least, and some hundreds of each class are usual"
    if len(labels) < 2:
        return
    for name, part in parts.items():
        found = {entry.label for entry in part}
        if missing := [label for label in ("FAKE", "REAL") if label not in found]:
            lacks = f"would have no {missing[0]} pictures" if part else "would be empty"
            yield f"the {name} part {lacks}; {_remedy(name, splits)}"


def _remedy(name: PartName, splits: Splits) -> str:
    parts = splits.parts()
    pictures, dropped = sum(map(len, parts.values())), len(splits.dropped)
    if dropped > pictures // 2:
        return (
            f"{dropped} pictures were left out, since they, near copies or the same identity are in another part: state "
            "other splits, or none, and whole groups are drawn"
        )
    if splits.largest > pictures // 2:
        return f"{splits.largest} of {pictures} are linked as near copies or by one identity, and stay together: add others"
    if any(part_of(entry) == name for entry in parts[name]) or name == "train":
        return "add some to it"
    return f"add pictures, or let more be drawn by --{name} SHARE"


def reasons_of(refused: Sequence[Refused]) -> str:
    """Why files cannot be read, each reason once, the most frequent first."""
    files: dict[str, list[str]] = {}
    for each in sorted(refused, key=lambda each: each.uri):
        files.setdefault(each.reason.rstrip("."), []).append(each.uri)
    most = sorted(files, key=lambda reason: (-len(files[reason]), reason))
    return "; ".join(f"{reason}: {some(files[reason])}" for reason in most[:LISTED])


def some(texts: Sequence[str]) -> str:
    """The first of many, in a line.

    >>> some(["a", "b"]), some(list("abcdefg"))
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    more = f" and {len(texts) - LISTED} more" if len(texts) > LISTED else ""
    return ", ".join(texts[:LISTED]) + more
