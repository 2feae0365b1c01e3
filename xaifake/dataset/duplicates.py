"""Pictures that a data set holds twice: the same bytes, or bytes that show the same."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from xaifake.dataset.neighbours import Near, near
from xaifake.records import Duplicate, Entry

BOUND = 6
"""Bits in which fingerprints of pictures that show the same may differ. In the test data no two different faces are so near:
the nearest differ in 7 bits (``docs/data.md``)."""
SHOWN = 100
"""Pairs that are listed."""


@dataclass(frozen=True)
class Duplicates:
    """``listed`` are at most `SHOWN` pairs, those across splits or labels first, then the nearest; ``pairs`` is how many
    there are, and ``across`` how many of these lie across.
    """

    listed: tuple[Duplicate, ...]
    pairs: int
    across: int


def duplicates_of(entries: Sequence[Entry], fingerprints: Mapping[str, int], *, bound: int = BOUND) -> Duplicates:
    """All pairs of entries that show the same.

    Args:
        entries: of a manifest, all of them, so that copies of one file count.
        fingerprints: of the pictures by id; those that have none are compared by their bytes alone.
        bound: bits in which fingerprints may differ.
    """
    groups = _groups(entries, fingerprints)
    sizes = np.array([len(group) for group in groups], np.int64)
    splits, labels = (_codes([getattr(group[0], name) for group in groups]) for name in ("split", "label"))
    pairs, across = int((sizes * (sizes - 1) // 2).sum()), 0
    listed = heapq.nsmallest(SHOWN, _within(groups), key=_order)
    for found in _neighbours(groups, fingerprints, bound):
        crossing = _differ(splits, found) | _differ(labels, found)
        products = sizes[found.first] * sizes[found.second]
        pairs += int(products.sum())
        across += int(products[crossing].sum())
        between = _between(groups, found, crossing)
        listed = heapq.nsmallest(SHOWN, (*listed, *between), key=_order)
    return Duplicates(tuple(listed), pairs, across)


def _groups(entries: Sequence[Entry], fingerprints: Mapping[str, int]) -> list[list[Entry]]:
    """Entries of one fingerprint, split and label, which as duplicates of others are all the same; those without a
    fingerprint, by their bytes, come last.
    """
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.id not in fingerprints):
        seen = fingerprints.get(entry.id, entry.id)
        groups.setdefault((seen, entry.split, entry.label), []).append(entry)
    return list(groups.values())


def _codes(words: Sequence[str | None]) -> NDArray[np.int64]:
    """Words as numbers; -1 where there is none."""
    known = {word: code for code, word in enumerate(sorted({word for word in words if word is not None}))}
    return np.array([-1 if word is None else known[word] for word in words], np.int64)


def _neighbours(groups: Sequence[Sequence[Entry]], fingerprints: Mapping[str, int], bound: int) -> Iterator[Near]:
    """Pairs of groups within the bound; those without fingerprints where their bytes are the same."""
    seen = [fingerprints[group[0].id] for group in groups if group[0].id in fingerprints]
    yield from near(np.array(seen, np.uint64), bound)
    places: dict[str, list[int]] = {}
    for place in range(len(seen), len(groups)):
        places.setdefault(groups[place][0].id, []).append(place)
    for same in places.values():
        if len(same) > 1:
            first, second = np.array(list(combinations(same, 2)), np.int64).T
            yield Near(first, second, np.zeros(len(first), np.uint8))


def _differ(codes: NDArray[np.int64], found: Near) -> NDArray[np.bool_]:
    one, two = codes[found.first], codes[found.second]
    return np.asarray((one != two) & (one >= 0) & (two >= 0))


def _within(groups: Sequence[Sequence[Entry]]) -> Iterator[Duplicate]:
    for group in groups:
        for one, two in combinations(group[:SHOWN], 2):
            yield _duplicate(one, two, 0, across=False)


def _between(groups: Sequence[Sequence[Entry]], found: Near, crossing: NDArray[np.bool_]) -> Iterator[Duplicate]:
    """Pairs of entries of the groups that come first."""
    for row in np.lexsort((found.distance, ~crossing))[:SHOWN]:
        for one, two in product(groups[found.first[row]][:SHOWN], groups[found.second[row]][:SHOWN]):
            yield _duplicate(one, two, int(found.distance[row]), across=bool(crossing[row]))


def _duplicate(one: Entry, two: Entry, distance: int, *, across: bool) -> Duplicate:
    first, second = sorted((one.uri, two.uri))
    return Duplicate(first, second, distance, one.id == two.id, across)


def _order(pair: Duplicate) -> tuple[object, ...]:
    return not pair.across, pair.distance, not pair.same_bytes, pair.first, pair.second
