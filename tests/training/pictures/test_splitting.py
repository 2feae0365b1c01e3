"""Nothing of one part is known in another; what a data set states stands; what is drawn depends on the pictures alone."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaifake.dataset import Manifest
from xaifake.dataset.duplicates import BOUND
from xaifake.errors import DataError
from xaifake.records import Entry
from xaifake.training.pictures.splitting import Splits, split_of

SHARES = (0.15, 0.15)
WORDS = st.sampled_from([None, "train", "Training", "val", "VALID", "dev", "validation", "test", "Testing"])
ENTRIES = st.lists(
    st.builds(
        Entry,
        st.sampled_from("abcdefghijklmnop"),
        st.uuids().map(str),
        st.sampled_from([None, "FAKE", "REAL"]),
        WORDS,
        identity=st.sampled_from([None, None, None, "Ada", "Bob"]),
    ),
    max_size=24,
)
PRINTS = st.dictionaries(
    st.sampled_from("abcdefghijklmnop"), st.integers(0, 2**12 - 1) | st.integers(0, 2**64 - 1), max_size=16
)


def manifest_of(entries: Iterable[Entry]) -> Manifest:
    return Manifest("made", ("made",), tuple(sorted(entries, key=lambda entry: (entry.id, entry.uri))))


def entries_of(count: int, split: str | None = None, begin: int = 0) -> list[Entry]:
    """Pictures, FAKE and REAL in turn."""
    return [
        Entry(f"{number:04}", f"/{number}.png", "REAL" if number % 2 else "FAKE", split)
        for number in range(begin, begin + count)
    ]


def far(entries: Iterable[Entry]) -> dict[str, int]:
    """Fingerprints of which no two are near."""
    return {entry.id: int(hashlib.sha256(entry.id.encode()).hexdigest()[:16], 16) for entry in entries}


def linked(one: Entry, two: Entry, prints: Mapping[str, int]) -> bool:
    """Whether two pictures must not be in two parts, said once more and plainly."""
    near = {one.id, two.id} <= prints.keys() and (prints[one.id] ^ prints[two.id]).bit_count() <= BOUND
    return one.id == two.id or near or (one.identity is not None and one.identity == two.identity)


def ids(splits: Splits) -> dict[str, list[str]]:
    return {name: [entry.id for entry in part] for name, part in splits.parts().items()}


@pytest.mark.slow
@given(entries=ENTRIES, prints=PRINTS, seed=st.integers(0, 3))
def test_no_link_leads_from_one_part_to_another(entries: list[Entry], prints: dict[str, int], seed: int) -> None:
    """Whatever the data set states: not by bytes, nor by near copies, nor by identity."""
    parts = split_of(manifest_of(entries), prints, SHARES, seed).parts()
    for one, two in combinations(parts.values(), 2):
        assert not [(a, b) for a in one for b in two if linked(a, b, prints)]


@pytest.mark.slow
@given(entries=ENTRIES, prints=PRINTS)
def test_chains_of_links_lie_on_one_side(entries: list[Entry], prints: dict[str, int]) -> None:
    """Without stated splits nothing but copies is dropped, so a chain's every picture is in the part of its first."""
    entries = [replace(entry, split=None, label="FAKE" if entry.id < "h" else "REAL") for entry in entries]
    splits = split_of(manifest_of(entries), prints, (0.3, 0.3), 0)
    part_of = {id_: name for name, part in ids(splits).items() for id_ in part}
    assert {entry.id for entry in entries} == part_of.keys()
    assert all(part_of[a.id] == part_of[b.id] for a, b in combinations(entries, 2) if linked(a, b, prints))


@pytest.mark.slow
@given(entries=ENTRIES, prints=PRINTS)
def test_every_labelled_picture_is_in_one_part_or_dropped_with_a_reason(
    entries: list[Entry], prints: dict[str, int]
) -> None:
    """No entry is lost, and none is in two places; those without a label are in neither."""
    splits = split_of(manifest_of(entries), prints, SHARES, 0)
    placed = [entry for part in splits.parts().values() for entry in part]
    assert Counter(e for e in entries if e.label) == Counter([*placed, *(each.entry for each in splits.dropped)])
    assert all(each.reason for each in splits.dropped)
    assert all(part == sorted(set(part)) for part in ids(splits).values())


@pytest.mark.slow
@given(entries=ENTRIES, prints=PRINTS, order=st.randoms(use_true_random=False))
def test_neither_order_nor_paths_matter(entries: list[Entry], prints: dict[str, int], order: random.Random) -> None:
    """The same pictures elsewhere, listed otherwise, are split alike."""
    moved = [replace(entry, uri=f"/elsewhere/{number}") for number, entry in enumerate(entries)]
    order.shuffle(moved)
    here, there = (split_of(manifest_of(each), prints, SHARES, 1) for each in (entries, moved))
    assert ids(here) == ids(there)
    assert here.notes == there.notes


def test_parts_are_drawn_by_their_shares_of_each_label() -> None:
    """300 FAKE and 100 REAL: 10 % for validation, 20 % for test, of both."""
    entries = [replace(entry, label="REAL" if number < 100 else "FAKE") for number, entry in enumerate(entries_of(400))]
    splits = split_of(manifest_of(entries), far(entries), (0.1, 0.2), 0)
    counts = {name: Counter(entry.label for entry in part) for name, part in splits.parts().items()}
    expected = {"train": (210, 70), "validation": (30, 10), "test": (60, 20)}
    assert expected == {name: (count["FAKE"], count["REAL"]) for name, count in counts.items()}
    assert splits.notes == ("The data set states no split: train, validation and test are drawn.",)


def test_the_seed_draws() -> None:
    """Other seeds, other parts; one seed, one division."""
    entries = entries_of(100)
    first, again, other = (ids(split_of(manifest_of(entries), far(entries), SHARES, seed)) for seed in (0, 0, 1))
    assert first == again != other


def test_whole_groups_are_drawn() -> None:
    """Of five people with 40 pictures each, one is tested on and one chooses the epoch."""
    entries = [replace(entry, identity=f"person {number // 40}") for number, entry in enumerate(entries_of(200))]
    parts = split_of(manifest_of(entries), {}, (0.2, 0.2), 0).parts()
    assert {"train": 120, "validation": 40, "test": 40} == {name: len(part) for name, part in parts.items()}
    people = [{entry.identity for entry in part} for part in parts.values()]
    assert [3, 1, 1] == [len(each) for each in people]


def test_a_group_larger_than_a_share_is_learnt_from() -> None:
    """A person on nine of ten pictures would leave little to learn from in test."""
    entries = [replace(entry, identity="Ada" if number < 90 else None) for number, entry in enumerate(entries_of(100))]
    parts = split_of(manifest_of(entries), far(entries), (0.02, 0.02), 0).parts()
    assert {"Ada", None} >= {entry.identity for entry in parts["train"]} > {None}
    assert [2, 2] == [len(parts["validation"]), len(parts["test"])]


@pytest.mark.parametrize("word", ["val", "Valid", "VALIDATION", "dev"])
def test_stated_splits_stand(word: str) -> None:
    """In any case and by any of their words."""
    entries = [*entries_of(10, "Train"), *entries_of(6, word, 10), *entries_of(4, "TEST", 16)]
    splits = split_of(manifest_of(entries), far(entries), SHARES, 0)
    assert [10, 6, 4] == [len(part) for part in splits.parts().values()]
    assert {"0015"} < {entry.id for entry in splits.validation}
    assert splits.notes == ()


@pytest.mark.parametrize(("stated", "drawn"), [("test", "validation"), ("validation", "test")])
def test_what_is_not_stated_is_drawn_out_of_train(stated: str, drawn: str) -> None:
    """The stated part stays whole."""
    entries = [*entries_of(100, "train"), *entries_of(20, stated, 100)]
    splits = split_of(manifest_of(entries), far(entries), SHARES, 0)
    parts = ids(splits)
    assert [f"{number:04}" for number in range(100, 120)] == parts[stated]
    assert set(parts["train"] + parts[drawn]) == {f"{number:04}" for number in range(100)}
    assert 14 <= len(parts[drawn]) <= 16
    own = " and ".join(name for name in ("train", "validation", "test") if name in ("train", stated))
    assert f"The data set states {own}; out of its train {drawn} is drawn." in splits.notes


def test_pictures_without_a_split_beside_stated_ones_are_learnt_from() -> None:
    """Only test is stated, as some data sets do it."""
    entries = [*entries_of(40), *entries_of(20, "test", 40)]
    splits = split_of(manifest_of(entries), far(entries), SHARES, 0)
    assert 20 == len(splits.test)
    assert 40 == len(splits.train) + len(splits.validation)
    assert "40 pictures that no split is stated for are learnt from." in splits.notes


def test_what_crosses_is_taken_from_the_part_that_is_learnt_from() -> None:
    """Bytes, a near copy and a person of test in train, a near copy of train in validation: test loses nothing."""
    train, validation, test = entries_of(10, "train"), entries_of(6, "val", 10), entries_of(6, "test", 16)
    entries = [*train, *validation, *test]
    entries[1] = replace(entries[1], identity="Ada")
    entries[17] = replace(entries[17], identity="Ada")
    entries.append(replace(entries[18], uri="/copy.png", split="train"))
    prints = far(entries)
    prints["0003"] = prints["0020"] ^ 0b11
    prints["0005"] = prints["0011"]
    splits = split_of(manifest_of(entries), prints, SHARES, 0)
    expected = {
        "/1.png": "the same identity is in test",
        "/3.png": "a near copy is in test, or links lead there",
        "/5.png": "a near copy is in validation, or links lead there",
        "/copy.png": "the same bytes are in test",
    }
    assert expected == {each.entry.uri: each.reason for each in splits.dropped}
    assert (validation, entries[16:22]) == (list(splits.validation), list(splits.test))
    assert "1 left out: the same identity is in test." in splits.notes


def test_a_fake_goes_with_its_original() -> None:
    """A hand-made fake shows nearly what its photograph shows; both labels are in one group, which is no conflict."""
    entries = entries_of(80)
    prints = far(entries)
    for number in range(0, 80, 2):
        prints[f"{number:04}"] = prints[f"{number + 1:04}"] ^ 1 << number % 64
    splits = split_of(manifest_of(entries), prints, SHARES, 0)
    for part in splits.parts().values():
        assert len({int(entry.id) // 2 for entry in part}) * 2 == len(part) > 0
    assert not splits.dropped


def test_a_picture_with_both_labels_is_in_no_part() -> None:
    """What it is, is not known."""
    entries = entries_of(40)
    entries.append(replace(entries[0], uri="/again.png", label="REAL"))
    splits = split_of(manifest_of(entries), far(entries), SHARES, 0)
    assert ["it is FAKE in one place and REAL in another"] * 2 == [each.reason for each in splits.dropped]


def test_unknown_words_are_refused_with_what_is_accepted() -> None:
    """Numbers too: 1 may be anything."""
    entries = [*entries_of(4, "1"), *entries_of(4, "hold-out", 4), *entries_of(4, "test", 8)]
    with pytest.raises(DataError, match=r"train, training, dev, val, valid, validation or .*Received: 1, hold-out$"):
        split_of(manifest_of(entries), {}, SHARES, 0)


@pytest.mark.slow
def test_twenty_thousand_pictures_in_one_group_take_no_quadratic_memory() -> None:
    """Flat pictures are all alike: one fingerprint is one place in the search, however many have it."""
    entries = entries_of(20_000)
    splits = split_of(manifest_of(entries), dict.fromkeys((entry.id for entry in entries), 1), SHARES, 0)
    assert 20_000 == len(splits.train)
