"""The words: bands, cautions, both directions, numbers that never overstate."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import gradcam, make_case, masking, smoothgrad

from xaifake.records import Box
from xaifake.report import numbers, sentences
from xaifake.report.scales import Scale, scales
from xaifake.report.strongest import Area, strongest

BOX, SIZE = Box(0, 0, 192, 192), (192, 192)


def logit(p: float) -> float:
    return math.log(p / (1 - p))


@pytest.mark.parametrize(
    ("p_fake", "words"),
    [
        (0.3, "scored this picture 0.30 for FAKE (threshold 0.50): weak evidence (non-conclusive), uncalibrated score."),
        (0.6, "0.60 for FAKE (threshold 0.50): moderate evidence (suspicious but non-conclusive), uncalibrated score."),
        (0.8, "0.80 for FAKE (threshold 0.50): strong evidence, uncalibrated score."),
        (0.95, "0.95 for FAKE (threshold 0.50): very strong evidence, uncalibrated score."),
        (1 - 1e-9, "above 0.99 for FAKE"),
    ],
)
def test_each_band_has_its_words(p_fake: float, words: str) -> None:
    """The detector is the subject, the score is called uncalibrated, and the band follows the score."""
    sentence = sentences.prediction_sentence(make_case(logit=logit(p_fake)))
    assert sentence.startswith("The detector mobilenet.h5 scored this picture ")
    assert words in sentence


def test_a_low_score_does_not_clear_the_picture() -> None:
    """Below 0.5 the sentence says what the score does not show."""
    assert "That does not show that the picture is genuine." in sentences.prediction_sentence(make_case(logit=-3))


@pytest.mark.parametrize(
    ("p_fake", "threshold", "words"),
    [(0.3, 0.2, "still lies above this detector's own threshold"), (0.6, 0.7, "lies below this detector's own threshold")],
)
def test_an_unusual_threshold_is_told(p_fake: float, threshold: float, words: str) -> None:
    """Where the words and the detector's own threshold point to different sides, the sentence says so."""
    assert words in sentences.prediction_sentence(make_case(logit=logit(p_fake), threshold=threshold))


@given(st.floats(0, 1))
def test_printed_score_never_overstates(p_fake: float) -> None:
    """The number that is printed lies in the band whose words stand beside it."""
    printed = sentences.score_words(p_fake)
    if not printed.startswith(("above", "below")):
        assert float(printed) <= p_fake + 1e-9
        assert sentences.band(float(printed) + 1e-9) == sentences.band(p_fake + 1e-9)


def test_both_directions_are_told() -> None:
    """The sentence of a map names its strongest place for FAKE and for REAL, with values and shares."""
    attribution = gradcam(BOX, SIZE)
    assert sentences.evidence_sentence(attribution, strongest(attribution), "face") == (
        "FAKE is supported most by the lower centre (+0.440 logit on 2.0\xa0% of the face); "
        "REAL is supported most by the upper centre (−0.205 logit on 2.0\xa0% of the face)."
    )


def test_a_missing_direction_is_told() -> None:
    """Where nothing speaks for a side, the sentence says so instead of leaving it out."""
    attribution = replace(gradcam(BOX, SIZE), values=np.eye(3, dtype=np.float32))
    assert "; REAL is not supported." in sentences.evidence_sentence(attribution, strongest(attribution), "face")


def test_no_evidence_is_a_result() -> None:
    """An all-zero map is told as such, wherever it is told."""
    attribution = replace(gradcam(BOX, SIZE), values=np.zeros((7, 7), np.float32))
    assert sentences.evidence_sentence(attribution, strongest(attribution), "face") == "No evidence above noise."
    scale = scales({"gradcam": attribution})["gradcam"]
    assert sentences.map_sentence(attribution, scale) == "native grid 7 × 7; no evidence above noise"


def test_a_sensitivity_supports_neither_side() -> None:
    """A map without a sign says where the score is sensitive, and names neither FAKE nor REAL."""
    attribution = smoothgrad(BOX, SIZE, sensitivity=True)
    sentence = sentences.evidence_sentence(attribution, strongest(attribution), "face")
    assert sentence.startswith("The score is most sensitive in the centre (+0.00")
    assert "FAKE" not in sentence
    assert "REAL" not in sentence


@pytest.mark.parametrize(
    ("down", "across", "words"),
    [(0.0, 0.0, "upper left"), (0.5, 0.99, "middle right"), (1.0, 0.5, "lower centre"), (0.5, 0.5, "centre")],
)
def test_places_have_words(down: float, across: float, words: str) -> None:
    """Nine places, left and right as seen in the picture."""
    assert sentences.where(Area(1.0, 0.1, down, across)) == words


@pytest.mark.parametrize(
    ("value", "words"), [(123456.0, "+1.23e+05"), (-0.00001, "−1.00e−05"), (12.345, "+12.3"), (-456.7, "−457")]
)
def test_numbers_keep_three_digits(value: float, words: str) -> None:
    """Small and great numbers alike have three digits and a sign."""
    assert numbers.signed(value) == words


def test_a_map_that_is_faint_on_the_common_scale_is_said_to_be_so() -> None:
    """A tenth of the common scale is named, so that a pale picture is not taken for an empty one."""
    faint = Scale(unit="logits per 1 % of the area", own=0.03, common=0.3, shared_with=("shap",))

    assert "only 10.0\xa0%: faint here, not empty" in sentences.scale_sentence(faint)
    assert "faint" not in sentences.scale_sentence(replace(faint, own=0.2))


def test_the_calls_saved_are_told() -> None:
    """What was asked, what was known already and what the model really had to answer, which is the one less the other."""
    shap = replace(masking("shap", BOX, SIZE), calls=400)
    lime = replace(masking("lime", BOX, SIZE), calls=400, saved=390)

    told = sentences.effort_sentence(make_case(attributions=[shap, lime]))

    assert told == (
        "Prediction, methods and tests asked 801 model calls; 390 answers were known already, since all share their "
        "questions. 411 views went through the model, run by tensorflow."
    )


def test_nothing_saved_is_not_told() -> None:
    """A single method that asks every view once saves nothing, and the sentence is silent about it."""
    told = sentences.effort_sentence(make_case(attributions=[gradcam(BOX, SIZE)]))
    assert told == "Prediction, methods and tests asked 2 model calls. 2 views went through the model, run by tensorflow."
