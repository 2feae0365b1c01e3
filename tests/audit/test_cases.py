"""Explaining pictures: the record is whole, one bad picture harms no other, and company changes nothing."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import xaifake
from xaifake.audit.cases import explain_many
from xaifake.audit.planning import explainers_of
from xaifake.detector.engine import Detector
from xaifake.detector.planted import SIZE, planted_model, planted_picture
from xaifake.detector.runtime import tensorflow
from xaifake.errors import PictureError, UnknownNameError, UsageError
from xaifake.explainers.gradcam import GradCAM
from xaifake.explainers.lime import Lime
from xaifake.records import Case, Contract, Failure, ModelFile


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The planted detector, nested, in memory."""
    return xaifake.wrap_model(planted_model(shape="nested"))


@pytest.mark.keras
def test_a_case_says_what_was_asked_and_how(detector: Detector) -> None:
    """Prediction, contract, assumptions, methods with calls and seconds, hashes and versions are all in the record."""
    clock = itertools.count()

    (case,) = explain_many(
        detector, [planted_picture().pixels], calls=96, seed=3, regions=20, clock=lambda: float(next(clock))
    )

    assert isinstance(case, Case)
    assert list(case.attributions) == ["gradcam", "shap", "lime", "bands"]
    assert [omission.method for omission in case.omissions] == ["parts"]  # there is no face in the planted picture
    assert {a.seconds for a in case.attributions.values()} == {1.0}
    assert case.prediction.label == "FAKE"
    assert case.contract == detector.contract
    assert case.assumptions == detector.assumptions
    assert case.seed == 3
    assert len(case.view_sha256) == len(case.picture.sha256) == len(case.detector.sha256) == 64
    assert {"xaifake", "tensorflow", "shap", "lime", "python"} <= set(case.versions)


@pytest.mark.keras
def test_one_bad_picture_harms_no_other(detector: Detector, tmp_path: Path) -> None:
    """A file that is no picture becomes a failure in its place; the others are explained."""
    good = planted_picture().pixels
    (tmp_path / "bad.png").write_bytes(b"no picture")

    outcomes = list(explain_many(detector, [good, str(tmp_path / "bad.png"), good], methods=["gradcam"]))

    assert [type(outcome) for outcome in outcomes] == [Case, Failure, Case]
    assert outcomes[1].image.endswith("bad.png")
    with pytest.raises(PictureError):
        xaifake.explain(detector, tmp_path / "bad.png", methods=["gradcam"])


@pytest.mark.keras
def test_a_picture_that_yields_nan_fails_alone(tmp_path: Path) -> None:
    """Where one picture of a batch makes the detector answer with infinity, only that picture fails, under its path."""
    tf = tensorflow()
    detector = Detector(
        lambda batch: tf.math.log(tf.reduce_mean(batch, axis=(1, 2))[:, :1]),
        Contract((SIZE, SIZE), head="logit"),
        ModelFile("log", "0" * 64, "in memory", None),
    )
    grey, black = np.full((SIZE, SIZE, 3), 128, np.uint8), np.zeros((SIZE, SIZE, 3), np.uint8)

    path = tmp_path / "black.png"
    Image.fromarray(black).save(path)

    outcomes = list(explain_many(detector, [grey, path, grey], methods=["lime"], calls=16, regions=4))

    assert [type(outcome) for outcome in outcomes] == [Case, Failure, Case]
    assert "NaN or infinity" in outcomes[1].error
    assert outcomes[1].image == str(path)


@pytest.mark.keras
def test_the_users_own_explainer_takes_part(detector: Detector) -> None:
    """An explainer object stands beside names, with its own options."""
    case = xaifake.explain(
        detector, planted_picture().pixels, methods=[GradCAM(variant="layercam"), Lime(calls=32)], regions=9
    )

    assert case.attributions["gradcam"].options["variant"] == "layercam"
    assert case.attributions["lime"].calls == 32


@pytest.mark.keras
def test_attributions_lie_in_the_source_pictures_coordinates() -> None:
    """On a picture of twice the size, the drawn maximum lies on the enlarged plant."""
    planted = planted_picture(2)
    large = planted.pixels.repeat(2, axis=0).repeat(2, axis=1)

    drawn = (
        xaifake.explain(xaifake.wrap_model(planted_model(), resize="nearest"), large, methods=["gradcam"])
        .attributions["gradcam"]
        .on(2 * SIZE, 2 * SIZE)
    )

    top, left = np.unravel_index(drawn.argmax(), drawn.shape)
    assert planted.fake.top * 2 <= top < planted.fake.bottom * 2
    assert planted.fake.left * 2 <= left < planted.fake.right * 2


@pytest.mark.parametrize(
    ("methods", "sentence"),
    [
        (["lyme"], "Did you mean lime"),
        (["lime:depth=3"], "lime has the options"),
        (["lime:calls=many"], "calls takes a whole number"),
        (["gradcam:positive=maybe"], "positive takes true or false"),
        (["lime", "shap", "lime:calls=100"], "Received twice: lime"),
    ],
)
def test_wrong_names_are_refused_before_any_model_is_asked(methods: list[str], sentence: str) -> None:
    """Unknown methods and options, wrong values and a method named twice are refused, with what there is."""
    with pytest.raises((UnknownNameError, UsageError), match=sentence):
        explainers_of(methods)


def test_one_name_in_place_of_a_list_is_refused() -> None:
    """A text is not taken for a list of its letters."""
    with pytest.raises(UsageError, match=r"a list of names.*Received: 'gradcam'"):
        explainers_of("gradcam")


def test_a_negative_seed_is_refused() -> None:
    """It is refused before the detector, which is none here, is asked."""
    with pytest.raises(UsageError, match="The seed is a whole number from 0"):
        next(explain_many(None, ["face.png"], methods=["lime"], seed=-1))


def test_calls_reach_the_masking_methods_only() -> None:
    """--calls sets what SHAP and LIME may ask; an option given for one of them wins."""
    gradcam, shap, lime = explainers_of(["gradcam", "shap", "lime:calls=300"], calls=100)

    assert (gradcam.calls, shap.calls, lime.calls) == (1, 100, 300)
    assert "calls" not in {field.name for field in dataclasses.fields(gradcam)}
