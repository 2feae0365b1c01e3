"""``xaifake diff``: what differs in words and JSON, what is not fair, and exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from audits_made import whole_audit
from maps_made import scores_of

from xaifake.__main__ import main
from xaifake.audit.audits import save_audit
from xaifake.audit.gating import differing
from xaifake.audit.gating.shifts import common_of
from xaifake.records import Audit, Shortcut


def saved(audit: Audit, folder: Path) -> str:
    folder.mkdir()
    save_audit(audit, folder)
    return str(folder)


def audit() -> Audit:
    """One by which JPEG is a shortcut and colour is none."""
    return replace(whole_audit(), shortcuts=(Shortcut("jpeg", "confirmed"), Shortcut("colour", "not seen")))


@pytest.fixture
def before(tmp_path: Path) -> str:
    """That audit, without its rows."""
    return saved(audit(), tmp_path / "before")


def test_the_same_audit_differs_in_nothing(before: str, capsys: pytest.CaptureFixture[str]) -> None:
    """But without rows the rates are compared as if of other pictures, which is said."""
    assert main(["diff", before, before, "--fail-on-worse"]) == 0

    out = capsys.readouterr().out
    assert out.startswith("Not a fair comparison: Rows of one audit are missing or damaged")
    assert "asked otherwise" not in out
    assert "The mean maps are alike" not in out  # this audit has none of all pictures
    assert out.endswith("Nothing is worse by more than chance.\n")


def test_another_model_is_named_and_new_shortcuts_are_worse(
    before: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the shortcut that is new; exit code 1 where that is asked for."""
    shortcuts = Shortcut("jpeg", "not seen"), Shortcut("colour", "confirmed")
    other = replace(audit().detector, sha256="ab" * 32)
    after = saved(replace(audit(), detector=other, shortcuts=shortcuts), tmp_path / "after")

    assert main(["diff", before, after]) == 0
    out = capsys.readouterr().out
    assert f"→ {'ab' * 32}" in out
    assert "  jpeg: confirmed → not seen" in out
    assert "  colour: not seen → confirmed" in out
    assert out.endswith("Worse: colour.\n")
    assert main(["diff", before, after, "--fail-on-worse"]) == 1


def test_other_pictures_are_no_fair_comparison(before: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Said first, and in JSON."""
    made = audit()
    after = saved(replace(made, data=replace(made.data, sha256="cd" * 32)), tmp_path / "after")

    assert main(["diff", before, after, "--json"]) == 0

    record = json.loads(capsys.readouterr().out)
    assert record["schema"] == "xaifake.diff/1"
    assert record["unfair"][0] == "The pictures or their labels are not the same: they are compared as wholes."
    assert {"what": "data.sha256", "before": made.data.sha256, "after": "cd" * 32} in record["setup"]
    assert (record["pictures"], record["flips"], record["worse"]) == (0, [], [])


@pytest.mark.slow
def test_the_same_pictures_are_compared_one_by_one(
    before: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With their rows: pairs, and the pictures that are called otherwise."""
    common = common_of(scores_of(["TP", "TP", "TN", "TN"]), scores_of(["TP", "FN", "TN", "FP"]))
    monkeypatch.setattr(differing, "_common", lambda *_: common)

    assert main(["diff", before, before]) == 0

    out = capsys.readouterr().out
    assert "Not a fair comparison" not in out
    assert "rates and shares, over the same 4 pictures" in out
    assert "accuracy          1.000 → 0.500" in out
    assert "called otherwise: 2 of 4\n  0.73 → 0.27  FAKE        1.png\n  0.27 → 0.73  REAL        3.png\n" in out


def test_what_is_no_audit_is_refused(before: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With one line."""
    assert main(["diff", before, str(tmp_path)]) == 1

    assert "An audit is the folder that xaifake audit wrote" in capsys.readouterr().err
