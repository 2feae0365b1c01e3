"""What an audit reads, or has written, is gone or another before it comes to its end. A detector in NumPy."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from light import drawn, light_detector, light_entries
from PIL import Image

from xaifake.audit.auditing import Questions, run_audit
from xaifake.audit.running.protocol import Advance, Opening, Stage
from xaifake.audit.running.stages.cases import CasesStage
from xaifake.dataset import Manifest, read_manifest
from xaifake.detector.engine import Detector
from xaifake.errors import OutputError
from xaifake.records import Audit

pytestmark = pytest.mark.slow
CASES = CasesStage(methods=("gradcam",), checks=(), limits=(), robustness=False, budget=16)


@dataclass(frozen=True)
class LightModel(Opening):
    """Names the detector in NumPy."""

    def open(self) -> Detector:
        return light_detector()


@pytest.fixture
def faces(tmp_path: Path) -> Manifest:
    """Eight pictures, as they were when the data set was read."""
    light_entries(tmp_path / "faces", 8)
    return read_manifest([str(tmp_path / "faces")])


def audited(faces: Manifest, out: Path, before: str, change: Callable[[], object]) -> Audit:
    """An audit, just before a stage of which something changes."""

    def watch(stage: Stage, pictures: int) -> AbstractContextManager[Advance]:  # noqa: ARG001 - told, and not asked
        if stage.name == before:
            change()
        return contextlib.nullcontext(lambda _: None)

    return run_audit(LightModel("light"), faces, out, Questions(cases=CASES, shortcuts=None, sample=3), watch=watch)


def test_a_picture_that_is_gone_or_another_has_no_score(faces: Manifest, tmp_path: Path) -> None:
    """Both are rows with an error that says so: never is the score of other bytes put beside a picture's id."""
    gone, other = (Path(entry.uri) for entry in faces.entries[:2])

    def change() -> None:
        gone.unlink()
        Image.fromarray(drawn(99)).save(other)

    audit = audited(faces, tmp_path / "out", "scores", change)
    assert (8, 2) == (audit.stages[0].pictures, audit.stages[0].failed)
    assert {
        "The picture cannot be read (No such file or directory).": 1,
        "The file has changed since the data set was read; read the data set anew.": 1,
    } == dict(audit.errors)


def test_rows_that_are_removed_meanwhile_are_missed(faces: Manifest, tmp_path: Path) -> None:
    """Nothing is concluded from what is left; the same call again computes what is missing, to the same audit."""
    out = tmp_path / "out"
    with pytest.raises(OutputError, match=r"^Rows were removed while the audit ran.*without the rows of 8 pictures$"):
        audited(faces, out, "cases", lambda: shutil.rmtree(out))
    assert not (out / "audit.json").exists()
    again, whole = (audited(faces, folder, "none", lambda: None) for folder in (out, tmp_path / "whole"))
    assert whole == again
