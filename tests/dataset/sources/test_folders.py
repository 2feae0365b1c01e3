"""Class folders of any naming."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import tree

from xaifake.dataset import Manifest, Reading, read_manifest
from xaifake.errors import UsageError
from xaifake.records import Entry


def read(root: Path, **reading: object) -> Manifest:
    return read_manifest([str(root)], reading=Reading(**reading))  # type: ignore[arg-type]


def by_path(manifest: Manifest, root: Path) -> dict[str, Entry]:
    return {entry.uri.removeprefix(f"{root}/"): entry for entry in manifest.entries}


def test_words_say_label_and_split(tmp_path: Path) -> None:
    """Kaggle's naming and others': any depth, any order, any case."""
    root = tree(tmp_path, "train/real/a.png", "Fakes_stylegan/VAL/b.jpg", "training_original/c.webp", "d.png")
    found = {path: (entry.label, entry.split, entry.source) for path, entry in by_path(read(root), root).items()}
    assert {
        "train/real/a.png": ("REAL", "train", "train/real"),
        "Fakes_stylegan/VAL/b.jpg": ("FAKE", "val", "Fakes_stylegan/VAL"),
        "training_original/c.webp": ("REAL", "train", "training_original"),
        "d.png": (None, None, tmp_path.name),
    } == found


def test_names_can_be_told(tmp_path: Path) -> None:
    """Folders called 0 and 1, patterns, a path, a file's own name; what is told goes before words."""
    root = tree(tmp_path, "0/a.png", "1/b.png", "gan_2/real_look/c.png", "x/y/d.png", "pair/original.png")
    told = read(root, fake=("1", "GAN_*", "x/y", "original.png"), real=("0",))
    labels = {path: entry.label for path, entry in by_path(told, root).items()}
    assert {
        "0/a.png": "REAL",
        "1/b.png": "FAKE",
        "gan_2/real_look/c.png": "FAKE",
        "x/y/d.png": "FAKE",
        "pair/original.png": "FAKE",
    } == labels


def test_numbers_are_not_guessed(tmp_path: Path) -> None:
    """Folders 0 and 1 have no label, and the notes say what would give one."""
    found = read(tree(tmp_path, "0/a.png", "1/b.png"))
    assert {None} == {entry.label for entry in found.entries}
    assert (
        "2 of 2 pictures have no label: 0 (1), 1 (1); --fake NAME... and --real NAME... say what names mean.",
    ) == found.notes


def test_a_path_that_says_both_is_refused(tmp_path: Path) -> None:
    """The path is shown, with the flags that settle it."""
    with pytest.raises(UsageError, match=r"names say both; --fake NAME.*Received: fake/original_size"):
        read(tree(tmp_path, "fake/original_size/a.png"))
    assert {"FAKE"} == {entry.label for entry in read(tmp_path, fake=("fake",)).entries}


def test_a_name_given_to_both_is_refused(tmp_path: Path) -> None:
    """Flags that contradict each other are a wrong command line."""
    with pytest.raises(UsageError, match="--fake and --real both mean this one"):
        read(tree(tmp_path, "a/b/c.png"), fake=("a",), real=("b",))


def test_an_address_that_is_called_by_the_class_has_it(tmp_path: Path) -> None:
    """data/real data/fake are two addresses; a name with more in it says nothing of what lies below."""
    tree(tmp_path, "real/a.png", "fake/b.png", "deepfake_study/c.png")
    addresses = [str(tmp_path / name) for name in ("real", "fake", "deepfake_study")]
    found = read_manifest(addresses)
    assert {"a.png": "REAL", "b.png": "FAKE", "c.png": None} == {Path(e.uri).name: e.label for e in found.entries}
    assert "real + fake + deepfake_study" == found.name


@pytest.mark.parametrize(("level", "group"), [("1", "train"), ("2", "fake"), ("-1", "dfdc"), ("3", "dfdc")])
def test_groups_are_a_level_of_folders(level: str, group: str, tmp_path: Path) -> None:
    """Counted from the address, or back from the picture."""
    (entry,) = read(tree(tmp_path, "train/fake/dfdc/a.png"), group_by=level).entries
    assert group == entry.group


@pytest.mark.parametrize(("level", "says"), [("4", "No picture has a group"), ("generator", "--group-by 1 is the first")])
def test_a_level_that_is_not_there_is_refused(level: str, says: str, tmp_path: Path) -> None:
    """Too deep, or a column's name where there are no columns."""
    with pytest.raises(UsageError, match=f"{says}.*Received: --group-by {level}"):
        read(tree(tmp_path, "train/fake/dfdc/a.png"), group_by=level)


@pytest.mark.parametrize("mask", ["fake/masks/a.png", "masks/fake/a.png", "Mask/a.png", "fake/x/mask/a.png"])
def test_masks_lie_in_a_parallel_folder(mask: str, tmp_path: Path) -> None:
    """Beside the picture, beside its folder, in its folder's place, below it; whatever their ending. They are no entries."""
    picture = "fake/x/a.jpg" if "/x/" in mask else "fake/a.jpg"
    (entry,) = read(tree(tmp_path, picture, mask)).entries
    assert (str(tmp_path / picture), str(tmp_path / mask)) == (entry.uri, entry.mask)


def test_a_mask_may_lie_beside_the_picture(tmp_path: Path) -> None:
    """Pairs of a fake and its original, with mask.png: the fake's, since what is real was not edited."""
    root = tree(tmp_path, "7/fake.jpg", "7/original.png", "7/mask.png")
    found = by_path(read(root, fake=("fake.jpg",), real=("original.png",)), root)
    masks = {path: (entry.label, entry.mask) for path, entry in found.items()}
    assert {"7/fake.jpg": ("FAKE", str(tmp_path / "7/mask.png")), "7/original.png": ("REAL", None)} == masks


def test_masks_may_be_called_otherwise(tmp_path: Path) -> None:
    """Folders that are told by --masks; then masks is a folder like any other."""
    found = read(tree(tmp_path, "fake/a.jpg", "ground_truth/fake/a.png", "masks/b.png"), masks=("ground_truth",))
    entries = by_path(found, tmp_path)
    assert {"fake/a.jpg", "masks/b.png"} == set(entries)
    assert str(tmp_path / "ground_truth/fake/a.png") == entries["fake/a.jpg"].mask


def test_what_is_no_picture_is_counted(tmp_path: Path) -> None:
    """Hidden files, what systems leave behind, other endings."""
    root = tree(tmp_path, "a.png", ".hidden/b.png", "__MACOSX/._a.png", "notes.txt", "list.csv", "more.txt", "README")
    assert (
        "Passed over: .txt files (2), hidden files (2), .csv files (1), files without an ending (1)." in read(root).notes[-1]
    )


def test_videos_are_told_from_pictures(tmp_path: Path) -> None:
    """A data set of videos alone says how to get frames."""
    (tmp_path / "a.mp4").touch()
    with pytest.raises(UsageError, match=r"here are videos.*ffmpeg.*Received: .* with \.mp4 files \(1\)"):
        read(tmp_path)
