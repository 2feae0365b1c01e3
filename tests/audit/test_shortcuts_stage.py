"""The stage of shortcut tests: its rows, its sample, and what comes of both, by a detector in plain NumPy."""

from __future__ import annotations

import base64
import dataclasses
import io
import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from engines import NumpyEngine
from PIL import Image
from shortcut_trials import labels_of, scores
from synthetic import astronaut

from xaifake.audit.running.local import run_stage
from xaifake.audit.running.protocol import Row, Work
from xaifake.audit.running.stages.shortcuts import ShortcutsStage
from xaifake.audit.running.store import Store
from xaifake.audit.shortcuts import paired, rows_of, shortcuts_of
from xaifake.audit.statistics.thresholds import logit_of
from xaifake.errors import NumbersError
from xaifake.faces import faces_of
from xaifake.images import read_picture
from xaifake.records import Entry, Face, Picture, Scores, Truth, Views

SMALL = ("border", "colour", "identity", "jpeg", "resize")
"""Tests that need no mesh, so that each takes little time."""


class Redness(NumpyEngine):
    """Scores how red a picture is, and finds the whole of it."""

    def __init__(self, batch: int = 16) -> None:
        super().__init__(lambda views: 0.1 * (views[..., 0] - views[..., 2]).mean(axis=(1, 2)), (32, 32), batch)

    def faces(self, picture: Picture, box: object = None) -> tuple[Face, ...]:  # noqa: ARG002 - as `Detector.faces`
        return faces_of(picture, "whole")


def saved(folder: Path, count: int) -> list[Entry]:
    """REAL pictures of a face in all lights, and FAKE ones that are redder."""
    entries = []
    for number in range(count):
        random = np.random.default_rng(number)
        label: Truth = "FAKE" if number % 2 else "REAL"
        tone = random.uniform(0.7, 1.1, 3) + (np.array([0.15, 0, -0.15]) if label == "FAKE" else 0)
        path = folder / f"{number}.png"
        Image.fromarray(np.clip(astronaut()[::3, ::3] * tone, 0, 255).astype(np.uint8)).save(path)
        entries.append(Entry(read_picture(path).sha256, str(path), label))
    return sorted(entries, key=lambda entry: entry.id)


def scores_of(entries: Sequence[Entry], detector: Redness) -> Scores:
    views = [detector.view(detector.faces(read_picture(entry.uri)))[0].pixels for entry in entries]
    told = scores([entry.label for entry in entries], detector.score(np.stack(views)).astype(np.float64))
    return dataclasses.replace(told, entries=tuple(entries))


def rows(detector: Redness, works: Sequence[Work], stage: ShortcutsStage | None = None) -> list[Row]:
    return (stage or ShortcutsStage(SMALL)).rows(detector, works, lambda _: None)  # type: ignore[arg-type]  # an engine


@pytest.mark.slow
def test_a_row_has_every_copy(tmp_path: Path) -> None:
    """As many as the stage says, and the picture as it is; and batches are full but for the last."""
    entries = saved(tmp_path, 4)
    detector, counted = Redness(), []
    works = [Work(one, other) for one, other in zip(entries, entries[::-1], strict=True)]
    stage = ShortcutsStage(SMALL)
    found = stage.rows(detector, works, counted.append)  # type: ignore[arg-type]  # an engine
    assert [entry.id for entry in entries] == [row["id"] for row in found]
    assert [stage.calls] * 4 == [1 + len(row["after"]) for row in found]
    assert 4 * stage.calls == sum(counted) == sum(detector.batches)
    assert {16} == set(detector.batches[:-1])


@pytest.mark.slow
def test_rows_hang_on_seed_and_picture_alone(tmp_path: Path) -> None:
    """Not on what else is asked; another seed draws other copies."""
    entries = saved(tmp_path, 3)
    works = [Work(entry, entries[0]) for entry in entries]
    stage = ShortcutsStage((*SMALL, "bands"))
    together = rows(Redness(), works, stage)
    alone = [rows(Redness(), [work], stage)[0] for work in works]
    assert [dict(row["after"]) for row in alone] == [pytest.approx(dict(row["after"]), abs=1e-4) for row in together]
    only = rows(Redness(), works, ShortcutsStage(("bands",)))
    assert dict(only[0]["after"]).items() <= {name: pytest.approx(x, abs=1e-4) for name, x in together[0]["after"]}.items()
    other = rows(Redness(), works, dataclasses.replace(stage, seed=1))
    assert dict(other[0]["after"]) != dict(together[0]["after"])


def test_a_bad_picture_is_an_error_and_a_bad_partner_is_none(tmp_path: Path) -> None:
    """What would come of the partner is missing, and all else is there."""
    good, bad = saved(tmp_path, 1)[0], Entry("0" * 64, str(tmp_path / "none.png"), "FAKE")
    first, second = rows(Redness(), [Work(bad, good), Work(good, bad)])
    assert (bad.id, {"id", "error"}) == (first["id"], set(first))
    assert "none.png" in first["error"]
    assert {"border/other_frame", "colour/other_tone"}.isdisjoint(dict(second["after"]))
    assert second["error"] is None


def test_a_picture_without_a_number_takes_none_with_it(tmp_path: Path) -> None:
    """Its row says why."""
    entries = saved(tmp_path, 2)

    class Broken(Redness):
        def score(self, views: Views) -> np.ndarray:
            logits = super().score(views)
            if np.isclose(views.mean(axis=(1, 2, 3)), dark, atol=1e-3).any():
                raise NumbersError("The detector answered with NaN.")
            return logits

    detector = Redness()
    dark = float(detector.view(detector.faces(read_picture(entries[1].uri)))[0].pixels.mean())
    first, second = rows(Broken(), [Work(entry) for entry in entries])
    assert first["error"] is None
    assert "NaN" in second["error"]


def test_it_can_be_sent_and_named() -> None:
    """Pickled for other processes, also after use; its options tell all that rows depend on."""
    stage = ShortcutsStage(("jpeg", "colour"), seed=3)
    assert 1 + 5 + 5 == stage.calls
    assert stage == pickle.loads(pickle.dumps(stage))
    assert {"tests": ["jpeg", "colour"], "seed": 3} == stage.options


def test_the_sample_is_balanced_and_everyone_has_a_partner() -> None:
    """Of the other label; the same draw whatever the order, another by another seed."""
    told = scores(labels_of(50, 30), np.where(np.arange(80) < 5, np.nan, 0.0))
    works = paired(told, 40, 0)
    assert sorted(work.entry.id for work in works) == [work.entry.id for work in works]
    labels = [work.entry.label for work in works]
    assert (20, 20) == (labels.count("FAKE"), labels.count("REAL"))
    assert all(work.partner is not None and work.partner.label != work.entry.label for work in works)
    assert not {f"{n:03}" for n in range(5)} & {work.entry.id for work in works}
    turned = dataclasses.replace(told, entries=told.entries[::-1], logits=told.logits[::-1])
    assert works == paired(turned, 40, 0) != paired(told, 40, 1)


def test_few_of_one_label_partner_several() -> None:
    """None of one label partner nobody; and so without labels."""
    few = paired(scores(labels_of(20, 3)), 40, 0)
    assert 23 == len(few)
    assert all(work.partner is not None for work in few)
    for labels in (labels_of(20, 0), labels_of(0, 0, 20)):
        assert [None] * 10 == [work.partner for work in paired(scores(labels), 20, 0)][:10]
    assert [] == paired(scores(()), 40, 0)


def test_thresholds_are_logits() -> None:
    """Also at the ends."""
    assert [-np.inf, 0.0, np.inf] == [logit_of(p) for p in (0.0, 0.5, 1.0)]


@pytest.mark.slow
def test_from_files_to_outcomes(tmp_path: Path) -> None:
    """A detector of redness takes the shortcut of colour and no other, and pictures show it; the rows come from a store."""
    detector, stage = Redness(), ShortcutsStage(SMALL)
    entries = saved(tmp_path, 40)
    told = scores_of(entries, detector)
    works, store = paired(told, 40, 0), Store(str(tmp_path / "out"))
    run_stage(stage, works, store, "key", detector, lambda _: None)  # type: ignore[arg-type]  # an engine
    found = shortcuts_of(stage, detector, works, rows_of(store, "key", works), told)  # type: ignore[arg-type]
    assert ["not seen", "confirmed", "not tested", "not seen", "not seen"] == [one.outcome for one in found]
    colour = next(one for one in found if one.name == "colour")
    assert "other_tone" == colour.measures["leading"]
    assert ["REAL", "FAKE"] == [next(e.label for e in entries if e.id == shown.id) for shown in colour.specimens]
    for shown in colour.specimens:
        before, after = (
            np.asarray(Image.open(io.BytesIO(base64.b64decode(data))), np.float64) for data in (shown.before, shown.after)
        )
        assert (32, 32, 3) == before.shape == after.shape
        moved = 0.1 * ((after - before)[..., 0] - (after - before)[..., 2]).mean()
        assert pytest.approx(shown.logit_after - shown.logit_before, abs=0.4) == moved


@pytest.mark.slow
def test_a_file_that_has_gone_is_not_shown(tmp_path: Path) -> None:
    """What was scored still counts."""
    detector, stage = Redness(), ShortcutsStage(("colour",))
    entries = saved(tmp_path, 24)
    told = scores_of(entries, detector)
    works = paired(told, 40, 0)
    scored = rows(detector, works, stage)
    for entry in entries:
        Path(entry.uri).unlink()
    (found,) = shortcuts_of(stage, detector, works, scored, told)  # type: ignore[arg-type]  # an engine
    assert ("confirmed", ()) == (found.outcome, found.specimens)


@pytest.mark.keras
@pytest.mark.parametrize("dct", [False, True])
def test_detectors_of_pixels_and_of_coefficients_are_tested_alike(tmp_path: Path, dct: bool) -> None:
    """Views are pictures for both: every copy of a face with a mesh gets its logit."""
    from xaifake import wrap_model
    from xaifake.detector.planted import planted_model
    from xaifake.detector.planted_dct import planted_dct_model

    fed = {"size": (64, 64), "range": (0.0, 255.0), "channels": "grey", "domain": "dct", "head": "unknown"}
    detector = wrap_model(planted_dct_model(3), **fed) if dct else wrap_model(planted_model())
    one, other = saved(tmp_path, 2)
    (row,) = ShortcutsStage().rows(detector, [Work(one, other)], lambda _: None)
    assert row["error"] is None
    assert ShortcutsStage().calls == 1 + len(row["after"])
    assert np.isfinite([logit for _, logit in row["after"]]).all()
