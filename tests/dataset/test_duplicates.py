"""Pairs that show the same: all of them, counted once, the ones that matter first."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaifake.dataset import fingerprint, read_entry, read_manifest
from xaifake.dataset.duplicates import SHOWN, duplicates_of
from xaifake.dataset.neighbours import near
from xaifake.records import Duplicate, Entry

NUMBERS = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 15), max_size=40)


def pairs(numbers: Any, bound: int) -> list[tuple[int, int, int]]:
    """What `near` finds, sorted."""
    portions = near(np.array(numbers, np.uint64), bound)
    return sorted(row for found in portions for row in zip(*(column.tolist() for column in found), strict=True))


def compared(numbers: list[int], bound: int) -> list[tuple[int, int, int]]:
    """The same by comparing every number with every other."""
    every = combinations(enumerate(numbers), 2)
    return sorted((i, j, d) for (i, a), (j, b) in every if (d := (a ^ b).bit_count()) <= bound)


@pytest.mark.slow
@given(numbers=NUMBERS, bound=st.integers(0, 12))
def test_no_pair_is_missed_and_none_is_found_twice(numbers: list[int], bound: int) -> None:
    """Multi-index hashing gives exactly what comparing all with all gives, equal numbers included."""
    assert compared(numbers, bound) == pairs(numbers, bound)


@pytest.mark.parametrize("bound", [3, 4, 6, 8, 11])
def test_neighbours_by_a_few_bits_are_found(bound: int) -> None:
    """Random numbers are far apart, so these are made from each other: bits fall on one band or on all four."""
    random = np.random.default_rng(bound)
    first = random.integers(0, 2**63, 60, np.uint64)
    numbers = [int(number) for number in first]
    for number in list(numbers):
        flips = random.choice(64, random.integers(0, 14), replace=False)
        numbers.append(number ^ sum(1 << int(flip) for flip in flips))
    assert compared(numbers, bound) == pairs(numbers, bound)


def test_portions_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little is compared at once."""
    numbers = [int(n) for n in np.random.default_rng(0).integers(0, 32, 50, np.uint64)]
    expected = pairs(numbers, 2)
    monkeypatch.setattr("xaifake.dataset.neighbours.AT_ONCE", 7)
    assert expected == pairs(numbers, 2) == compared(numbers, 2)


ENTRIES = st.lists(
    st.builds(
        Entry,
        st.sampled_from("abcdef"),
        st.uuids().map(str),
        st.sampled_from([None, "FAKE", "REAL"]),
        st.sampled_from([None, "train", "test"]),
    ),
    max_size=14,
)


@pytest.mark.slow
@given(entries=ENTRIES, prints=st.dictionaries(st.sampled_from("abcd"), st.integers(0, 7)), bound=st.integers(0, 3))
def test_pairs_are_counted_as_if_all_were_compared(entries: list[Entry], prints: dict[str, int], bound: int) -> None:
    """By bytes or by fingerprint; across where both say a split, or a label, and not the same."""

    def across(a: Entry, b: Entry) -> bool:
        said = ((a.split, b.split), (a.label, b.label))
        return any(None not in pair and pair[0] != pair[1] for pair in said)

    def distance(a: Entry, b: Entry) -> float:
        if a.id == b.id:
            return 0
        return (prints[a.id] ^ prints[b.id]).bit_count() if {a.id, b.id} <= prints.keys() else np.inf

    expected = [
        Duplicate(*sorted((a.uri, b.uri)), int(distance(a, b)), a.id == b.id, across(a, b))  # type: ignore[call-arg]
        for a, b in combinations(entries, 2)
        if distance(a, b) <= bound
    ]
    found = duplicates_of(entries, prints, bound=bound)
    assert (len(expected), sum(pair.across for pair in expected)) == (found.pairs, found.across)
    assert set(expected) == set(found.listed)


def test_pairs_across_come_first_and_few_are_listed() -> None:
    """Of 200 copies in train and one in test, the 200 pairs across are counted, and 100 of these listed."""
    copies = [Entry("a", f"train/{n:03}", "FAKE", "train") for n in range(200)]
    found = duplicates_of([*copies, Entry("b", "test/0", "FAKE", "test")], {"a": 0, "b": 1})
    assert (200 * 199 // 2 + 200, 200, SHOWN) == (found.pairs, found.across, len(found.listed))
    assert {("test/0", 1, False, True)} == {(p.first, p.distance, p.same_bytes, p.across) for p in found.listed}


def test_a_data_set_without_pictures_has_no_pairs() -> None:
    """Nothing is asked of nothing."""
    found = duplicates_of([], {})
    assert ((), 0, 0) == (found.listed, found.pairs, found.across)


@pytest.mark.slow
def test_edited_pictures_lie_near_their_originals_and_others_do_not(data: Path) -> None:
    """Among 600 faces two pairs are within the bound: fakes beside the photographs that they were made from."""
    entries = read_manifest([str(data / "faces" / "ciplab")]).entries
    found = duplicates_of(entries, {entry.id: fingerprint(read_entry(entry)) for entry in entries})
    assert (2, 2) == (found.pairs, found.across)
    assert [("easy_", 3), ("easy_", 5)] == [(Path(pair.first).name[:5], pair.distance) for pair in found.listed]


@pytest.mark.slow
def test_a_hundred_thousand_are_compared_in_seconds() -> None:
    """Where comparing all with all would be five billion pairs."""
    import time

    numbers = np.random.default_rng(0).integers(0, 2**63, 100_000, np.uint64)
    entries = [Entry(str(n), str(n)) for n in range(len(numbers))]
    started = time.process_time()
    duplicates_of(entries, dict(zip((entry.id for entry in entries), numbers.tolist(), strict=True)))
    assert time.process_time() - started < 20
