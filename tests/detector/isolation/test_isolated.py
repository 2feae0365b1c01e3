"""A model that is shut in answers as it does in this process, to the last bit, and its record says that it was shut in."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from small_models import SIDE, small, views
from synthetic import astronaut

from xaifake.audit.cases import explain
from xaifake.detector.engine import Detector
from xaifake.detector.loading import load_detector
from xaifake.detector.runtime import keras
from xaifake.errors import UnknownNameError, UsageError
from xaifake.records import Case, Provenance

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("closable")]
OPTIONS: dict[str, Any] = {"runtime": "tensorflow", "fake_when": "low"}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Detector, Detector]:
    """The same model in this process, and shut in; its file has a name of its own."""
    path = tmp_path_factory.mktemp("small") / "detector.model"
    small(keras(3)).save(path.with_suffix(".keras"))
    path.with_suffix(".keras").rename(path)
    return load_detector(path, **OPTIONS), load_detector(path, isolate=True, **OPTIONS)


def test_answers_are_the_same_bytes(pair: tuple[Detector, Detector]) -> None:
    """Scores, taps, gradients and copies with random weights."""

    def asked(detector: Detector) -> list[NDArray[Any]]:
        tapped, copy = detector.tap(views()), detector.randomised(0.5, 3)
        assert copy is not None
        return [
            *(detector.score(views()), *detector.gradient(views()), tapped.logits, tapped.activations, tapped.gradients),
            *(copy.score(views()), copy.tap(views(), "evidence").gradients),
        ]

    for here, there in zip(*map(asked, pair), strict=True):
        np.testing.assert_array_equal(here, there, strict=True)


def test_it_is_the_same_detector(pair: tuple[Detector, Detector]) -> None:
    """Contract, assumptions, file, runtime and batch are the same; nothing of a model that is shut in is kept in files."""
    here, there = pair
    for name in ("contract", "assumptions", "file", "runtime", "batch"):
        assert getattr(here, name) == getattr(there, name)
    assert (False, True) == (here.runtimes.isolated, there.runtimes.isolated)
    assert isinstance(there.notes, dict)


def test_cases_differ_in_that_alone(pair: tuple[Detector, Detector]) -> None:
    """A case of a model that was shut in says so, and is otherwise the same."""
    nothing: dict[str, Any] = {"checks": (), "limits": (), "robustness": False}
    here, there = (explain(detector, astronaut(), methods=["gradcam"], **nothing) for detector in pair)
    assert isinstance(here, Case)
    assert isinstance(there, Case)
    assert here.provenance is not None
    assert there.provenance is not None
    assert {**here.provenance.machine, "isolated": True} == dict(there.provenance.machine)
    assert (here.prediction, here.runtime) == (there.prediction, there.runtime)
    for name in {field.name for field in dataclasses.fields(Provenance)} - {"machine"}:
        assert getattr(here.provenance, name) == getattr(there.provenance, name), name
    assert here.attributions.keys() == there.attributions.keys()
    for name, mine in here.attributions.items():
        np.testing.assert_array_equal(mine.values, there.attributions[name].values, strict=True)


def test_refusals_come_back_in_their_class(pair: tuple[Detector, Detector]) -> None:
    """What is refused there is refused here in the same words."""
    told = []
    for detector in pair:
        with pytest.raises(UnknownNameError) as caught:
            detector.tap(views(), "nose")
        told.append(str(caught.value))
    assert told[0] == told[1]


def test_code_of_this_process_cannot_be_shut_in(pair: tuple[Detector, Detector]) -> None:
    """Functions and classes stay here: the other process imports what it needs by name."""
    with pytest.raises(UsageError, match="give custom_objects as text"):
        load_detector(pair[0].file.path, custom_objects={"x": SIDE}, isolate=True)
