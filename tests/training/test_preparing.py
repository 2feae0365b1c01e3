"""Every picture is read once, what is wrong comes in one message, and what was prepared is found again."""

from __future__ import annotations

import re
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xaifake.dataset import read_entry, read_manifest
from xaifake.detector.resizing import resize
from xaifake.errors import DataError, NoFaceError, OutputError, PictureError
from xaifake.records import Box, Contract, Face, Picture
from xaifake.training.preparing import Prepared, labelled, prepare
from xaifake.training.views import INDEX

CONTRACT = Contract(size=(16, 12))
SHARES = (0.15, 0.15)


def photograph(seed: int, size: tuple[int, int] = (24, 24)) -> Image.Image:
    """Soft noise, which no two pictures share."""
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def faces(root: Path, count: int = 40, *folders: str, begin: int = 0) -> Path:
    """Pictures in each of the folders, each another one."""
    for place, folder in enumerate(folders or ("fake", "real")):
        (root / folder).mkdir(parents=True, exist_ok=True)
        for number in range(begin, begin + count):
            photograph(1000 * (place + 1) + number).save(root / folder / f"{number}.png")
    return root


def prepared(root: Path, folder: Path, contract: Contract = CONTRACT, seed: int = 0) -> Prepared:
    return prepare(read_manifest([str(root)]), contract, SHARES, seed, folder)


def refusal(root: Path, tmp_path: Path) -> str:
    with pytest.raises(DataError) as caught:
        prepare(read_manifest([str(root)]), CONTRACT, SHARES, 0, tmp_path / "work")
    message = str(caught.value)
    assert "\n" not in message
    assert " Received: " in message
    return message


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

    monkeypatch.setattr("xaifake.training.views.read_entry", reading)
    manifest, told = read_manifest([str(root)]), []
    first = prepare(manifest, CONTRACT, SHARES, 0, tmp_path / "work", told.append)
    assert (80, 80, 80) == (len(read), len(set(read)), sum(told))
    assert "5 pictures without a label are left out." in first.notes
    again = prepare(manifest, CONTRACT, SHARES, 0, tmp_path / "work", told.append)
    assert (80, 160, len(labelled(manifest))) == (len(read), sum(told), 80)
    assert first.splits == again.splits
    assert np.array_equal(first.train.views, again.train.views)


def test_what_was_prepared_is_found_again(tmp_path: Path) -> None:
    """The very file, not written again; another seed arranges it anew from its rows; another contract makes new views."""
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
    assert (8, 8, 3) == prepared(root, work, Contract(size=(8, 8))).test.views.shape[1:]
    assert 1 == len(list(work.glob("*.npy")))


@pytest.mark.parametrize("step", ["write_whole", "os.fsync"])
def test_a_kill_while_views_are_written_leaves_nothing_that_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The next run makes them as an undisturbed one does, and takes away what was left."""
    root, work = faces(tmp_path / "data"), tmp_path / "work"
    expected = prepared(root, tmp_path / "undisturbed")
    with monkeypatch.context() as killing:

        def kill(*_: object) -> None:
            raise KeyboardInterrupt

        killing.setattr(f"xaifake.training.views.{step}", kill)
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

        killing.setattr("xaifake.training.views.ViewStore.arranged", kill)
        with pytest.raises(KeyboardInterrupt):
            prepared(root, work)
    monkeypatch.setattr("xaifake.training.views.read_entry", lambda _: pytest.fail("a picture was read again"))
    assert 56 == len(prepared(root, work).train)


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not an error of the file system."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xaifake.training.views.os.fsync", full)
    with pytest.raises(OutputError, match=r"The views cannot be written \(No space left on device\)\. Received: "):
        prepared(faces(tmp_path / "data"), tmp_path / "work")


@pytest.mark.slow
def test_memory_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """400 pictures take hardly more than 100 do, where the views of the others would take 59 MB."""
    monkeypatch.setattr("xaifake.dataset.addresses.MOST_BYTES", 10**6)  # room for so much is asked for with each file
    root, peaks = tmp_path / "data", []
    contract = Contract(size=(256, 256))
    for count in (50, 200):
        faces(root, count)
        manifest = read_manifest([str(root)])
        tracemalloc.start()
        prepare(manifest, contract, SHARES, 0, tmp_path / f"work{count}")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 6e6


def spoilt(root: Path) -> None:
    """Some of everything that can be wrong: four classes of files, one message."""
    faces(root, 30, "test/fake", "train/fake", "train/real")
    faces(root, 4, "train/fkae", begin=500)
    faces(root, 3, "train/reel", begin=600)
    shutil.copy(root / "train/fake/0.png", root / "train/real/copy.png")
    for number in range(7):
        (root / f"train/real/broken{number}.png").write_bytes(b"no picture " + bytes([number]))


def test_everything_that_is_wrong_comes_in_one_message(tmp_path: Path) -> None:
    """Slips of names, a picture with both labels, unreadable files by name and reason, and a part of one class."""
    spoilt(tmp_path / "data")
    message = refusal(tmp_path / "data", tmp_path)
    for part in (
        "4 pictures in train/fkae have no label: did you mean fake?",
        "3 pictures in train/reel have no label: did you mean real?",
        "2 files with the same bytes are both FAKE and REAL",
        "7 of 97 pictures cannot be read",
        "broken0.png (The file is no picture that can be decoded",
        " and 2 more",
        "the test part would have no REAL pictures",
        "Received: data with 105 pictures",
    ):
        assert part in message
    assert 5 == message.count("broken")
    assert "(5)" in message
    assert "(6)" not in message


@pytest.mark.parametrize(
    ("folders", "count", "expected"),
    [
        (("fake",), 30, "all pictures with a label are FAKE.*by --real NAME"),
        (("real",), 30, "all pictures with a label are REAL.*by --fake NAME"),
        (("things",), 30, "no picture has a label; --fake NAME"),
        (("fake", "real"), 5, "10 pictures are too few: 20 are the least"),
        (("test/fake", "test/real"), 30, "the train part would be empty; add pictures to learn from"),
        (("deepfak", "real"), 30, "30 pictures in deepfak have no label: did you mean deepfake"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(tmp_path: Path, folders: tuple[str, ...], count: int, expected: str) -> None:
    """One class, none, few, nothing to learn from, a slip of the pen."""
    assert re.search(expected, refusal(faces(tmp_path / "data", count, *folders), tmp_path))


def test_unknown_splits_are_refused_with_all_else(tmp_path: Path) -> None:
    """A table says what it likes; the message says which words are known."""
    root = faces(tmp_path / "data", 20)
    rows = [f"fake/{n}.png,fake,1" for n in range(20)] + [f"real/{n}.png,real,holdout" for n in range(20)]
    (root / "table.csv").write_text("\n".join(["path,label,split", *rows]))
    message = refusal(root / "table.csv", tmp_path)
    assert "a split is called train, training, dev, val, valid, validation or test, testing" in message
    assert "for training: 1, holdout" in message


def test_one_linked_group_leaves_nothing_to_test_on(tmp_path: Path) -> None:
    """Flat pictures are all alike: the message says that they stay together."""
    root = tmp_path / "data"
    for place, name in enumerate(("fake", "real")):
        (root / name).mkdir(parents=True)
        for number in range(30):
            Image.new("RGB", (9, 9), (number, 7, 100 * place)).save(root / name / f"{number}.png")
    assert "60 of 60 are linked as near copies or by one identity" in refusal(root, tmp_path)


def test_dropping_nearly_all_says_why(tmp_path: Path) -> None:
    """One person in train and in test: nothing is left to learn from."""
    root = faces(tmp_path / "data", 60)
    rows = [f"{label}/{n}.png,{label},{'test' if n < 20 else 'train'},Ada" for n in range(60) for label in ("fake", "real")]
    (root / "table.csv").write_text("\n".join(["path,label,split,identity", *rows]))
    message = refusal(root / "table.csv", tmp_path)
    assert "the train part would be empty; 80 pictures were left out" in message


def test_a_few_unreadable_pictures_are_left_out_and_told(tmp_path: Path) -> None:
    """Up to one in a hundred."""
    root = faces(tmp_path / "data", 60)
    (root / "fake" / "broken.png").write_bytes(b"no picture")
    found = prepared(root, tmp_path / "work")
    (refused,) = found.refused
    assert refused.uri.endswith("broken.png")
    assert any(note.startswith("1 left out, since they cannot be read: ") for note in found.notes)
    assert 120 == sum(map(len, (found.train, found.validation, found.test)))


def test_after_a_refusal_over_unreadable_pictures_they_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that was away for a moment is no property of the data."""
    root = faces(tmp_path / "data")

    def away(_: object) -> object:
        raise PictureError("The file cannot be read (away). Received: it")

    with monkeypatch.context() as broken:
        broken.setattr("xaifake.training.views.read_entry", away)
        assert "80 of 80 pictures cannot be read" in refusal(root, tmp_path)
    assert 56 == len(prepared(root, tmp_path / "work").train)


def resized(root: Path) -> None:
    for path in (root / "fake").iterdir():
        Image.open(path).resize((48, 48)).save(path)


def reformatted(root: Path) -> None:
    for number, path in enumerate(sorted((root / "real").iterdir())):
        Image.open(path).save(path.with_suffix(".jpg"), quality=80 + number % 3)
        path.unlink()


def requalified(root: Path) -> None:
    for name, quality in (("fake", 60), ("real", 95)):
        for path in (root / name).iterdir():
            Image.open(path).save(path.with_suffix(".jpg"), quality=quality)
            path.unlink()


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (resized, ["0% of FAKE and 100% of REAL pictures have a side of 24 pixels or less"]),
        (reformatted, ["100% of FAKE and 0% of REAL pictures are PNG files"]),
        (requalified, ["100% of FAKE and 0% of REAL pictures have a JPEG quality of 60 or less"]),
        (lambda _: None, []),
    ],
)
def test_files_that_give_labels_away_are_told(tmp_path: Path, spoil: Callable[[Path], None], expected: list[str]) -> None:
    """Size, format, quality; nothing where files are alike."""
    root = faces(tmp_path / "data")
    spoil(root)
    told = [note.partition(": by that")[0] for note in prepared(root, tmp_path / "work").notes if "by that" in note]
    assert expected == told


def test_small_parts_are_told(tmp_path: Path) -> None:
    """Of three pictures no rate is known."""
    notes = prepared(faces(tmp_path / "data", 20), tmp_path / "work").notes
    assert "The test part has 3 FAKE pictures only: what is found on them says little." in notes


def faceless(pictures: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The locator finds a face in the middle of each picture but for so many."""
    left = iter(range(pictures))

    def located(picture: Picture, crop: str) -> tuple[Face, ...]:
        assert crop == "face"
        if next(left, None) is not None:
            raise NoFaceError(f"No face was found. Received: {picture.source}")
        return (Face(picture, Box(4, 6, 20, 18), "middle"),)

    monkeypatch.setattr("xaifake.training.views.faces_of", located)


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
