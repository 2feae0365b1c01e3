"""Notes on a model: what one run found out, the next one reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from xaifake.detector.notes import notes_of
from xaifake.records import Contract

CONTRACT = Contract((64, 64))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XAIFAKE_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_a_note_on_a_file_is_there_for_others() -> None:
    """The same file and contract read it back as it was written; another file, contract or question does not."""
    notes_of("abc", CONTRACT)["which"] = {"numbers": [1.5, None, True], "text": "é"}

    assert notes_of("abc", CONTRACT).get("which") == {"numbers": [1.5, None, True], "text": "é"}
    assert notes_of("abd", CONTRACT).get("which") is None
    assert notes_of("abc", Contract((64, 64), channels="bgr")).get("which") is None
    assert notes_of("abc", CONTRACT).get("what") is None


def test_without_a_file_notes_are_the_detectors_own(folder: Path) -> None:
    """Nothing tells such a model from others, so nothing is written."""
    notes = notes_of(None, CONTRACT)
    notes["which"] = {"number": 1}

    assert notes.get("which") == {"number": 1}
    assert notes_of(None, CONTRACT).get("which") is None
    assert not folder.exists()


def test_what_is_damaged_is_not_read(folder: Path) -> None:
    """As if it had never been written."""
    notes = notes_of("abc", CONTRACT)
    notes["which"] = {"number": 1}
    (path,) = folder.iterdir()
    written = path.read_text()
    for content in ("{", "[]", '{"other": 1}', '{"note": 3}', written.replace("1", "2", 1)):
        path.write_text(content)
        assert notes.get("which") is None

    path.write_text(written)
    assert notes.get("which") == {"number": 1}


def test_a_folder_that_cannot_be_written_is_said_once(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """And fails nobody."""
    folder.write_text("a file in its place")
    notes = notes_of("abc", CONTRACT)

    notes["which"], notes["what"] = {"number": 1}, {"number": 2}

    assert [record.levelname for record in caplog.records].count("WARNING") == 1
