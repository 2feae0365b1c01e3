"""The stage of scores: one row a picture, whatever the picture and whatever the detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from light import GRID, LightRuntimes, drawn, light_detector, light_entries
from synthetic import astronaut

from xaifake.audit.running.protocol import Work
from xaifake.audit.running.stages.scores import ScoresStage
from xaifake.audit.subjects import Question, Subject, subject_of
from xaifake.dataset import read_entry
from xaifake.faces.canonical import canonical_of
from xaifake.faces.shares import shares_of
from xaifake.records import Attribution, Box, Entry, Views

pytestmark = pytest.mark.slow
FACE, PLAIN = 0, 1


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """A face and a picture without one, by number: not in order of ids."""
    folder = tmp_path_factory.mktemp("pictures")
    found = light_entries(folder, 2, lambda number: astronaut() if number == FACE else drawn(number))
    return sorted(found, key=lambda entry: entry.uri)


def rows_of(entries: Sequence[Entry], **options: Any) -> tuple[list[dict[str, Any]], list[int]]:
    """The rows of these pictures, and what was told on the way."""
    told: list[int] = []
    rows = ScoresStage().rows(light_detector(**options), [Work(entry) for entry in entries], told.append)
    return [dict(row) for row in rows], told


def test_a_face_has_all_columns(entries: list[Entry]) -> None:
    """Logit, file, face, the map on its grid, and what follows from it: the sums agree with each other."""
    (row,), told = rows_of(entries[:1])
    assert [1] == told
    assert set(ScoresStage().schema().names) == row.keys()
    assert (entries[FACE].id, None, "PNG", 192, 192) == tuple(
        row[key] for key in ("id", "error", "format", "width", "height")
    )
    assert Path(entries[FACE].uri).stat().st_size == row["bytes"]
    assert (0, 0, 192, 192, 1, "whole", None) == tuple(
        row[key] for key in ("face_top", "face_left", "face_bottom", "face_right", "faces", "locator", "jpeg_quality")
    )
    values = np.frombuffer(row["map"], np.float32).reshape(row["map_rows"], row["map_columns"])
    assert (GRID, GRID) == values.shape
    assert row["logit"] == pytest.approx(float(values.sum()), abs=1e-5)
    assert 1 == pytest.approx(row["evidence"].sum(), abs=1e-5)
    assert values.sum() / np.abs(values).sum() == pytest.approx(row["signed"].sum(), abs=1e-5)


def test_maps_are_laid_on_the_canonical_face(entries: list[Entry]) -> None:
    """As the functions that reports use lay them, rounded to float16."""
    (row,), _ = rows_of(entries[:1])
    subject = subject_of(light_detector(), Question(read_entry(entries[FACE])))
    assert isinstance(subject, Subject)
    landmarks = subject.view.face.landmarks
    assert landmarks is not None
    values = np.frombuffer(row["map"], np.float32).reshape(GRID, GRID)
    attribution = Attribution("gradcam", values, "logit per cell", "pixel", Box(0, 0, 192, 192), (192, 192), {}, None, 1)
    canonical = np.frombuffer(row["canonical"], np.float16).reshape(28, 28)
    np.testing.assert_array_equal(canonical_of(attribution, landmarks).astype(np.float16), canonical)
    np.testing.assert_array_equal(shares_of(attribution, landmarks).area.astype(np.float32), row["area"])


def test_without_a_mesh_there_are_no_parts(entries: list[Entry]) -> None:
    """A picture without a face, for a detector that takes it whole, has score and map and nothing of parts."""
    (row,), _ = rows_of(entries[1:])
    assert row["error"] is None
    assert row["map"] is not None
    assert not {"canonical", "evidence", "signed", "area"} & row.keys()


def test_maps_in_frequencies_lie_on_no_face(entries: list[Entry]) -> None:
    """A DCT detector's map is kept with its domain, and laid on nothing."""
    (row,), _ = rows_of(entries[:1], domain="dct")
    assert ("dct", GRID) == (row["map_domain"], row["map_rows"])
    assert not {"canonical", "evidence", "signed", "area"} & row.keys()


def test_a_model_without_a_grid_is_scored(entries: list[Entry]) -> None:
    """Where no layer can be looked into there is a score and no map."""
    rows, told = rows_of(entries, taps=False)
    with_maps, _ = rows_of(entries)
    assert [row["logit"] for row in with_maps] == pytest.approx([row["logit"] for row in rows])
    assert not any("map" in row for row in rows)
    assert sum(told) == 2


def test_what_is_no_picture_is_a_row_with_its_sentence(entries: list[Entry], tmp_path: Path) -> None:
    """A text, a file that is gone, and one that has changed: each a row in its place, and the others are scored."""
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    foreign = Entry("1" * 64, str(text))
    gone = Entry("2" * 64, str(tmp_path / "gone.png"))
    changed = replace(entries[FACE], id="3" * 64)

    rows, _ = rows_of([foreign, entries[PLAIN], gone, changed])
    sentences = ["no picture that can be decoded", None, "cannot be read", "has changed"]
    for row, sentence in zip(rows, sentences, strict=True):
        if sentence is None:
            assert row["error"] is None
        else:
            assert sentence in row["error"]
            assert {"id", "error"} == row.keys()
    assert ["1" * 64, entries[PLAIN].id, "2" * 64, "3" * 64] == [row["id"] for row in rows]


def test_a_nan_takes_no_other_picture_with_it(entries: list[Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one picture of a batch is answered with NaN, only its row says so."""
    cells = LightRuntimes._cells

    def spoiled(self: LightRuntimes, views: Views) -> np.ndarray:
        answer = cells(self, views)
        answer[views.std(axis=(1, 2, 3)) > 40] = np.nan
        return answer

    monkeypatch.setattr(LightRuntimes, "_cells", spoiled)
    rows, told = rows_of(entries)
    assert "NaN or infinity" in rows[FACE]["error"]
    assert rows[PLAIN]["error"] is None
    assert sum(told) == 2


def test_rows_do_not_hang_on_threads(entries: list[Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    """One processor or eight: the same rows."""

    def made(processors: int) -> list[Any]:
        monkeypatch.setattr("os.cpu_count", lambda: processors)
        return [{key: str(value) for key, value in row.items()} for row in rows_of(entries * 3)[0]]

    assert made(1) == made(8)


def test_the_stage_travels() -> None:
    """Pickled and restored it is the same stage; its layer is an option."""
    import pickle

    stage = ScoresStage(layer="top")
    assert stage == pickle.loads(pickle.dumps(stage))
    assert {"layer": "top"} == stage.options
    assert ScoresStage().rows(light_detector(), [], lambda _: None) == []
    assert isinstance(Work(Entry("1", "1")).asked, str)
