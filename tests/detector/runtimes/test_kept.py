"""Choices on disk: found again, never trusted when damaged, never in the way when they cannot be written."""

from __future__ import annotations

import dataclasses
import json
import logging
from pathlib import Path

import pytest

from xaifake.detector.runtimes import kept
from xaifake.detector.runtimes.by_onnx import Converted
from xaifake.detector.runtimes.choosing import Choice
from xaifake.records import Contract

CONTRACT = Contract((64, 48))
CHOICE = Choice("onnxruntime", "views a second: …", 123, Converted(b"score", b"tap", "a/b"), {"tensorflow": 2.0})
KEY = "k" * 64


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XAIFAKE_CACHE", str(tmp_path / "deep" / "cache"))
    return tmp_path / "deep" / "cache"


@pytest.mark.parametrize(
    "choice",
    [
        CHOICE,
        dataclasses.replace(CHOICE, fastest="tensorflow", converted=Converted(b"score")),
        dataclasses.replace(CHOICE, fastest="tensorflow", converted=None, seconds={}),
    ],
)
def test_a_choice_is_read_as_it_was_written(choice: Choice) -> None:
    """With its graphs, where it has any."""
    kept.write(KEY, choice)
    found = kept.read(KEY)
    assert found is not None
    assert dataclasses.asdict(found) == dataclasses.asdict(choice)
    assert kept.read("other") is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("score.onnx", b"scoRe"),
        ("tap.onnx", b""),
        ("json", b""),
        ("json", b"\xff"),
        ("json", b"[]"),
        ("json", b"{}"),
        ("json", b'{"graphs": 1, "layer": 2}'),
        ("json", b'{"fastest": "tpu", "reason": "", "bytes_per_view": 1, "seconds": {}, "layer": null, "graphs": {}}'),
    ],
)
def test_what_is_damaged_counts_as_missing(name: str, content: bytes, folder: Path) -> None:
    """Graphs are those whose SHA-256 the entry holds, and the entry is whole."""
    kept.write(KEY, CHOICE)
    (folder / f"{KEY}.{name}").write_bytes(content)
    assert kept.read(KEY) is None


def test_a_missing_graph_counts_as_no_entry(folder: Path) -> None:
    """An entry without its files is made again."""
    kept.write(KEY, CHOICE)
    (folder / f"{KEY}.tap.onnx").unlink()
    assert kept.read(KEY) is None


def test_an_entry_can_be_read_by_a_person(folder: Path) -> None:
    """It says what was measured."""
    kept.write(KEY, CHOICE)
    assert json.loads((folder / f"{KEY}.json").read_text())["seconds"] == {"tensorflow": 2.0}


def test_a_folder_that_cannot_be_written_is_said_once(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file lies where the folder should: nothing is kept, nothing fails."""
    folder.parent.mkdir()
    folder.write_text("")
    with caplog.at_level(logging.WARNING):
        kept.write(KEY, CHOICE)
        kept.write(KEY, CHOICE)
    assert len(caplog.messages) == 1
    assert "cannot be kept" in caplog.messages[0]
    assert kept.read(KEY) is None


def test_the_key_holds_all_that_changes_the_graph() -> None:
    """Another model, size, side or domain is another entry; what happens before or after the graph is not."""
    key = kept.key_of("file 1", CONTRACT)
    for fields in ({"size": (64, 64)}, {"fake_when": "low"}, {"domain": "dct"}, {"range": (-1.0, 1.0)}, {"std": (2.0,)}):
        assert kept.key_of("file 1", dataclasses.replace(CONTRACT, **fields)) != key  # type: ignore[arg-type]
    assert kept.key_of("file 2", CONTRACT) != key
    other = dataclasses.replace(CONTRACT, threshold=0.3, crop="face", resize="opencv:area")
    assert kept.key_of("file 1", other) == key


def test_the_key_holds_the_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upgrade of any library that takes part makes the choice anew."""
    keys = {kept.key_of("file 1", CONTRACT)}
    for package in kept.PACKAGES:
        version = kept._version
        with monkeypatch.context() as patched:
            patched.setattr(kept, "_version", lambda name, at=package, v=version: "next" if name == at else v(name))
            keys.add(kept.key_of("file 1", CONTRACT))
    assert len(keys) == 1 + len(kept.PACKAGES)


def test_the_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """XAIFAKE_CACHE, else XDG_CACHE_HOME/xaifake, else ~/.cache/xaifake."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XAIFAKE_CACHE", "/own")
    found = [kept.folder()]
    for name in ("XAIFAKE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name)
        found.append(kept.folder())
    assert found == [Path("/own"), Path("/caches/xaifake"), Path("/home/me/.cache/xaifake")]
