"""An audit from end to end: what it finds, what it keeps, and what it asks again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import xaifake
from xaifake.__main__ import main
from xaifake.audit.auditing import Questions, run_audit
from xaifake.audit.folder import AuditFolder
from xaifake.audit.gating.differing import diff_of
from xaifake.audit.running.stages.cases import CasesStage
from xaifake.audit.running.stages.shortcuts import ShortcutsStage
from xaifake.errors import CaseError
from xaifake.records import Audit
from xaifake.reporting import report_audit

pytestmark = [pytest.mark.keras, pytest.mark.slow]

DEMO = Path(xaifake.__file__).parent / "demo"
EACH = 6
QUESTIONS = Questions(
    cases=CasesStage(methods=("gradcam", "lime"), checks=("agrees",), robustness=False, budget=64),
    shortcuts=ShortcutsStage(tests=("colour", "jpeg")),
    sample=4,
    changed=8,
)


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's two pictures in different light, in folders that name their class; and a file that is no picture."""
    folder = tmp_path_factory.mktemp("faces")
    for label, name in (("real", "original"), ("fake", "edited")):
        (folder / label).mkdir()
        pixels = np.asarray(Image.open(DEMO / f"{name}.png").convert("RGB")).astype(np.int16)
        for number in range(EACH):
            Image.fromarray(np.clip(pixels + 2 * number, 0, 255).astype(np.uint8)).save(folder / label / f"{number}.png")
    (folder / "real" / "broken.png").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def audited(faces: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Audit, Path]:
    out = tmp_path_factory.mktemp("audit")
    return run_audit(DEMO / "detector.keras", faces, out, QUESTIONS), out


def test_an_audit_says_how_often_the_detector_is_right(audited: tuple[Audit, Path]) -> None:
    """The demo's detector tells its own two pictures apart in any light; a file that is no picture is an error."""
    audit, _ = audited
    assert audit.performance is not None
    assert (EACH, EACH) == (audit.performance.fake, audit.performance.real)
    assert 1.0 == audit.performance.rates["auc"].value
    assert [1] == list(audit.errors.values())
    assert (2 * EACH + 1, EACH, EACH + 1) == (audit.data.pictures, audit.data.fake, audit.data.real)


def test_an_audit_asks_its_sample_more(audited: tuple[Audit, Path]) -> None:
    """The sample has the checks that were asked for, of each method; the shortcut tests asked for came to something."""
    audit, out = audited
    assert {"agrees"} == {trust.check for trust in audit.trust}
    assert ["colour", "jpeg"] == [shortcut.name for shortcut in audit.shortcuts]
    cases = list(AuditFolder(str(out)).cases())
    assert {"gradcam", "lime"} == set(cases[0].attributions)
    assert len(cases) == len({case.picture.sha256 for case in cases})


def test_the_same_audit_is_done_already(audited: tuple[Audit, Path], faces: Path) -> None:
    """Asked again it computes nothing and writes the same bytes."""
    audit, out = audited
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert audit == run_audit(DEMO / "detector.keras", faces, out, QUESTIONS)
    assert before == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_a_changed_option_is_another_job(audited: tuple[Audit, Path], faces: Path, tmp_path: Path) -> None:
    """Rows of other options lie in another folder, those that the change does not touch stay, and no old row is among the
    new audit's.
    """
    _, out = audited
    here = tmp_path / "copy"
    shutil.copytree(out, here)
    before = {path: path.read_bytes() for path in (here / "rows").rglob("*.parquet")}
    assert QUESTIONS.cases is not None
    changed = replace(QUESTIONS, cases=replace(QUESTIONS.cases, budget=80), shortcuts=None)
    run_audit(DEMO / "detector.keras", faces, here, changed)
    assert before == {path: path.read_bytes() for path in before}
    assert 2 == len(list((here / "rows").glob("cases-*")))
    assert 1 == len(list((here / "rows").glob("scores-*")))
    asked = {case.attributions["lime"].options["calls"] for case in AuditFolder(str(here)).cases()}
    assert {80} == asked


def test_exhibits_are_read_back_without_the_model(audited: tuple[Audit, Path]) -> None:
    """Every picture is shown, the sampled ones with all of their maps, the unreadable one with its sentence."""
    exhibits = AuditFolder(str(audited[1])).exhibits()
    assert 2 * EACH + 1 == len(exhibits)
    assert 1 == sum(exhibit.error is not None for exhibit in exhibits)
    assert {"gradcam", "lime"} == {shown.method for exhibit in exhibits if exhibit.strata for shown in exhibit.maps}


def test_two_audits_of_the_same_pictures_are_compared_picture_by_picture(
    audited: tuple[Audit, Path], faces: Path, tmp_path: Path
) -> None:
    """By the rows of both folders: the same detector on the same pictures differs in nothing but what it was asked."""
    run_audit(DEMO / "detector.keras", faces, tmp_path, replace(QUESTIONS, sample=0))
    diff = diff_of(str(audited[1]), str(tmp_path))
    assert (2 * EACH, 0, ()) == (diff.pictures, diff.flipped, tuple(diff.worse))
    assert {0.0} == {shift.difference.value for shift in diff.shifts}


def test_the_report_is_drawn_from_the_folder_alone(audited: tuple[Audit, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """Twice the same bytes, also by the command, which says where; each sampled picture has a report of its own."""
    _, out = audited
    written = report_audit(str(out))
    before = Path(written.path).read_bytes()
    assert len(written.cases) == len(list(AuditFolder(str(out)).cases())) == len(list((out / "cases").glob("*.html")))
    assert 0 == main(["report", str(out)])
    assert f"{written.path}\n" == capsys.readouterr().out
    assert before == Path(written.path).read_bytes()
    assert 2 == main(["report", str(out), "--blind"])
    assert "--blind goes with a case" in capsys.readouterr().err


def test_a_folder_without_an_audit_is_refused(tmp_path: Path) -> None:
    """It says what an audit is."""
    with pytest.raises(CaseError, match="folder that xaifake audit wrote"):
        _ = AuditFolder(str(tmp_path)).audit
