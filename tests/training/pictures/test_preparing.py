"""Every picture is read once, and what was prepared is found again after a kill."""

from __future__ import annotations

import shutil
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from trainable import CONTRACT, SHARES, faces, prepared

from xaifake.dataset import read_entry, read_manifest
from xaifake.detector.resizing import resize
from xaifake.errors import DataError, NoFaceError, OutputError
from xaifake.records import Box, Contract, Face, Picture
from xaifake.training.pictures.preparing import labelled, prepare
from xaifake.training.pictures.views import INDEX

pytestmark = pytest.mark.slow  # reads and writes pictures


def faceless(pictures: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The locator finds a face in the middle of each picture but for so many."""
    left = iter(range(pictures))

    def located(picture: Picture, crop: str) -> tuple[Face, ...]:
        if crop == "whole":
            return (Face(picture, Box(0, 0, 24, 24), crop),)
        if next(left, None) is not None:
            raise NoFaceError(f"No face was found. Received: {picture.source}")
        return (Face(picture, Box(4, 6, 20, 18), "middle"),)

    monkeypatch.setattr("xaifake.training.pictures.views.faces_of", located)


def test_examples_are_the_views_of_the_parts(tmp_path: Path) -> None:
    """In order of ids: the picture at the contract's size by its filter, to a whole grey level, with its label."""
    root = faces(tmp_path / "data")
    found = prepared(root, tmp_path / "work")
    entries = {entry.id: entry for entry in read_manifest([str(root)]).entries}
    assert [56, 12, 12] == [len(part) for part in (found.train, found.validation, found.test)]
    parts = zip(found.splits.parts().values(), (found.train, found.validation, found.test), strict=True)
    for part, examples in parts:
        assert tuple(entry.id for entry in part) == examples.ids == tuple(sorted(examples.ids))
        assert [entries[id_].label == "FAKE" for id_ in examples.ids] == examples.fake.tolist()
        expected = [resize(read_entry(entries[id_]).pixels, CONTRACT.size, CONTRACT.resize) for id_ in examples.ids]
        assert np.abs(np.stack(expected) - examples.views).max() <= 0.5
        assert (examples.views.dtype, examples.masks) == (np.uint8, None)
        assert isinstance(examples.views, np.memmap)


def test_every_labelled_picture_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies once, those without a label never, and a run that goes on reads nothing."""
    root = faces(tmp_path / "data")
    shutil.copy(root / "fake" / "0.png", root / "fake" / "copy.png")
    faces(root, 5, "others")
    read: list[str] = []

    def reading(entry: object) -> object:
        read.append(entry.uri)  # type: ignore[attr-defined]
        return read_entry(entry)  # type: ignore[arg-type]

    monkeypatch.setattr("xaifake.training.pictures.views.read_entry", reading)
    manifest, told = read_manifest([str(root)]), []
    first = prepare(manifest, CONTRACT, SHARES, 0, tmp_path / "work", told.append)
    assert (80, 80, 80) == (len(read), len(set(read)), sum(told))
    assert "5 pictures without a label are left out." in first.notes
    again = prepare(manifest, CONTRACT, SHARES, 0, tmp_path / "work", told.append)
    assert (80, 160, len(labelled(manifest))) == (len(read), sum(told), 80)
    assert first.splits == again.splits
    assert np.array_equal(first.train.views, again.train.views)


def test_what_was_prepared_is_found_again(tmp_path: Path) -> None:
    """The very file, not written again; another seed arranges it anew from its rows."""
    root, work = faces(tmp_path / "data"), tmp_path / "work"
    first = prepared(root, work)
    (file,) = work.glob("*.npy")
    before = file.stat()
    prepared(root, work)
    assert (before.st_ino, before.st_mtime_ns) == (file.stat().st_ino, file.stat().st_mtime_ns)
    other = prepared(root, work, seed=1)
    assert first.train.ids != other.train.ids
    shared = sorted(set(first.train.ids) & set(other.train.ids))
    for one in shared:
        assert np.array_equal(first.train.views[first.train.ids.index(one)], other.train.views[other.train.ids.index(one)])
    assert 1 == len(list(work.glob("*.npy")))


@pytest.mark.parametrize(
    "contract", [Contract(size=(8, 8)), replace(CONTRACT, resize="nearest"), replace(CONTRACT, crop="face")]
)
def test_views_of_another_contract_are_not_taken(
    tmp_path: Path, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another size, filter or crop: the views are those of a new folder."""
    faceless(0, monkeypatch)
    root = faces(tmp_path / "data")
    prepared(root, tmp_path / "work")
    found, expected = prepared(root, tmp_path / "work", contract), prepared(root, tmp_path / "new", contract)
    assert np.array_equal(expected.train.views, found.train.views)


def test_views_of_other_pictures_are_not_taken(tmp_path: Path) -> None:
    """A picture more, and all is as in a new folder."""
    root = faces(tmp_path / "data")
    prepared(root, tmp_path / "work")
    faces(root, 1, begin=99)
    found, expected = prepared(root, tmp_path / "work"), prepared(root, tmp_path / "new")
    assert expected.train.ids == found.train.ids
    assert np.array_equal(expected.train.views, found.train.views)


@pytest.mark.parametrize("step", ["views.write_whole", "rows.os.fsync"])
def test_a_kill_while_views_are_written_leaves_nothing_that_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The next run makes them as an undisturbed one does, and takes away what was left."""
    root, work = faces(tmp_path / "data"), tmp_path / "work"
    expected = prepared(root, tmp_path / "undisturbed")
    with monkeypatch.context() as killing:

        def kill(*_: object) -> None:
            raise KeyboardInterrupt

        killing.setattr(f"xaifake.training.pictures.{step}", kill)
        with pytest.raises(KeyboardInterrupt):
            prepared(root, work)
    assert not (work / INDEX).exists()
    found = prepared(root, work)
    assert expected.train.ids == found.train.ids
    assert np.array_equal(expected.train.views, found.train.views)
    assert 2 == len(list(work.iterdir()))


def test_a_kill_between_decoding_and_arranging_costs_no_decoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are there; only their order is missing."""
    root, work = faces(tmp_path / "data"), tmp_path / "work"
    with monkeypatch.context() as killing:

        def kill(*_: object) -> None:
            raise KeyboardInterrupt

        killing.setattr("xaifake.training.pictures.views.ViewStore.arranged", kill)
        with pytest.raises(KeyboardInterrupt):
            prepared(root, work)
    monkeypatch.setattr("xaifake.training.pictures.views.read_entry", lambda _: pytest.fail("a picture was read again"))
    assert 56 == len(prepared(root, work).train)


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not an error of the file system."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xaifake.training.pictures.rows.os.fsync", full)
    with pytest.raises(OutputError, match=r"The views cannot be written \(No space left on device\)\. Received: "):
        prepared(faces(tmp_path / "data"), tmp_path / "work")


@pytest.mark.slow
def test_memory_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """400 pictures take hardly more than 100 do, where the views of the others would take 15 MB."""
    monkeypatch.setattr("xaifake.training.pictures.views.AHEAD", 4)  # or how many wait depends on how busy the machine is
    monkeypatch.setattr("xaifake.images.opening.MOST_BYTES", 10**6)  # room for so much is asked for with each file
    root, peaks = tmp_path / "data", []
    contract = Contract(size=(128, 128))
    for count in (50, 200):
        faces(root, count)
        manifest = read_manifest([str(root)])
        tracemalloc.start()
        prepare(manifest, contract, SHARES, 0, tmp_path / f"work{count}")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 5e6


def test_pictures_without_a_face_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where faces are asked for; of the others the view is the face alone."""
    faceless(3, monkeypatch)
    root = faces(tmp_path / "data")
    found = prepared(root, tmp_path / "work", Contract(size=(16, 12), crop="face"))
    assert ["no face was found in it"] * 3 == [each.reason for each in found.splits.dropped]
    assert "3 left out: no face was found in it." in found.notes
    entries = {entry.id: entry for entry in read_manifest([str(root)]).entries}
    expected = read_entry(entries[found.train.ids[0]]).pixels[4:20, 6:18]
    assert np.array_equal(expected, found.train.views[0])


def test_pictures_that_are_mostly_without_a_face_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are crops too tight for a locator, or no faces at all."""
    faceless(41, monkeypatch)
    with pytest.raises(DataError, match=r"no face was found in 41 of 80 pictures; if they are .* say --crop whole"):
        prepared(faces(tmp_path / "data"), tmp_path / "work", Contract(size=(16, 12), crop="face"))


@pytest.mark.parametrize(("name", "sizes"), [("ciplab", (374, 66, 160)), ("kaggle_256", (3399, 600, 480))])
def test_real_data_sets_are_prepared(data: Path, tmp_path: Path, name: str, sizes: tuple[int, int, int]) -> None:
    """Their own test stays whole, half FAKE and half REAL, and no near copy of it is learnt from."""
    manifest = read_manifest([str(data / "faces" / name)])
    found = prepare(manifest, Contract(size=(64, 64)), SHARES, 0, tmp_path / "work")
    assert sizes == (len(found.train), len(found.validation), len(found.test))
    assert {entry.id for entry in manifest.entries if entry.split == "test"} == set(found.test.ids)
    for examples in (found.train, found.validation, found.test):
        assert 0.49 < examples.fake.mean() < 0.51
