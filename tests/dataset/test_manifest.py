"""The manifest: what is in it, in which order, and what is told beside it."""

from __future__ import annotations

import hashlib
import json
import pickle
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from trees import png, tree

from xaifake.dataset import Manifest, Reading, read_entry, read_manifest
from xaifake.errors import PictureError, UsageError
from xaifake.records import Entry


def test_ids_are_digests_in_order(tmp_path: Path) -> None:
    """SHA-256 of the bytes, sorted; copies of one file are one id twice, in order of their addresses."""
    tree(tmp_path, "real/a.png", "fake/b.png")
    (tmp_path / "real" / "copy.png").write_bytes(png("fake/b.png"))
    entries = read_manifest([str(tmp_path)]).entries
    expected = sorted(
        (hashlib.sha256(png(seed)).hexdigest(), str(tmp_path / path))
        for seed, path in (("real/a.png", "real/a.png"), ("fake/b.png", "fake/b.png"), ("fake/b.png", "real/copy.png"))
    )
    assert expected == [(entry.id, entry.uri) for entry in entries]


def test_what_cannot_be_read_is_refused_with_its_reason(tmp_path: Path) -> None:
    """Empty files and dead links; the rest is there. A damaged picture has bytes, and is an entry."""
    tree(tmp_path, "a.png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "dead.png").symlink_to(tmp_path / "gone.png")
    (tmp_path / "damaged.png").write_bytes(b"no picture")
    found = read_manifest([str(tmp_path)])
    assert {"a.png", "damaged.png"} == {Path(entry.uri).name for entry in found.entries}
    assert {"empty.png", "dead.png"} == {Path(refused.uri).name for refused in found.refused}


def test_names_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A name in another encoding could not be written to any record; the refusal can."""
    tree(tmp_path, "a.png")
    (tmp_path / "caf\udce9.png").write_bytes(png("b"))
    found = read_manifest([str(tmp_path)])
    assert ["a.png"] == [Path(entry.uri).name for entry in found.entries]
    assert ["caf?.png"] == [Path(refused.uri).name for refused in found.refused]
    assert "no Unicode text" in found.refused[0].reason
    assert found == Manifest.from_table(found.table())


def test_an_empty_data_set_is_one_sentence(tmp_path: Path) -> None:
    """It says what lies there instead."""
    (tmp_path / "notes.txt").touch()
    with pytest.raises(UsageError, match=rf"none was found. Received: {tmp_path} with .txt files \(1\)$"):
        read_manifest([str(tmp_path)])


def test_addresses_that_overlap_count_once(tmp_path: Path) -> None:
    """A folder twice, and a folder within it that is said to be the same."""
    tree(tmp_path, "train/fake/a.png", "train/fake/x/b.png")
    addresses = [str(tmp_path), str(tmp_path / "train"), str(tmp_path / "train")]
    found = read_manifest(addresses)
    assert [("FAKE", "train")] * 2 == [(entry.label, entry.split) for entry in found.entries]
    assert f"{tmp_path.name} + {tmp_path.name}/train" == found.name


def test_progress_is_told_for_every_file(tmp_path: Path) -> None:
    """Refused ones too."""
    tree(tmp_path, "a.png", "b.png")
    (tmp_path / "empty.png").touch()
    told: list[int] = []
    read_manifest([str(tmp_path)], advance=told.append)
    assert [1, 1, 1] == told


def test_the_digest_is_of_what_is_said_not_of_where(tmp_path: Path) -> None:
    """The same files elsewhere give the same digest; another label gives another."""
    here, there = tree(tmp_path / "a", "1/a.png", "0/b.png"), tree(tmp_path / "b", "1/a.png", "0/b.png")
    assert read_manifest([str(here)]).sha256 == read_manifest([str(there)]).sha256
    assert read_manifest([str(here)]).sha256 != read_manifest([str(there)], reading=Reading(fake=("1",))).sha256


def test_a_manifest_comes_back_from_its_table(tmp_path: Path) -> None:
    """Through Parquet as well, with what was refused and noted."""
    tree(tmp_path, "real/a.png", "fake/b.png", "masks/fake/b.png")
    (tmp_path / "empty.png").touch()
    found = read_manifest([str(tmp_path)], reading=Reading(group_by="1"))
    pq.write_table(found.table(), tmp_path / "manifest.parquet")
    assert found == Manifest.from_table(pq.read_table(tmp_path / "manifest.parquet"))
    assert found == Manifest.from_table(found.table())


def test_a_table_without_entries_comes_back() -> None:
    """The types of columns do not depend on what is in them."""
    empty = Manifest("none", (), ())
    assert {pa.string()} == set(empty.table().schema.types)
    assert empty == Manifest.from_table(empty.table())


def test_two_kinds_in_one_folder_ask_for_the_format(tmp_path: Path) -> None:
    """--format says which; either is then read."""
    tree(tmp_path, "original_sequences/a/1.png", "Celeb-real/id0_0000/1.png")
    with pytest.raises(UsageError, match="--format says it: celebdf, faceforensics"):
        read_manifest([str(tmp_path)])
    (entry,) = read_manifest([str(tmp_path)], reading=Reading(format="celebdf")).entries
    assert "id0" == entry.identity


def test_a_file_of_no_known_kind_asks_for_the_format(tmp_path: Path) -> None:
    """A picture is no data set."""
    tree(tmp_path, "a.png")
    with pytest.raises(UsageError, match=r"--format says it: .*table.*Received: .*a.png"):
        read_manifest([str(tmp_path / "a.png")])


def test_a_picture_that_changed_since_is_refused(tmp_path: Path) -> None:
    """Rows are kept by the digest of what was scored, so other bytes under the name are an error."""
    (entry,) = read_manifest([str(tree(tmp_path, "a.png"))]).entries
    assert (8, 8, 3) == read_entry(entry).pixels.shape
    (tmp_path / "a.png").write_bytes(png("another"))
    with pytest.raises(PictureError, match="has changed since the data set was read"):
        read_entry(entry)


def test_remote_folders_are_read_like_local_ones(tmp_path: Path) -> None:
    """memory:// stands for all that fsspec opens."""
    tree(tmp_path, "train/real/a.png", "test/fake/b.png", ".hidden.png")
    memory = fsspec.filesystem("memory")
    for path in ("train/real/a.png", "test/fake/b.png", ".hidden.png"):
        memory.pipe(f"/faces/{path}", (tmp_path / path).read_bytes())
    near, far = read_manifest([str(tmp_path)]), read_manifest(["memory://faces"])
    assert near.sha256 == far.sha256
    assert {"memory://faces/train/real/a.png", "memory://faces/test/fake/b.png"} == {entry.uri for entry in far.entries}


@pytest.mark.slow
def test_a_million_entries_stay_small() -> None:
    """Repeated words are kept once: under 500 bytes an entry, id and address included."""
    import tracemalloc

    from xaifake.dataset.manifest import entry_of

    tracemalloc.start()
    entries = []
    for number in range(20_000):
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        entries.append(entry_of(digest, f"/data/faces/train/fake/{number:08}.png", "FAKE", f"fold {number % 2}"))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size / len(entries) < 500
    assert entries[0].split is entries[2].split


def test_entries_can_be_pickled_and_written_as_json(tmp_path: Path) -> None:
    """They travel to workers and into records."""
    (entry,) = read_manifest([str(tree(tmp_path, "fake/a.png"))]).entries
    assert entry == pickle.loads(pickle.dumps(entry))
    from dataclasses import asdict

    assert entry == Entry(**json.loads(json.dumps(asdict(entry))))
