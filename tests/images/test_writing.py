"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from disturbed import KINDS, Killed, endings

from xaifake.errors import OutputError
from xaifake.images import remove_unfinished, write_whole, writing, written_whole


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_whole_with_the_rights_of_any_new_file(tmp_path: Path) -> None:
    """The bytes, over an older file too, readable as the user's umask says, and nothing beside it."""
    path, plain = tmp_path / ("ü" * 120), tmp_path / "plain"
    plain.touch()
    for data in (b"old", b"new"):
        write_whole(path, data)
        assert data == path.read_bytes()
    assert plain.stat().st_mode == path.stat().st_mode
    assert ["plain", path.name] == names_in(tmp_path)


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(
    "failure", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full disk", "Ctrl-C"]
)
def test_a_failed_write_leaves_what_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, failure: BaseException
) -> None:
    """The old file stands, and no half of the new one remains anywhere."""

    def fail(*_: Any) -> None:
        raise failure

    (tmp_path / "case.json").write_bytes(b"old")
    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fail)
    with pytest.raises(
        (OutputError, KeyboardInterrupt), match=r"cannot be written \(No space left on device\)\. Received: |^$"
    ):
        write_whole(tmp_path / "case.json", b"new")
    assert ["case.json"] == names_in(tmp_path)
    assert b"old" == (tmp_path / "case.json").read_bytes()


def test_a_writer_that_fails_halfway_leaves_what_stood_there(tmp_path: Path) -> None:
    """Its own error goes on as it is; what it had written is gone."""
    (tmp_path / "weights.npz").write_bytes(b"old")

    def fail() -> None:
        with written_whole(tmp_path / "weights.npz") as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert ["weights.npz"] == names_in(tmp_path)
    assert b"old" == (tmp_path / "weights.npz").read_bytes()


def test_places_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    """A folder that is missing, a path under a file, and a folder itself."""
    (tmp_path / "file").touch()
    cases = {
        tmp_path / "missing" / "x.json": "No such file or directory",
        tmp_path / "file" / "x.json": "Not a directory",
        tmp_path: "Is a directory",
    }
    for path, reason in cases.items():
        with pytest.raises(OutputError) as caught:
            write_whole(path, b"new")
        assert f"The file cannot be written ({reason}). Received: {path}" == str(caught.value)
    assert ["file"] == names_in(tmp_path)


def test_what_a_killed_process_left_goes_with_the_next_write(tmp_path: Path) -> None:
    """Half files of processes that are no more are removed; what another writes stays, and so do files of other names."""
    half, foreign = tmp_path / f".case.json-{'0' * 32}", tmp_path / ".case.json-notes"
    with written_whole(tmp_path / "other.json") as file:
        for path in (half, foreign):
            path.write_bytes(b"half")
        remove_unfinished(tmp_path)
        assert {Path(file.name), foreign} == set(tmp_path.iterdir())
        file.write(b"whole")
    assert {".case.json-notes", "other.json"} == set(names_in(tmp_path))


def test_a_disk_that_refuses_all_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a disk turns read-only, the temporary file cannot be removed either; what is told is why it was not written."""

    def refused(*_: Any, **__: Any) -> None:
        raise OSError(30, "Read-only file system")

    for step in ("fsync", "unlink"):
        monkeypatch.setattr(os, step, refused)
    with pytest.raises(OutputError, match=r"cannot be written \(Read-only file system\)"):
        write_whole(tmp_path / "case.json", b"new")


def test_a_file_removed_before_it_is_held_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process clears the folder just between the making of the temporary file and the holding of it."""
    hold = writing._hold
    cleared: list[str] = []

    def clear(file: Any, *, wait: bool) -> None:
        if wait and not cleared:
            cleared.append(file.name)
            Path(file.name).unlink()
        hold(file, wait=wait)

    monkeypatch.setattr(writing, "_hold", clear)
    write_whole(tmp_path / "case.json", b"new")
    assert (1, ["case.json"]) == (len(cleared), names_in(tmp_path))


def replaced(out: Path) -> None:
    """An old file, and a new one in its place."""
    for data in (b"old", b"new" * 10_000):
        write_whole(out / "case.json", data)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_stands_whole_or_as_it_was(tmp_path: Path, kind: str) -> None:
    """At each step; and the same again leaves the file and nothing beside it."""
    steps = 0
    for steps, out, raised in endings(replaced, tmp_path, kind):
        found = {path.read_bytes() for path in out.glob("case.json")}
        assert found in (set(), {b"old"}, {b"new" * 10_000}), (kind, steps)
        assert isinstance(raised, Killed if kind == "kill" else OutputError | None), (kind, steps, raised)
        replaced(out)
        assert ["case.json"] == [path.name for path in out.iterdir()], (kind, steps)
    assert steps > 10
