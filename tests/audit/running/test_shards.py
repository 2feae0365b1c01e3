"""Shards hold each row once, say what they are, and are never mixed up or believed when damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from light import LightStage, light_works

from xaifake.audit.running.protocol import Work
from xaifake.audit.running.shards import Shards, shard_bytes
from xaifake.audit.running.store import Store
from xaifake.records import Entry

KEY, OTHER = "a" * 64, "b" * 64
STAGE = LightStage()
WORKS = light_works(10)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A folder of this machine."""
    return Store(str(tmp_path))


def kept(store: Store, works: list[Work], key: str = KEY) -> str:
    """Write a shard of these works; its name."""
    shards = Shards(store, STAGE.name, key)
    shards.write(STAGE, works, rows_of(works))
    return shards.name(works)


def rows_of(works: list[Work]) -> list[Any]:
    return STAGE.rows(None, works, lambda _: None)  # type: ignore[arg-type]  # it asks nothing of a detector


def asked_in(shards: Shards, works: list[Work]) -> list[str]:
    return [asked for table in shards.tables(works, ["value"]) for asked in table.column("asked").to_pylist()]


def test_what_is_left_is_cut_as_it_was(store: Store) -> None:
    """Ten pictures in chunks of four; once the second chunk is there, the others stay what they were."""
    shards = Shards(store, STAGE.name, KEY)
    first, second, third = shards.pending(WORKS, 4)
    assert [WORKS[:4], WORKS[4:8], WORKS[8:]] == [first, second, third]

    kept(store, second)

    assert [first, third] == shards.pending(WORKS[::-1], 4)
    assert [] == shards.pending(second, 4)


def test_a_picture_twice_is_one_row(store: Store) -> None:
    """Of two entries of the same bytes the first is asked."""
    again = Work(Entry(WORKS[0].entry.id, "elsewhere.png"))
    (chunk,) = Shards(store, STAGE.name, KEY).pending([WORKS[0], again], 4)
    assert [WORKS[0]] == chunk


def test_another_partner_or_mask_is_another_question(store: Store) -> None:
    """A row of a picture with its partner does not answer for another partner, nor a mask for none."""
    entry, partner = WORKS[0].entry, WORKS[1].entry
    masked = Entry(entry.id, entry.uri, mask="mask.png")
    kept(store, [Work(entry, partner)])

    shards = Shards(store, STAGE.name, KEY)
    assert [] == shards.pending([Work(entry, partner)], 4)
    for other in (Work(entry), Work(entry, WORKS[2].entry), Work(masked), Work(masked, partner)):
        assert [[other]] == shards.pending([other], 4)


def test_rows_come_back_once_and_only_those_asked_for(store: Store) -> None:
    """Two shards that overlap, of which some rows are asked for: each once, in order of shards."""
    kept(store, WORKS[:4])
    kept(store, WORKS[2:6])
    found = asked_in(Shards(store, STAGE.name, KEY), WORKS[1:5])
    assert [work.asked for work in WORKS[1:5]] == sorted(found)


def test_keys_are_never_mixed(store: Store) -> None:
    """Under another key nothing is finished, and each has a folder of its own."""
    kept(store, WORKS[:4])
    assert {} == Shards(store, STAGE.name, OTHER).finished()
    assert Shards(store, STAGE.name, KEY).folder != Shards(store, STAGE.name, OTHER).folder


def test_a_shard_says_its_errors(store: Store) -> None:
    """Each row's error, or None."""
    works = light_works(40)
    kept(store, works)
    finished = Shards(store, STAGE.name, KEY).finished()
    assert {work.asked: "It fails." if work.asked.startswith("f") else None for work in works} == finished
    assert "It fails." in finished.values()


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut short": (lambda data: data[:-20], "damaged or does not belong there"),
    "empty": (lambda _: b"", "damaged or does not belong there"),
    "no parquet": (lambda _: b"PAR1 never was PAR1", "damaged or does not belong there"),
    "one bit": (lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:], "damaged or does not belong there"),
    "another job": (lambda _: shard_bytes(STAGE, OTHER, WORKS[:4], rows_of(WORKS[:4])), "rows of another job"),
    "others' rows": (lambda _: shard_bytes(STAGE, KEY, WORKS[4:8], rows_of(WORKS[4:8])), "other pictures than its name"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_no_sound_shard_is_told_and_done_again(store: Store, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    """One warning that names the file; its pictures are pending, its rows nowhere, and a new shard takes its place."""
    spoil, sentence = DAMAGES[damage]
    name = kept(store, WORKS[:4])
    store.write(name, spoil(store.read(name) or b""))

    shards = Shards(store, STAGE.name, KEY)
    assert [WORKS[:4], WORKS[4:8], WORKS[8:]] == shards.pending(WORKS, 4)
    assert [] == asked_in(shards, WORKS)
    (message,) = [record.getMessage() for record in caplog.records]
    assert sentence in message
    assert message.endswith(f"Received: {store.shown(name)}")

    shards.write(STAGE, WORKS[:4], rows_of(WORKS[:4]))
    assert [WORKS[4:8], WORKS[8:]] == shards.pending(WORKS, 4)


def test_a_shard_that_would_fill_memory_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a large file nor one that unpacks to much is read."""
    kept(store, WORKS[:4])
    for bound in ("MOST_BYTES", "MOST_UNPACKED"):
        monkeypatch.setattr(f"xaifake.audit.running.shards.{bound}", 10)
        assert {} == Shards(store, STAGE.name, KEY).finished()
        assert "more than 0 MiB" in caplog.records[-1].getMessage()
        monkeypatch.undo()


def test_a_shard_that_is_removed_is_done_again(store: Store) -> None:
    """What was seen once and is gone is pending."""
    shards, name = Shards(store, STAGE.name, KEY), kept(store, WORKS[:4])
    assert [WORKS[4:8], WORKS[8:]] == shards.pending(WORKS, 4)
    path = store.path(name)
    assert path is not None
    path.unlink()
    assert [WORKS[:4], WORKS[4:8], WORKS[8:]] == shards.pending(WORKS, 4)


def test_a_stage_must_answer_what_it_was_asked() -> None:
    """Rows of other pictures are a mistake of the stage, and nothing is written."""
    with pytest.raises(ValueError, match="rows of other pictures"):
        shard_bytes(STAGE, KEY, WORKS[:4], rows_of(WORKS[1:5]))


def test_the_same_rows_give_the_same_bytes() -> None:
    """No time, no name of a machine."""
    assert shard_bytes(STAGE, KEY, WORKS, rows_of(WORKS)) == shard_bytes(STAGE, KEY, WORKS, rows_of(WORKS))
