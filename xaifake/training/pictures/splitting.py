"""Which pictures are learnt from, which choose the epoch, and which measure: with nothing known of one part in another."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xaifake.dataset import Manifest
from xaifake.dataset.labels import SPLITS
from xaifake.dataset.labels import split_of as division_of
from xaifake.errors import DataError
from xaifake.records import Entry, PartName
from xaifake.training.pictures.groups import groups_of

PARTS: Mapping[str, PartName] = {"train": "train", "val": "validation", "test": "test"}
"""The parts by the words of `xaifake.dataset.labels`."""
RANK: tuple[PartName, ...] = ("test", "validation", "train")
"""Of parts that hold pictures of one group, the first keeps its own."""


@dataclass(frozen=True)
class Dropped:
    """A picture that is in no part, and why."""

    entry: Entry
    reason: str


@dataclass(frozen=True)
class Splits:
    """A data set in parts.

    Attributes:
        train, validation, test: in order of ids, and each id once.
        dropped: what was left out.
        notes: how it came about, in sentences.
        largest: pictures in the largest group of linked ones.
    """

    train: tuple[Entry, ...]
    validation: tuple[Entry, ...]
    test: tuple[Entry, ...]
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]
    largest: int = 0

    def parts(self) -> dict[PartName, tuple[Entry, ...]]:
        """The parts by name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


def split_of(manifest: Manifest, fingerprints: Mapping[str, int], shares: tuple[float, float], seed: int) -> Splits:
    """The labelled pictures in three parts; no picture, near copy or identity is in two (`groups.groups_of`).

    Parts that the data set states are kept, and what it states nothing of is for training. A group that reaches into two
    parts loses what lies in the one that more is learnt from: training before validation, and test loses no picture. A part
    that the data set does not state is drawn out of training: whole groups, in an order of hashes of the seed and the
    group's smallest id, each taken where that brings both labels nearer to their share. So neither the files' order nor
    their names matter.

    Args:
        manifest: the data set; pictures without a label are in no part.
        fingerprints: by id; see `xaifake.dataset.fingerprint`.
        shares: of validation and of test, where these are drawn: of the pictures they are drawn from.
        seed: of the draw.

    Raises:
        DataError: a split is called what is none of `SPLITS`.
    """
    if words := unknown_splits(manifest):
        raise DataError(f"{UNKNOWN} Received: {', '.join(words)}")
    labelled = sorted((entry for entry in manifest.entries if entry.label), key=_said)
    groups = groups_of(labelled, fingerprints)
    parts, dropped = _stated(labelled, groups)
    stated = {PARTS[division] for entry in labelled if (division := division_of(entry.split or ""))}
    pool = Counter(entry.label for entry in parts["train"])
    drawn = [part for part in RANK[:2] if part not in stated]
    for part, share in zip(RANK[:2], reversed(shares), strict=True):
        if part in drawn:
            wanted: dict[str | None, float] = {label: share * count for label, count in pool.items()}
            chosen = _drawn(parts["train"], groups, wanted, seed)
            parts[part] = [entry for entry in parts["train"] if groups[entry.id] in chosen]
            parts["train"] = [entry for entry in parts["train"] if groups[entry.id] not in chosen]
    train, validation, test = (tuple(parts[part]) for part in reversed(RANK))
    sizes = [size for size in Counter(groups.values()).values() if size > 1]
    notes = (*_origins(labelled, stated, drawn), *_links(sizes), *_losses(dropped))
    return Splits(train, validation, test, tuple(dropped), notes, max(sizes, default=1))


UNKNOWN = (
    f"A split is called {', '.join(sorted(SPLITS['train']))}, {', '.join(sorted(SPLITS['val']))} or "
    f"{', '.join(sorted(SPLITS['test']))}, in any case; rename the others, or leave them empty and they are for training."
)


def unknown_splits(manifest: Manifest) -> list[str]:
    """What the data set calls splits that are no part here, sorted."""
    return sorted({entry.split for entry in manifest.entries if entry.split and division_of(entry.split) is None})


def conflicting(entries: Sequence[Entry]) -> set[str]:
    """The ids of pictures that are FAKE in one place and REAL in another."""
    fake, real = ({entry.id for entry in entries if entry.label == label} for label in ("FAKE", "REAL"))
    return fake & real


def part_of(entry: Entry) -> PartName:
    """The part that the data set states; train where it states none."""
    return PARTS[division_of(entry.split or "") or "train"]


def _stated(labelled: Sequence[Entry], groups: Mapping[str, int]) -> tuple[dict[PartName, list[Entry]], list[Dropped]]:
    """The parts as the data set states them, without what another part must not know."""
    parts: dict[PartName, list[Entry]] = {part: [] for part in RANK}
    dropped: list[Dropped] = []
    both = conflicting(labelled)
    home: dict[int, PartName] = {}
    held: dict[str, PartName] = {}
    named: dict[str, PartName] = {}
    for part in RANK:
        for entry in (entry for entry in labelled if part_of(entry) == part):
            if entry.id in both:
                reason = "it is FAKE in one place and REAL in another"
            elif entry.id in held:
                reason = f"the same bytes are in {held[entry.id]}"
            elif (first := home.setdefault(groups[entry.id], part)) == part:
                held[entry.id] = part
                named.setdefault(entry.identity or "", part)
                parts[part].append(entry)
                continue
            elif entry.identity and entry.identity in named:
                reason = f"the same identity is in {named[entry.identity]}"
            else:
                reason = f"a near copy is in {first}, or links lead there"
            dropped.append(Dropped(entry, reason))
    return parts, dropped


def _said(entry: Entry) -> tuple[str, ...]:
    """All that is said of a picture but where it lies; by ids first."""
    return entry.id, entry.label or "", entry.split or "", entry.identity or ""


def _drawn(pool: Sequence[Entry], groups: Mapping[str, int], wanted: Mapping[str | None, float], seed: int) -> set[int]:
    """The groups that are taken out of the pool."""
    held: dict[int, Counter[str | None]] = {}
    smallest: dict[int, str] = {}
    for entry in pool:  # in order of ids
        held.setdefault(groups[entry.id], Counter())[entry.label] += 1
        smallest.setdefault(groups[entry.id], entry.id)
    left, taken = dict(wanted), set()
    for group in sorted(held, key=lambda group: hashlib.sha256(f"{seed} {smallest[group]}".encode()).digest()):
        after = {label: left[label] - held[group][label] for label in left}
        if sum(map(abs, after.values())) < sum(map(abs, left.values())):
            left = after
            taken.add(group)
    return taken


def _origins(labelled: Sequence[Entry], stated: Collection[PartName], drawn: Sequence[PartName]) -> Iterator[str]:
    if not stated:
        yield "The data set states no split: train, validation and test are drawn."
    elif drawn:
        own = " and ".join(part for part in reversed(RANK) if part in stated)
        yield f"The data set states {own}; out of its train {' and '.join(drawn)} {'are' if drawn[1:] else 'is'} drawn."
    if stated and (without := sum(entry.split is None for entry in labelled)):
        yield f"{without} pictures that no split is stated for are learnt from."


def _links(sizes: Sequence[int]) -> Iterator[str]:
    if sizes:
        yield (
            f"{sum(sizes)} pictures are linked in {len(sizes)} groups of near copies or one identity, the largest of "
            f"{max(sizes)}; each group lies on one side."
        )


def _losses(dropped: Sequence[Dropped]) -> Iterator[str]:
    for reason, count in sorted(Counter(each.reason for each in dropped).items()):
        yield f"{count} left out: {reason}."
