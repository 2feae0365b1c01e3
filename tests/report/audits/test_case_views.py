"""One picture of an audit in words: its sentence, why it needs eyes, and its tables."""

from __future__ import annotations

import json
from dataclasses import replace

from exhibits_made import many

from xaifake.records import Exhibit
from xaifake.report.audits.case_views import CaseView, check_words


def view(exhibit: Exhibit) -> CaseView:
    return CaseView(exhibit, "net.h5", "ab" * 32, 0.5)


def test_unusable_pictures_say_why() -> None:
    """The sentence is the error, and the score a dash."""
    told = view(many(1)[0])
    assert ("–", "The picture cannot be read.") == (told.score, told.sentence)
    assert "0000.jpg: it could not be scored." == told.told


def test_reasons_say_why_a_picture_needs_eyes() -> None:
    """Against its label, borderline, disagreement, out of scope: all that hold, though the order takes the first."""
    one = replace(
        many(2)[0],
        logit=0.1,
        outcome="FP",
        checks={"shap": {"agrees": "did not hold up"}},
        limits=("blur",),
    )
    assert ("wrong", "borderline", "disagreement", "out_of_scope") == view(one).reasons
    assert "against its label, borderline, methods disagree, out of scope" == view(one).reason_words
    assert () == view(replace(one, logit=6.0, outcome="TP", checks={}, limits=())).reasons


def test_label_is_a_whole_sentence() -> None:
    """What is heard of a picture in the gallery: name, score, label and call, and why it needs eyes."""
    one = replace(many(2)[0], logit=3.0, outcome="FP", checks={}, limits=())
    assert "0000.jpg: score 0.95 for FAKE; labelled REAL, called FAKE. Needs eyes: against its label." == view(one).told


def test_case_view_has_every_table() -> None:
    """Parts by magnitude, tests in their order with marks and words, copies that change sides, facts without gaps."""
    one = replace(
        many(12, 12)[0],
        logit=1.0,
        parts={"nose": 0.1, "mouth": -0.4},
        checks={"shap": {"mattered": "held up", "adds_up": "mixed"}, "": {"random_maps": "held up"}},
        robustness={"jpeg 50": -1.0, "warp 3": 2.0},
        facts={"width": 640, "unheard_of": "x"},
    )
    data = view(one).data
    assert [["mouth", "REAL", "−0.400", 1.0], ["nose", "FAKE", "+0.100", 0.25]] == data["parts"]
    told = check_words([one])
    assert ["Adds up", "The place mattered", "Random maps fail"] == list(told["titles"].values())
    assert {"SHAP": {"mattered": 0, "adds_up": 1, "random_maps": 0}} == data["checks"]
    assert [["●", "Held up"], ["◐", "Mixed"]] == told["outcomes"][:2]
    assert ["JPEG 50", "0.26", "−1.00", "◆ changes to REAL"] == data["copies"][0]
    assert ["warp 3", "0.88", "+2.00", ""] == data["copies"][1]
    assert ("width", "640") in map(tuple, data["facts"])
    assert ("unheard_of", "x") in map(tuple, data["facts"])
    assert "None" not in json.dumps(data["facts"])


def test_controls_alone_speak_for_all_methods() -> None:
    """Where only the tests' controls are known, their outcomes stand under all methods."""
    data = view(replace(many(2)[0], checks={"": {"random_maps": "held up"}})).data
    assert {"All methods": {"random_maps": 0}} == data["checks"]


def test_scope_is_told() -> None:
    """A picture outside of a limit says so beside its score, and wherever it is quoted."""
    data = view(replace(many(2)[0], limits=("blur",))).data
    assert "outside what the detector was checked on (Blur)" in data["scope"]
    assert data["scope"] in data["further"]
