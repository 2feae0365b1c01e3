"""Measures of a whole case, through the front door: what they say they asked is what a real detector was asked."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from counting import Counting, counting_detector

import xaifake
from xaifake.audit.subjects import Question
from xaifake.detector.planted import SIZE, planted_picture
from xaifake.records import Case

pytestmark = pytest.mark.keras

MEASURES = (
    "adversarial:samples=3:steps=3",
    "deletion",
    "mu_fidelity:samples=20",
    "max_sensitivity",
    "similarity",
    "complexity",
    "relevance_mass",
    "pointing_game",
)
METHODS = ("gradcam", "occlusion", "shap", "smoothgrad", "bands")


counting = pytest.fixture(scope="module")(counting_detector)


def questions() -> list[Question]:
    """Two planted pictures, the first with a mask of its plants."""
    first, second = planted_picture(0), planted_picture(1)
    mask = np.zeros((SIZE, SIZE, 3), np.uint8)
    for box in (first.fake, first.real):
        mask[box.rows_and_columns] = 255
    return [Question(first.pixels, mask=mask), Question(second.pixels)]


def test_a_case_holds_its_measures_and_counts_them_exactly(counting: Counting, tmp_path: Path) -> None:
    """Every map of the picture is measured, those of frequencies are not; views counted are those that were asked."""
    bare = {"checks": (), "limits": (), "robustness": False}
    counting.counted = 0

    cases = list(xaifake.explain_many(counting, questions(), methods=METHODS, measures=MEASURES, calls=160, **bare))

    masked, plain = (case for case in cases if isinstance(case, Case))
    assert counting.counted == masked.forwards + plain.forwards
    assert {measure.method for measure in masked.measures} == set(METHODS) - {"bands"}
    assert {m.name for m in masked.measures} - {m.name for m in plain.measures} == {"relevance_mass", "pointing_game"}
    saved = json.loads(xaifake.save_case(masked, tmp_path, "masked").read_text("utf-8"))["measures"]
    assert [measure["values"] for measure in saved] == [dict(measure.values) for measure in masked.measures]


def test_true_maps_of_the_plants_do_better_than_chance(counting: Counting) -> None:
    """Occlusion of the planted detector deletes sooner, agrees with the plants, and is where attacks get further."""
    case = xaifake.explain(
        counting,
        planted_picture(3).pixels,
        methods=["occlusion"],
        regions=36,
        checks=(),
        limits=(),
        robustness=False,
        measures=["deletion", "insertion", "mu_fidelity", "adversarial:samples=20:steps=8"],
    )
    told = {measure.name: measure.values for measure in case.measures}

    assert told["deletion"]["median_share"] < told["deletion"]["median_share_random"]
    assert told["insertion"]["median_share"] > told["insertion"]["median_share_random"]
    assert told["mu_fidelity"]["spearman"] > told["mu_fidelity"]["random_95"]
    assert told["adversarial"]["logit_3"] > told["adversarial"]["logit_3_random"]
