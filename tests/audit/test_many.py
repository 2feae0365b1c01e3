"""Many pictures at once: full batches, one forward pass for score and map, and nothing kept or left behind."""

from __future__ import annotations

import gc
import itertools
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xaifake
from xaifake.audit import cases
from xaifake.audit.cases import TOGETHER, explain_many
from xaifake.detector.engine import Detector
from xaifake.detector.planted import SIZE, planted_model, planted_picture
from xaifake.records import Case, Failure, Picture

pytestmark = pytest.mark.keras
BARE: dict[str, Any] = {"checks": (), "limits": (), "robustness": False}
"""Nothing asked but the methods."""


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The planted detector, nested, in memory."""
    return xaifake.wrap_model(planted_model(shape="nested"))


@pytest.fixture
def batches(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What the detector is asked, and of how many views: filled while a test runs."""
    asked: list[tuple[str, int]] = []
    score, tap = detector.score, detector.tap
    monkeypatch.setattr(detector, "score", lambda views: asked.append(("score", len(views))) or score(views))
    monkeypatch.setattr(detector, "tap", lambda views, layer: asked.append(("tap", len(views))) or tap(views, layer))
    return asked


def pictures(count: int) -> list[np.ndarray]:
    """Planted pictures, no two the same."""
    return [planted_picture(seed).pixels for seed in range(count)]


def test_results_come_in_order_with_failures_in_their_places(detector: Detector, tmp_path: Path) -> None:
    """Forty questions, every third one of a file that is not there."""
    good = pictures(40)
    images = [tmp_path / f"{n}.png" if n % 3 == 0 else good[n] for n in range(40)]

    outcomes = list(explain_many(detector, images, methods=["gradcam"]))

    for n, outcome in enumerate(outcomes):
        if n % 3 == 0:
            assert isinstance(outcome, Failure)
            assert outcome.image.endswith(f"{n}.png")
        else:
            assert isinstance(outcome, Case)
            np.testing.assert_array_equal(good[n], outcome.picture.pixels)
    assert len(outcomes) == 40


def test_every_forward_pass_is_a_full_batch(detector: Detector, batches: list[tuple[str, int]], tmp_path: Path) -> None:
    """Two batches of pictures with unreadable ones among them: two taps of full batches, and no score beside them."""
    images: list[object] = list(pictures(2 * detector.batch))
    images[5:5] = images[20:20] = [tmp_path / "missing.png"] * 3

    outcomes = list(explain_many(detector, images, methods=["gradcam"], **BARE))

    assert [("tap", detector.batch)] * 2 == batches
    assert {1} == {case.forwards for case in outcomes if isinstance(case, Case)}
    assert {2} == {case.asked for case in outcomes if isinstance(case, Case)}


def test_what_the_first_method_tells_of_the_view_is_not_scored_again(
    detector: Detector, batches: list[tuple[str, int]]
) -> None:
    """Grad-CAM, named before the methods that hide, tells the prediction and the game's whole view."""
    (case,) = explain_many(detector, pictures(1), methods=["gradcam", "occlusion"], regions=9)

    assert isinstance(case, Case)
    assert ("tap", 1) == batches[0]
    assert sum(count for _, count in batches) == case.forwards
    assert case.prediction.logit == pytest.approx(float(detector.logits(pictures(1))[0]), abs=1e-4)


def test_progress_counts_what_is_scored(detector: Detector, batches: list[tuple[str, int]]) -> None:
    """The counts that are told sum to the views that the detector received."""
    told: list[int] = []

    list(explain_many(detector, pictures(20), methods=["gradcam", "occlusion"], regions=9, advance=told.append))

    assert sum(count for _, count in batches) == sum(told)


def test_an_endless_list_is_read_no_further_than_it_must(detector: Detector) -> None:
    """After the first result: the pictures explained together, and as many ahead."""
    taken = itertools.count()
    images = (planted_picture(next(taken)).pixels for _ in itertools.count())

    outcomes = explain_many(detector, images, methods=["gradcam"])
    assert isinstance(next(outcomes), Case)
    read = next(taken)
    for _ in range(TOGETHER - 1):
        next(outcomes)

    assert read == 2 * TOGETHER
    assert next(taken) == read + 1
    outcomes.close()


def test_an_abandoned_run_leaves_no_thread(detector: Detector) -> None:
    """Neither dropped after the first result, nor interrupted."""
    for end in ("dropped", "interrupted"):
        outcomes = explain_many(detector, iter(pictures(60)), methods=["gradcam"])
        next(outcomes)
        if end == "interrupted":
            with pytest.raises(KeyboardInterrupt):
                outcomes.throw(KeyboardInterrupt())
        del outcomes
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("xaifake")]


def test_threads_change_no_byte(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight threads, one thread, and none at all give equal maps, logits and hashes of views."""

    def made() -> Iterator[tuple[bytes, float, str]]:
        for case in explain_many(detector, pictures(40), methods=["gradcam"]):
            assert isinstance(case, Case)
            yield case.attributions["gradcam"].values.tobytes(), case.prediction.logit, case.view_sha256

    monkeypatch.setattr("os.cpu_count", lambda: 8)
    eight = list(made())
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    one = list(made())
    monkeypatch.setattr(cases, "ahead", lambda function, items, _: (function(item) for item in items))
    none = list(made())

    assert eight == one == none


def test_a_failure_keeps_no_picture(detector: Detector) -> None:
    """Who collects failures does not collect their pictures."""
    picture = Picture("grey", np.full((SIZE, SIZE, 3), 90, np.uint8), "0" * 64)
    held = weakref.ref(picture)

    def images() -> Iterator[object]:
        nonlocal picture
        yield cases.Question(picture, face=2)
        del picture

    failures = list(explain_many(detector, images(), methods=["gradcam"]))
    gc.collect()

    assert [Failure] == [type(failure) for failure in failures]
    assert held() is None
