"""How far a case can be believed is asked of the engine in full batches, and of nobody who was not named."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from engines import SIZE, NumpyEngine, constant, linear, planted
from hand_made import explained, map_of, squares, true_map
from synthetic import astronaut

from xaifake import plugins
from xaifake.audit.checking import STRIP, checked, doubts_of, limits_of, robustness
from xaifake.errors import UsageError
from xaifake.faces.copies import copy_of
from xaifake.images import picture_of
from xaifake.records import Box, Change, Face, Limit, Prediction, Trial
from xaifake.schema import _trial_record

ASTRONAUT = picture_of(np.ascontiguousarray(astronaut(whole=True)), "astronaut")
FACES = [Face(ASTRONAUT, Box(40, 150, 40 + side, 150 + side), "blazeface") for side in (100, 140, 61)]


def seen_by(engine: NumpyEngine, faces: list[Face]) -> list[SimpleNamespace]:
    return [SimpleNamespace(view=view, faces=(view.face.box,)) for view in engine.view(faces)]


def test_the_strip_is_what_the_documents_say() -> None:
    """JPEG 95 to 50, reduced to 0.9 to 0.5, three blurs, three noises: seventeen copies, no two alike."""
    assert len(set(STRIP)) == len(STRIP) == 17
    jpeg, resize = [95, 90, 80, 70, 60, 50], [0.9, 0.8, 0.7, 0.6, 0.5]
    expected = {"jpeg": jpeg, "resize": resize, "blur": [0.5, 1, 2], "noise": [2, 5, 10]}
    assert expected == {kind: [change.amount for change in STRIP if change.kind == kind] for kind in expected}


@pytest.mark.parametrize("batch", [1, 5, 16])
def test_faces_share_batches_and_each_gets_its_own_scores(batch: int) -> None:
    """As many batches as full ones suffice, and the scores of each copy scored alone."""
    engine, alone = linear(batch=batch), linear()
    rows = robustness(engine, seen_by(engine, FACES))

    copies = len(FACES) * len(STRIP)
    assert [batch] * (copies // batch) + [copies % batch] * bool(copies % batch) == engine.batches
    for face, trials in zip(FACES, rows, strict=True):
        assert STRIP == tuple(trial.change for trial in trials)
        views = np.stack([alone.view([copy_of(face, change)])[0].pixels for change in STRIP])
        np.testing.assert_allclose(alone.score(views), [trial.logit for trial in trials], atol=1e-4)


def test_of_a_picture_without_maps_nothing_is_asked() -> None:
    """Its neighbour's maps are checked all the same, and each check says how long it took."""
    engine, ticks = planted(), iter(range(100))
    bare, told = explained(squares(side=8)), explained(squares(side=8), map_of("gradcam", true_map()))
    checkers = doubts_of(["adds_up", "random_maps"], (), (), robustness=False).checks

    nothing, found = checked(engine, [bare, told], checkers, 0, lambda: float(next(ticks)))

    assert nothing == ()
    assert [(check.name, check.seconds) for check in found] == [("adds_up", 1.0), ("random_maps", 1.0)]
    assert checked(constant(), [bare], checkers, 0, lambda: float(next(ticks))) == [()]


def test_without_faces_nothing_is_asked() -> None:
    """No copy, no batch."""
    engine = linear()
    assert [] == robustness(engine, [])
    assert [] == engine.batches


def test_a_detector_of_fine_detail_forgets_it_under_blur_and_not_under_light_compression() -> None:
    """The scores are of the changed copies: what blur takes away, the score loses."""

    def detail(views: np.ndarray) -> np.ndarray:
        return np.abs(np.diff(views, axis=1)).mean(axis=(1, 2, 3))

    engine = NumpyEngine(detail)
    (trials,) = robustness(engine, seen_by(engine, FACES[1:2]))
    logits = {(trial.change.kind, trial.change.amount): trial.logit for trial in trials}
    as_it_is = float(detail(engine.view(FACES[1:2])[0].pixels[None])[0])

    assert logits["jpeg", 95.0] == pytest.approx(as_it_is, rel=0.05)
    assert as_it_is > logits["blur", 1.0] > logits["blur", 2.0]
    assert logits["noise", 10.0] > logits["noise", 2.0]


@pytest.mark.parametrize(
    ("logit", "threshold", "changed", "flipped"),
    [(1.0, 0.5, -0.1, True), (1.0, 0.5, 0.1, False), (-1.0, 0.5, 0.0, True), (1.0, 0.7, 0.8, True), (1.0, 0.7, 0.9, False)],
)
def test_a_flip_is_another_label_at_the_case_s_own_threshold(
    logit: float, threshold: float, changed: float, flipped: bool
) -> None:
    """At 0.5 the logit's sign decides, and 0 is FAKE; at 0.7 the score for FAKE has to reach it."""
    record = _trial_record(Trial(Change("jpeg", 70.0), changed), Prediction(logit, threshold))
    expected = {"kind": "jpeg", "amount": 70.0, "logit": changed, "flipped": flipped}
    assert expected == {key: record[key] for key in expected}
    assert 1 / (1 + np.exp(-changed)) == pytest.approx(record["p_fake"])


def test_limits_come_face_by_face_in_the_order_asked() -> None:
    """Each limit measures all faces at once."""
    engine = linear()
    asked = [plugins.make("limit", spec) for spec in ("jpeg_quality", "face_size:least=90", "upscaling")]
    rows = limits_of(engine, seen_by(engine, FACES), asked)
    assert [("jpeg_quality", "face_size", "upscaling")] * 3 == [tuple(limit.name for limit in row) for row in rows]
    assert ["within", "within", "outside"] == [row[1].status for row in rows]
    assert [] == engine.batches


def test_all_are_asked_unless_named() -> None:
    """None stands for the whole folder, an empty list for nobody."""
    assert plugins.names("limit") == tuple(plugins.name_of(type(one)) for one in doubts_of([], [], None, False).limits)
    assert ((), (), ()) == tuple(map(tuple, (lambda d: (d.checks, d.measures, d.limits))(doubts_of([], [], [], True))))
    assert len(STRIP) == doubts_of([], [], [], True).calls(methods=5)


def test_a_reference_goes_to_the_limit_that_takes_it() -> None:
    """And to nobody else: without the limit, the folder would be asked for in vain."""
    with pytest.raises(UsageError, match=r"^Reference pictures are for the limit distance.* Received: /nowhere$"):
        doubts_of([], [], ["blur"], False, "/nowhere")


def test_naming_one_twice_is_refused() -> None:
    """A case holds each once, whatever the options."""
    with pytest.raises(UsageError, match=r"^A case holds each limit once; .* \(--limits\)\. Received twice: blur$"):
        doubts_of([], [], ["blur", "face_size", "blur:most=2"], False)


def test_limits_are_records_of_their_view_s_size() -> None:
    """A face of the picture is judged in the picture's pixels, not in those of the view."""
    engine = linear()
    assert (SIZE, SIZE) == engine.view(FACES)[0].pixels.shape[:2]
    ((limit,),) = limits_of(engine, seen_by(engine, FACES[:1]), [plugins.make("limit", "face_size")])
    assert Limit("face_size", "outside", 100.0, 128.0, "pixels") == limit
