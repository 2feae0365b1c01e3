"""Reviews come into the case that they are of, all of them or none, and nothing else of it changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from xaifake.audit.reviewing import add_reviews
from xaifake.audit.saving import load_case, save_case
from xaifake.audit.stored import EMBEDDED
from xaifake.errors import CaseError
from xaifake.records import Case, Review

pytestmark = pytest.mark.slow


def review_of(case: Case, /, **changed: Any) -> dict[str, Any]:
    """What a report lets its reader download."""
    about = {
        "picture_sha256": case.picture.sha256,
        "view_sha256": case.view_sha256,
        "detector_sha256": case.detector.sha256,
        "seed": case.seed,
    }
    noted = {"notes": "The left eye.\nTwice.", "reviewer": "B. Reader", "noted": "2026-11-21T16:00:00.123Z", "blind": True}
    return {"schema": "xaifake.review/1", "case": about, "call": "FAKE", **noted, **changed}


def written(folder: Path, *reviews: object) -> list[Path]:
    paths = [folder / f"{number}.review.json" for number in range(len(reviews))]
    for path, review in zip(paths, reviews, strict=True):
        path.write_text(json.dumps(review), "utf-8")
    return paths


def test_reviews_come_into_their_case(case: Case, out: Path) -> None:
    """They stand behind those that were there, and the case opens as it was but for them."""
    path = save_case(case, out)
    before = json.loads(path.read_text("utf-8"))
    added = add_reviews(path, written(out, review_of(case), review_of(case, reviewer="C", call="REAL", blind=False)))
    assert added == load_case(path).reviews[1:]
    assert added[0] == Review("FAKE", "The left eye.\nTwice.", "B. Reader", "2026-11-21T16:00:00.123Z", True)
    assert load_case(path).reviews[0] == case.reviews[0]
    after = json.loads(path.read_text("utf-8"))
    assert {**after, "reviews": None} == {**before, "reviews": None}


def test_a_review_comes_once(case: Case, out: Path) -> None:
    """The same review again, in one call or in two, is refused, and so are those with it."""
    path = save_case(case, out)
    first, again, other = written(out, review_of(case), review_of(case), review_of(case, reviewer="C"))
    unchanged = path.read_bytes()
    with pytest.raises(CaseError, match=r"holds this review already.*1\.review\.json"):
        add_reviews(path, [first, again])
    assert unchanged == path.read_bytes()
    add_reviews(path, [first])
    unchanged = path.read_bytes()
    with pytest.raises(CaseError, match="holds this review already"):
        add_reviews(path, [other, first])
    assert unchanged == path.read_bytes()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"schema": "xaifake.review/2"}, "lets its reader download"),
        ({"score": 0.5}, "lets its reader download"),
        ({"case": {}}, "of another case: picture_sha256"),
        ({"case": None}, "of another case: picture_sha256"),
        ({"call": "fake"}, r"call must be FAKE or REAL or undecided\. Received: fake"),
        ({"call": ["FAKE"]}, "call must be"),
        ({"notes": "a" * 20_001}, "notes must be text of up to 20,000"),
        ({"notes": None}, "notes must be"),
        ({"reviewer": "a" * 201}, "reviewer must be text of up to 200"),
        ({"noted": "yesterday"}, "noted must be a time"),
        ({"noted": 5}, "noted must be a time"),
        ({"blind": 1}, "blind must be true or false"),
    ],
)
def test_what_is_no_review_is_refused(case: Case, out: Path, changed: dict[str, Any], sentence: str) -> None:
    """Each field that is not what a report writes is named, and the case stays as it is."""
    path = save_case(case, out)
    unchanged = path.read_bytes()
    with pytest.raises(CaseError, match=sentence) as caught:
        add_reviews(path, written(out, review_of(case, **changed)))
    assert "\n" not in str(caught.value)
    assert unchanged == path.read_bytes()


def test_a_review_of_another_case_is_refused(case: Case, out: Path) -> None:
    """Another seed is another case, and the refusal says by what."""
    path = save_case(case, out)
    other = review_of(case)
    other["case"]["seed"] += 1
    with pytest.raises(CaseError, match=r"another case: seed is not that of the case.*0\.review\.json"):
        add_reviews(path, written(out, other))


def test_reviews_go_into_a_json(case: Case, out: Path) -> None:
    """A report is no place for reviews: it is drawn from the JSON."""
    report = out / "face.html"
    report.write_text(f"<html>{EMBEDDED}>{save_case(case, out).read_text('utf-8')}</script></html>", "utf-8")
    with pytest.raises(CaseError, match=r"into the JSON of a case.*face\.html"):
        add_reviews(report, written(out, review_of(case)))
