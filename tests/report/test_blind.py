"""A blind report in a real Chromium: closed to eyes, keys, search, print and screen readers until a call was noted."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browsing import focus, focused, opened, press, printed, requested, without_script
from synthetic import make_case

from xaifake.audit.reviewing import add_reviews
from xaifake.report import sentences
from xaifake.schema import case_record, record_bytes

pytestmark = pytest.mark.browser


@pytest.fixture
def downloads(browser: Any, tmp_path: Path) -> Iterator[Path]:
    """Where the browser puts what it downloads."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
    yield folder
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "default"})


def downloaded(folder: Path, name: str) -> Any:
    """The JSON that a click has just let the browser write."""
    path, patience = folder / name, time.monotonic() + 10
    while not path.exists() and time.monotonic() < patience:
        time.sleep(0.05)
    return json.loads(path.read_text(encoding="utf-8"))


def note(browser: Any, form: str, call: str, reviewer: str, notes: str) -> None:
    """Fill in a form by keyboard alone and note the call."""
    from selenium.webdriver.common.keys import Keys

    browser.execute_script("document.querySelector(arguments[0]).focus()", f"#{form} input[value={call}]")
    press(browser, " ")
    focus(browser, f"{form}-reviewer")
    press(browser, reviewer, Keys.TAB, notes, Keys.TAB, Keys.ENTER)


def spoken(browser: Any) -> str:
    """All that a screen reader can come to."""
    tree = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    return " ".join(str(node.get("name", {}).get("value", "")) for node in tree if not node["ignored"])


def test_nothing_is_given_away_before_the_call(browser: Any, tmp_path: Path) -> None:
    """No score, map, sentence, summary, title or alternative text on the page, in print, in search, or read aloud."""
    case = make_case()
    opened(browser, case, tmp_path, blind=True)
    score = sentences.score_words(case.prediction.p_fake)
    for text in (browser.find_element("tag name", "body").text, spoken(browser), printed(browser), browser.title):
        for told in (score, "strong evidence", "supports", "Grad-CAM", "regions", case.picture.name):
            assert told not in text
    assert "First your own call" in spoken(browser)
    assert "First your own call" in printed(browser)
    assert not browser.execute_script("return window.find(arguments[0])", score)
    assert browser.execute_script("return window.find('First your own call')")
    assert browser.find_elements("css selector", "#evidence, #record, .rail, a[download]") == []


def test_keys_lead_nowhere_but_through_the_form(browser: Any, tmp_path: Path) -> None:
    """Tab goes from call to name to notes to the button, and then out of the page."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, make_case(), tmp_path, blind=True)
    met = []
    for _ in range(5):
        press(browser, Keys.TAB)
        met.append(focused(browser))
    assert met == ["call", "blind-reviewer", "blind-notes", "button", "body"]


def test_the_report_opens_with_a_call_and_a_name(browser: Any, tmp_path: Path) -> None:
    """Neither alone is enough."""
    opened(browser, make_case(), tmp_path, blind=True)
    button = browser.find_element("css selector", "#blind button")
    button.click()
    focus(browser, "blind-reviewer")
    press(browser, "R. Vero")
    button.click()
    assert browser.find_elements("id", "evidence") == []
    browser.find_element("css selector", "#blind input[value=undecided]").click()
    button.click()
    assert browser.find_element("id", "evidence").is_displayed()


def test_a_noted_call_opens_the_report_and_can_be_downloaded(browser: Any, downloads: Path, tmp_path: Path) -> None:
    """Then all is there and works, the call can no longer be changed, and the file holds it as it was noted."""
    case = make_case()
    address = opened(browser, case, tmp_path, blind=True)
    before = datetime.now(UTC)
    note(browser, "blind", "REAL", "R. Vero", 'Teeth "too" even; é, </script> & 100 %')
    assert sentences.score_words(case.prediction.p_fake) in browser.find_element("id", "prediction").text
    assert browser.find_element("id", "map-gradcam").is_displayed()
    assert not browser.find_element("id", "map-shap").is_displayed()
    assert not any(field.is_enabled() for field in browser.find_elements("css selector", "#blind input, #blind textarea"))
    link = browser.switch_to.active_element
    assert link.text == "Download the review"
    link.click()
    review = downloaded(downloads, "astronaut.review.json")
    noted = datetime.fromisoformat(review.pop("noted"))
    assert abs((noted - before).total_seconds()) < 60
    assert review == {
        "schema": "xaifake.review/1",
        "case": {
            "picture_sha256": case.picture.sha256,
            "view_sha256": case.view_sha256,
            "detector_sha256": case.detector.sha256,
            "seed": case.seed,
        },
        "call": "REAL",
        "notes": 'Teeth "too" even; é, </script> & 100 %',
        "reviewer": "R. Vero",
        "blind": True,
    }
    assert browser.get_log("browser") == []
    assert requested(browser) == {address}


def test_what_a_reader_downloads_goes_into_the_case(browser: Any, downloads: Path, tmp_path: Path) -> None:
    """`xaifake review` takes the file as the browser wrote it, and the report that is drawn again shows it."""
    case = make_case()
    record = tmp_path / "astronaut.json"
    record.write_bytes(record_bytes(case_record(case)))
    opened(browser, case, tmp_path, blind=True)
    note(browser, "blind", "REAL", "R. Vero", "The teeth are too even.")
    browser.switch_to.active_element.click()
    downloaded(downloads, "astronaut.review.json")
    reviews = add_reviews(record, [downloads / "astronaut.review.json"])
    assert [(review.call, review.blind) for review in reviews] == [("REAL", True)]
    opened(browser, replace(case, reviews=reviews), tmp_path)
    row = browser.find_element("css selector", "#review tbody tr").text
    assert [word in row for word in ("R. Vero", "REAL", "not seen before", "The teeth are too even.")] == [True] * 4


def test_the_noted_call_is_printed_with_the_report(browser: Any, tmp_path: Path) -> None:
    """On paper stand the call, who made it and when, and not the empty form at the end."""
    opened(browser, make_case(), tmp_path, blind=True)
    note(browser, "blind", "REAL", "R. Vero", "")
    text = printed(browser)
    assert "Noted: REAL, R. Vero, 2" in text
    assert "Grad-CAM" in text
    assert "Your name" not in text


def test_an_ordinary_report_notes_calls_too(browser: Any, downloads: Path, tmp_path: Path) -> None:
    """At its end stands the same form, whose file says that the call was not blind."""
    opened(browser, make_case(), tmp_path)
    note(browser, "review", "FAKE", "R. Vero", "")
    browser.find_element("css selector", "#review .noted a").click()
    review = downloaded(downloads, "astronaut.review.json")
    assert (review["call"], review["notes"], review["blind"]) == ("FAKE", "", False)


def test_a_reader_may_call_again_after_the_report_has_opened(browser: Any, downloads: Path, tmp_path: Path) -> None:
    """The second call is no longer blind, and stands in a file of its own."""
    opened(browser, make_case(), tmp_path, blind=True)
    note(browser, "blind", "REAL", "R. Vero", "")
    note(browser, "review", "undecided", "R. Vero", "The maps disagree.")
    browser.find_element("css selector", "#review .noted a").click()
    review = downloaded(downloads, "astronaut.review.json")
    assert (review["call"], review["notes"], review["blind"]) == ("undecided", "The maps disagree.", False)


def test_without_script_a_blind_report_stays_closed_and_says_why(browser: Any, tmp_path: Path) -> None:
    """The picture and how to proceed, no form that could not work, and no score."""
    without_script(browser)
    case = make_case()
    opened(browser, case, tmp_path, blind=True)
    text = browser.find_element("tag name", "body").text
    assert "without --blind" in text
    assert sentences.score_words(case.prediction.p_fake) not in text
    assert not browser.find_element("css selector", "form").is_displayed()
    assert browser.find_element("id", "photograph").is_displayed()
