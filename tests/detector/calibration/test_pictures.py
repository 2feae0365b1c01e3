"""Labels come from the names of folders, and from nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from xaifake.dataset import Reading
from xaifake.detector.calibration import labelled
from xaifake.errors import UsageError


def folder(root: Path, **counts: int) -> Path:
    """Subfolders with so many empty files called pictures; labels are read without opening them."""
    for name, count in counts.items():
        (root / name).mkdir(parents=True)
        for number in range(count):
            (root / name / f"{number:02}.jpg").touch()
    return root


def test_pictures_of_nested_and_several_folders_are_gathered(tmp_path: Path) -> None:
    """Two folders of one class are joined, folders in folders are looked into, and other files are not pictures."""
    root = folder(tmp_path, **{"Originals": 6, "genuine/more": 6, "fake": 11, "notes": 3})
    (root / "fake" / "README.txt").touch()
    found = labelled(root)
    assert (11, 12) == (len(found.fake), len(found.real))


def test_folders_can_be_told(tmp_path: Path) -> None:
    """--real and --fake take folders of any names, or the names of folders in DATA."""
    folder(tmp_path, a=10, b=5, c=5)
    a, b, c = (str(tmp_path / name) for name in "abc")
    found = labelled(reading=Reading(real=(a,), fake=(b, c)))
    assert (10, 10) == (len(found.fake), len(found.real))
    assert found == labelled(tmp_path, reading=Reading(real=("a",), fake=("b", "c")))


def test_a_table_is_as_good_as_folders(tmp_path: Path) -> None:
    """Whatever data set an audit takes, calibration takes; values of its labels are told, not guessed."""
    rows = [f"{number}.png,{number % 2}" for number in range(20)]
    (tmp_path / "faces.csv").write_text("\n".join(("path,is_fake", *rows)))
    found = labelled(tmp_path / "faces.csv", reading=Reading(fake=("1",), real=("0",)))
    assert (10, 10) == (len(found.fake), len(found.real))
    assert str(tmp_path / "1.png") in found.fake
    with pytest.raises(UsageError, match=r"numbers are not guessed.*Received: 0 in is_fake of faces\.csv"):
        labelled(tmp_path / "faces.csv")


def test_a_sample_is_drawn_by_the_seed(tmp_path: Path) -> None:
    """The same seed draws the same pictures, another seed others; never more than there are."""
    found = labelled(folder(tmp_path, real=30, fake=12))
    assert found.sample(10, 0) == found.sample(10, 0) != found.sample(10, 1)
    assert (12, 20) == tuple(map(len, (found.sample(20, 0).fake, found.sample(20, 0).real)))


def test_two_and_two_are_not_enough(tmp_path: Path) -> None:
    """It says how many are needed and how many there are."""
    with pytest.raises(UsageError, match=r"At least 10 fake and 10 real.*2 fake and 2 real"):
        labelled(folder(tmp_path, real=2, fake=2))


def test_folders_without_a_label_are_named(tmp_path: Path) -> None:
    """Folders called 0 and 1 are shown to the user, with the flags that say which is which."""
    with pytest.raises(UsageError, match=r"--real NAME.*with 0, 1"):
        labelled(folder(tmp_path, **{"0": 20, "1": 20}))


@pytest.mark.parametrize("reading", [Reading(), Reading(real=("a",))])
def test_either_data_or_both_classes(reading: Reading) -> None:
    """Neither, or half, is a wrong command line."""
    with pytest.raises(UsageError, match="one data set DATA"):
        labelled(reading=reading)


def test_a_missing_folder_is_named() -> None:
    """The path stands at the end of the sentence."""
    with pytest.raises(UsageError, match=r"nothing is there. Received: nowhere"):
        labelled("nowhere")
