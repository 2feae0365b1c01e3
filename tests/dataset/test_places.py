"""What lies at an address."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from trees import tree

from xaifake.dataset.places import MOST_VISITS, Place
from xaifake.errors import UsageError
from xaifake.records import Refused


def test_nothing_there_is_one_sentence() -> None:
    """The address as it was typed stands at its end."""
    with pytest.raises(UsageError, match=r"nothing is there. Received: \./nowhere"):
        Place.at("./nowhere")


def test_paths_are_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that workers elsewhere find them; the address as given is kept."""
    monkeypatch.chdir(tree(tmp_path, "a/b.png"))
    place = Place.at("./a/../a")
    assert (str(tmp_path / "a"), "./a/../a") == (place.address, place.given)


def test_files_come_sorted(tmp_path: Path) -> None:
    """By folders and names, with slashes."""
    root = tree(tmp_path, "b/2.png", "b/1.png", "a.png", "a/9.png")
    assert ["a/9.png", "a.png", "b/1.png", "b/2.png"] == list(Place.at(str(root)).files())


def test_links_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    """A folder within itself is refused, and all else is listed."""
    root = tree(tmp_path, "real/a.png")
    (root / "real" / "back").symlink_to(root)
    found = list(Place.at(str(root)).files())
    assert "real/a.png" in found
    assert [Refused(str(root / "real" / "back"), found[-1].reason)] == found[-1:]  # type: ignore[union-attr]
    assert "in a circle" in found[-1].reason  # type: ignore[union-attr]


def test_folders_that_link_to_each_other_come_to_an_end(tmp_path: Path) -> None:
    """Ten folders with a link to each of the others have millions of paths; each is visited a few times."""
    root = tree(tmp_path, *(f"{name}/x.png" for name in "abcdefghij"))
    for name in "abcdefghij":
        for other in "abcdefghij":
            (root / name / f"to_{other}").symlink_to(root / other)
    found = list(Place.at(str(root)).files())
    assert 10 <= sum(isinstance(path, str) for path in found) <= 10 * MOST_VISITS


def test_a_linked_folder_is_followed(tmp_path: Path) -> None:
    """Data sets made of links are data sets."""
    tree(tmp_path / "all", "a.png")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "real").symlink_to(tmp_path / "all")
    assert ["real/a.png"] == list(Place.at(str(tmp_path / "data")).files())


def test_a_pipe_is_refused_and_a_dead_link_is_a_file(tmp_path: Path) -> None:
    """Reading a pipe would never end; a link to nothing is a picture that will be missing."""
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "dead.png").symlink_to(tmp_path / "gone.png")
    dead, pipe = Place.at(str(tmp_path)).files()
    assert "dead.png" == dead
    assert Refused(str(tmp_path / "pipe.png"), "It is neither a file nor a folder.") == pipe


@pytest.mark.parametrize(
    ("table", "path", "expected"),
    [
        ("/data/faces.csv", "a.png", "/data/a.png"),
        ("/data/faces.csv", "../a.png", "/a.png"),
        ("/data/faces.csv", "/b/a.png", "/b/a.png"),
        ("/data/faces.csv", "s3://bucket/a.png", "s3://bucket/a.png"),
        ("s3://bucket/faces.csv", "a.png", "s3://bucket/a.png"),
        ("s3://bucket/tables/faces.csv", "../a.png", "s3://bucket/a.png"),
        ("zip://faces.csv::/data/a.zip", "b/a.png", "zip://b/a.png::/data/a.zip"),
    ],
)
def test_a_table_means_paths_from_its_own_folder(table: str, path: str, expected: str) -> None:
    """Unless they are whole."""
    assert expected == Place(table).beside(path)


@pytest.mark.parametrize("address", ["zip://::nowhere.zip", "zip://::{root}/bad.zip", "a" * 5000, "reference://x", "zip://"])
def test_what_cannot_be_looked_into_is_one_sentence(address: str, tmp_path: Path) -> None:
    """Whatever the driver raises."""
    (tmp_path / "bad.zip").write_bytes(b"nonsense")
    with pytest.raises(UsageError, match="The address cannot be looked into"):
        Place.at(address.format(root=tmp_path))
