"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from xaifake.errors import OutputError
from xaifake.images import write_whole, written_whole


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
