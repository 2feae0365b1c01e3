"""All that is wrong with a data set comes in one message, before the first step."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from PIL import Image
from trainable import CONTRACT, SHARES, faces, prepared

from xaifake.dataset import read_manifest
from xaifake.errors import DataError, PictureError
from xaifake.training.pictures.preparing import prepare

pytestmark = pytest.mark.slow  # reads and writes pictures


def refusal(root: Path, tmp_path: Path) -> str:
    with pytest.raises(DataError) as caught:
        prepare(read_manifest([str(root)]), CONTRACT, SHARES, 0, tmp_path / "work")
    message = str(caught.value)
    assert "\n" not in message
    assert " Received: " in message
    return message


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
        "The file is no picture that can be decoded",
        "broken4.png and 2 more",
        "the test part would have no REAL pictures; add some to it",
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
        (("test/fake", "test/real"), 30, "the train part would be empty; add some to it"),
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
        broken.setattr("xaifake.training.pictures.views.read_entry", away)
        assert "80 of 80 pictures cannot be read" in refusal(root, tmp_path)
    assert 56 == len(prepared(root, tmp_path / "work").train)


@pytest.mark.parametrize("folder", ["faces", "real_and_fake", "misc"])
def test_names_that_are_no_slips_are_let_be(tmp_path: Path, folder: str) -> None:
    """Pictures without a label there are left out, and that is all."""
    root = faces(faces(tmp_path / "data"), 5, folder, begin=900)
    assert "5 pictures without a label are left out." in prepared(root, tmp_path / "work").notes


def test_small_parts_are_told(tmp_path: Path) -> None:
    """Of three pictures no rate is known."""
    notes = prepared(faces(tmp_path / "data", 20), tmp_path / "work").notes
    assert "The test part has 3 FAKE and 3 REAL pictures: so few say little." in notes
