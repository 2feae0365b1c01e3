"""The stage of cases: whole cases as rows, the same bytes from every run, restored without TensorFlow."""

from __future__ import annotations

import dataclasses
import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from light import content_of
from PIL import Image

import xaifake
from xaifake.audit.running.local import run_stage
from xaifake.audit.running.protocol import Work
from xaifake.audit.running.shards import Shards
from xaifake.audit.running.stages.cases import CasesStage, cases_of
from xaifake.audit.running.store import Store
from xaifake.audit.saving import case_bytes
from xaifake.detector.engine import Detector
from xaifake.detector.planted import planted_model, planted_picture
from xaifake.errors import CaseError
from xaifake.records import Case, Entry

pytestmark = pytest.mark.keras
KEY = "d" * 64
STAGE = CasesStage(
    methods=("gradcam", "lime"),
    checks=("mattered", "depends_on_model"),
    limits=("blur",),
    measures=("pointing_game",),
    robustness=False,
    budget=64,
    regions=9,
)
RESTORE = """
import sys
from xaifake.audit.running.stages.cases import cases_of
from xaifake.audit.running.store import Store
from xaifake.records import Entry
case, = cases_of(Store(sys.argv[1]), "d" * 64, [Entry(sys.argv[2], sys.argv[3])])
print(case.prediction.label, sorted({"tensorflow", "keras", "onnxruntime"} & set(sys.modules)))
"""


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The planted detector, in memory."""
    return xaifake.wrap_model(planted_model(shape="nested"))


def saved(path: Path, pixels: np.ndarray, **options: Any) -> Entry:
    """A picture on disk as an entry."""
    Image.fromarray(pixels).save(path)
    return Entry(hashlib.sha256(path.read_bytes()).hexdigest(), str(path), **options)


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """Five pictures, the first with a mask of its edit."""
    folder = tmp_path_factory.mktemp("pictures")
    mask = saved(folder / "mask.png", np.full_like(planted_picture(0).pixels, 255))
    entries = [saved(folder / f"{seed}.png", planted_picture(seed).pixels) for seed in range(5)]
    return [dataclasses.replace(entries[0], mask=mask.uri), *entries[1:]]


def run(entries: Sequence[Entry], store: Store, detector: Detector) -> None:
    run_stage(STAGE, [Work(entry) for entry in entries], store, KEY, detector, lambda _: None)


@pytest.fixture(scope="module")
def store(entries: list[Entry], detector: Detector, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The rows of all five, in two shards."""
    store = Store(str(tmp_path_factory.mktemp("out")))
    run(entries, store, detector)
    return store


def test_restored_cases_are_those_that_were_made(entries: list[Entry], store: Store) -> None:
    """In order of ids, whole: the same JSON and NPZ; no seconds, no machine, no command."""
    cases = list(cases_of(store, KEY, entries))
    assert sorted(entry.id for entry in entries) == [case.picture.sha256 for case in cases]
    rows = {
        row["id"]: (row["record"], row["arrays"])
        for table in Shards(store, "cases", KEY).tables([Work(e) for e in entries], ["id", "record", "arrays"])
        for row in table.to_pylist()
    }
    for case in cases:
        assert rows[case.picture.sha256] == case_bytes(case)
        assert {"gradcam", "lime"} == case.attributions.keys()
        assert {0.0} == {one.seconds for one in (*case.attributions.values(), *case.checks, *case.measures)}
        assert case.provenance is not None
        assert ({}, (), None) == (case.provenance.machine, case.provenance.command, case.provenance.started)


def test_a_case_says_what_explaining_alone_says(entries: list[Entry], store: Store, detector: Detector) -> None:
    """The prediction, maps and checks of `explain` with the same options."""
    case = next(case for case in cases_of(store, KEY, entries) if case.picture.sha256 == entries[1].id)
    alone = xaifake.explain(
        detector, entries[1].uri, methods=STAGE.methods, checks=STAGE.checks, limits=STAGE.limits, robustness=False,
        calls=64, regions=9,
    )  # fmt: skip
    assert alone.prediction.logit == pytest.approx(case.prediction.logit, abs=1e-4)
    assert [check.outcome for check in alone.checks] == [check.outcome for check in case.checks]
    for method, attribution in alone.attributions.items():
        np.testing.assert_allclose(attribution.values, case.attributions[method].values, atol=1e-3)


def test_the_mask_of_an_entry_is_asked_about(entries: list[Entry], store: Store) -> None:
    """The picture that has one is measured against it, the others are not."""
    measured = {case.picture.sha256: len(case.measures) for case in cases_of(store, KEY, entries)}
    assert {entry.id: 2 * (entry.mask is not None) for entry in entries} == measured


def test_another_run_gives_the_same_bytes(
    entries: list[Entry], store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another copy of the model, nothing kept of what was found out before, another number of threads."""
    monkeypatch.setenv("XAIFAKE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    again = Store(str(tmp_path / "out"))
    run(entries[::-1], again, xaifake.wrap_model(planted_model(shape="nested")))
    assert content_of(store) == content_of(again)


def test_what_cannot_be_explained_is_a_row(entries: list[Entry], detector: Detector, tmp_path: Path) -> None:
    """A text, and a mask of another size, each with its sentence; the picture beside them is explained."""
    (tmp_path / "text.png").write_text("no picture")
    text = Entry("0" * 64, str(tmp_path / "text.png"))
    small = saved(tmp_path / "small.png", np.zeros((4, 4, 3), np.uint8))
    odd = dataclasses.replace(entries[1], mask=small.uri)

    rows = STAGE.rows(detector, [Work(text), Work(odd), Work(entries[2])], lambda _: None)
    assert "no picture that can be decoded" in rows[0]["error"]
    assert "A mask has the size of its picture" in rows[1]["error"]
    assert rows[2]["error"] is None
    assert [text.id, odd.id, entries[2].id] == [row["id"] for row in rows]


def test_cases_are_restored_without_tensorflow(entries: list[Entry], store: Store) -> None:
    """In a fresh process, by row and picture alone."""
    entry = entries[1]
    command = [sys.executable, "-c", RESTORE, store.address, entry.id, entry.uri]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1)[1] == "[]\n"


def test_a_row_that_holds_no_case_is_refused(entries: list[Entry], store: Store, tmp_path: Path) -> None:
    """Foreign JSON, and maps of another case: one sentence that names the picture."""
    first, second = [case for case in cases_of(store, KEY, entries) if case.picture.sha256 != entries[0].id][:2]
    for record, arrays, sentence in (
        (b"{}", b"", "reads cases of the schema"),
        (case_bytes(first)[0], case_bytes(second)[1], "maps are not those of this case"),
        (case_bytes(first)[0], b"PK", "maps of this case are damaged"),
    ):
        other = Store(str(tmp_path / hashlib.sha256(record + arrays).hexdigest()))
        entry = next(entry for entry in entries if entry.id == first.picture.sha256)
        row = {"id": entry.id, "error": None, "record": record, "arrays": arrays}
        Shards(other, "cases", KEY).write(STAGE, [Work(entry)], [row])
        with pytest.raises(CaseError, match=rf"{sentence}.*Received: .*{Path(entry.uri).name}"):
            list(cases_of(other, KEY, [entry]))


def test_forward_passes_are_told_at_most(entries: list[Entry], store: Store) -> None:
    """No case took more than the stage announced."""
    cases: list[Case] = list(cases_of(store, KEY, entries))
    assert max(case.forwards for case in cases) <= STAGE.calls
