"""Rows become columns: each picture in its place, with NaN where nothing is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from light import drawn, light_detector, light_entries
from synthetic import astronaut

from xaifake.audit.running.gathering import UNSCORED, evidence_of, scores_of, works_of
from xaifake.audit.running.jobs import key_of
from xaifake.audit.running.local import run_stage
from xaifake.audit.running.shards import Shards
from xaifake.audit.running.stages.scores import ScoresStage
from xaifake.audit.running.store import Store
from xaifake.dataset import Manifest
from xaifake.records import CANONICAL, Entry

pytestmark = pytest.mark.slow


class Scored:
    """Five pictures, one of them a face and one no picture, scored in two shards; the last was never asked about."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ScoresStage, "shard", 2)
        entries = light_entries(folder / "pictures", 4, lambda number: drawn(number) if number else astronaut())
        self.face = next(entry.id for entry in entries if entry.uri.endswith("00000.png"))
        text = folder / "text.png"
        text.write_text("no picture")
        self.text = Entry("0" * 64, str(text), "FAKE")
        spare = next(entry for entry in entries if entry.id != self.face)
        asked = [self.text, *(entry for entry in entries if entry != spare)]
        again = Entry(asked[1].id, "again.png", "REAL")
        self.manifest = Manifest("made", ("made",), (*asked, spare, again))
        self.store, detector = Store(str(folder / "out")), light_detector()
        self.key = key_of(ScoresStage(), detector)
        run_stage(ScoresStage(), works_of(asked), self.store, self.key, detector, lambda _: None)
        self.scores = scores_of(self.manifest, self.store, self.key, 0.5)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """Made once."""
    with pytest.MonkeyPatch.context() as patch:
        return Scored(tmp_path_factory.mktemp("scored"), patch)


def test_each_picture_is_there_once_in_order_of_ids(scored: Scored) -> None:
    """Of two entries of one id the first counts."""
    ids = [entry.id for entry in scored.scores.entries]
    assert sorted({entry.id for entry in scored.manifest.entries}) == ids
    assert "again.png" not in [entry.uri for entry in scored.scores.entries]


def test_columns_hold_what_the_rows_say(scored: Scored) -> None:
    """Logits, facts and shares stand in their picture's row."""
    scores = scored.scores
    rows = {
        row["id"]: row
        for table in Shards(scored.store, "scores", scored.key).tables(
            works_of(scored.manifest.entries), ["id", "logit", "bytes", "fingerprint", "evidence", "format"]
        )
        for row in table.to_pylist()
    }
    for place, entry in enumerate(scores.entries):
        row = rows.get(entry.id, {})
        np.testing.assert_equal(scores.logits[place], np.nan if row.get("logit") is None else np.float32(row["logit"]))
        np.testing.assert_equal(scores.facts["bytes"][place], row.get("bytes") or np.nan)
        assert (row.get("format") or "") == scores.facts["format"][place]
        assert (row.get("fingerprint") or 0) == int(scores.fingerprints[place])
        np.testing.assert_array_equal(scores.evidence[place], np.float32(row.get("evidence") or [np.nan] * 16))
    assert 192 == scores.facts["face_height"][[e.id for e in scores.entries].index(scored.face)]


def test_what_has_no_score_says_why(scored: Scored) -> None:
    """A refusal is the row's sentence, a missing row its own; neither has a score, an outcome or a fact."""
    errors = dict(zip((entry.id for entry in scored.scores.entries), scored.scores.errors, strict=True))
    assert "no picture that can be decoded" in (errors[scored.text.id] or "")
    assert [UNSCORED] == [error for error in errors.values() if error == UNSCORED]
    for error, scored_, outcome in zip(scored.scores.errors, scored.scores.scored, scored.scores.outcomes, strict=True):
        assert (error is None) == scored_ == (outcome is not None)


def test_maps_come_in_chunks(scored: Scored) -> None:
    """One chunk a shard; every scored picture's map in its row, on the canonical face only where there is a mesh."""
    chunks = list(evidence_of(scored.manifest, scored.store, scored.key))
    assert 2 == len(chunks)
    rows = np.concatenate([chunk.rows for chunk in chunks])
    assert np.flatnonzero(scored.scores.scored).tolist() == sorted(rows.tolist())
    for chunk in chunks:
        assert (len(chunk.rows), 4, 4) == chunk.grids.shape
        assert (len(chunk.rows), CANONICAL, CANONICAL) == chunk.canonical.shape
        np.testing.assert_allclose(scored.scores.logits[chunk.rows], chunk.grids.sum(axis=(1, 2)), atol=1e-5)
        laid = ~np.isnan(chunk.canonical).any(axis=(1, 2))
        np.testing.assert_array_equal(~np.isnan(scored.scores.area[chunk.rows, 0]), laid)
