"""``xaifake check``: lines, exit codes, JSON, JUnit, and bounds from a file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from audits_made import whole_audit

from xaifake.__main__ import main
from xaifake.audit.audits import save_audit
from xaifake.records import Shortcut


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """An audit with rates, and shortcuts of which one was found; it tells no shares over all pictures."""
    shortcuts = (
        Shortcut("jpeg", "confirmed"),
        Shortcut("colour", "not seen"),
        Shortcut("identity", "not tested", reason="none"),
    )
    save_audit(replace(whole_audit(), shortcuts=shortcuts), tmp_path)
    return str(tmp_path)


def test_kept_bounds_exit_with_0(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each, and one for all."""
    assert main(["check", folder, "--min-accuracy", "0.5", "--max-shortcuts", "1"]) == 0

    accuracy, shortcuts, summary = capsys.readouterr().out.splitlines()
    assert accuracy.startswith("min-accuracy   within ")
    assert accuracy.endswith("at least 0.5 is asked")
    assert shortcuts.startswith("max-shortcuts  within        1 (jpeg; 1 not tested); at most 1 is asked")
    assert summary == "All bounds are kept."


def test_a_bound_that_is_not_kept_exits_with_1(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The audit alone, without its folder, is enough."""
    assert main(["check", f"{folder}/audit.json", "--min-accuracy", "0.5", "--no-shortcuts"]) == 1

    assert "max-shortcuts  outside " in capsys.readouterr().out


def test_what_is_not_measured_fails_unless_it_is_skipped(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And says so."""
    assert main(["check", folder, "--max-outside-face", "0.9"]) == 1
    assert "max-outside-face  not measured  this audit does not tell" in capsys.readouterr().out
    assert main(["check", folder, "--max-outside-face", "0.9", "--skip-unmeasured"]) == 0


def test_flags_are_laid_over_a_file(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file's bound fails; the flag's, of the same name, does not."""
    bounds = tmp_path / "bounds.toml"
    bounds.write_text("min_auc = 1.0\nmax_failed = 1.0\n")

    assert main(["check", folder, "--bounds", str(bounds)]) == 1
    assert main(["check", folder, "--bounds", str(bounds), "--min-auc", "0.5"]) == 0
    assert "max-failed" in capsys.readouterr().out


def test_json_and_junit_say_the_same(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names, outcomes and whether it holds."""
    junit = tmp_path / "check.xml"
    asked = ["--min-auc", "0.5", "--max-missed", "0", "--max-frame", "0.1", "--skip-unmeasured"]

    assert main(["check", folder, *asked, "--json", "--junit", str(junit)]) == 1

    record = json.loads(capsys.readouterr().out)
    suites = ET.parse(junit).getroot()  # noqa: S314 - our own file
    assert (record["schema"], record["audit"], record["holds"]) == ("xaifake.check/1", folder, False)
    assert [(one["name"], one["outcome"]) for one in record["bounds"]] == [
        ("min_auc", "within"),
        ("max_missed", "outside"),
        ("max_frame", "not measured"),
    ]
    assert [suites.get(name) for name in ("tests", "failures", "skipped")] == ["3", "1", "1"]


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ([], "takes one bound or more"),
        (["--min-auc", "90"], "min_auc takes a share from 0 to 1. Received: 90.0 in --min-auc"),
        (["--bounds", "nowhere.toml"], "The file of bounds cannot be read"),
    ],
)
def test_a_wrong_command_line_exits_with_2(
    asked: list[str], match: str, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With one line that says what is wrong."""
    assert main(["check", folder, *asked]) == 2

    assert match in capsys.readouterr().err


def test_what_is_no_audit_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With one line."""
    assert main(["check", str(tmp_path), "--min-auc", "0.9"]) == 1

    assert "An audit is the folder that xaifake audit wrote" in capsys.readouterr().err
