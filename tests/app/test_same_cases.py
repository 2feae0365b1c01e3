"""The page, the library and the command line ask the same functions: their records are the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from visitors import eventually, sent

from xaifake.__main__ import main
from xaifake.app.detectors import opened
from xaifake.app.jobs import explain
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.app.uploads import Upload, kept
from xaifake.audit.saving import save_case
from xaifake.audit.subjects import Question
from xaifake.cli.demo import MATERIAL
from xaifake.records import Case

pytestmark = pytest.mark.keras
ASKED = ("gradcam", "shap", "lime", "parts", "bands")


def record_of(path: Path) -> Any:
    """A saved record but for when and by whom it was made, where its picture lies, and how long it took."""
    record = json.loads(path.read_text("utf-8"))
    del record["provenance"]["command"], record["provenance"]["started"], record["picture"]["path"]
    if record["original"]:
        del record["original"]["picture"]["path"]
    for part in (*record["attributions"].values(), *record["checks"]):
        del part["seconds"]
    return record


@pytest.mark.parametrize("suspect", [False, True], ids=["one picture", "with its original"])
def test_page_and_command_line_record_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suspect: bool) -> None:
    """Field by field and map by map, of a picture alone and of one whose original is at hand."""
    monkeypatch.chdir(tmp_path)
    for name in ("edited.png", "original.png"):
        shutil.copy(MATERIAL / name, tmp_path / name)
    original = ["--original", "original.png"] if suspect else []
    few = ["--methods", ",".join(ASKED), "--calls", "150", "--checks", "adds_up,mattered"]
    assert main(["explain", str(MATERIAL / "detector.keras"), "edited.png", *few, *original, "-o", "out", "--quiet"]) == 0

    session = Session(Settings(), tmp_path)
    files = [sent(name, (MATERIAL / name).read_bytes()) for name in ("edited.png", "original.png")]
    edited, genuine = (one for one in kept(session, files, Settings()) if isinstance(one, Upload))
    question = Question(edited, original=genuine) if suspect else Question(edited)
    detector = opened(Settings(), "detector.keras")
    job = explain(session, detector, [question], methods=ASKED, calls=150, checks=("adds_up", "mattered"))
    eventually(lambda: job.finished, 300)
    (case,) = job.outcomes
    assert isinstance(case, Case)
    save_case(case, tmp_path, "page")
    session.close()

    assert record_of(tmp_path / "page.json") == record_of(tmp_path / "out" / "edited.json")
