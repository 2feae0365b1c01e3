"""The printed report: everything, whatever was chosen on the screen, and on every page of which report it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from browsing import focus, opened, pages, press
from synthetic import make_case
from unsettled import unsettled_case

from xaifake.report.html import render

pytestmark = pytest.mark.browser


def test_all_methods_are_printed(browser: Any, tmp_path: Path) -> None:
    """Also those whose tab is not chosen, each with its bar, its lines and its hatching's meaning."""
    opened(browser, unsettled_case(), tmp_path)
    text = " ".join("".join(pages(browser)).split())
    assert [text.count(f"{method} ") > 0 for method in ("Photograph", "Grad-CAM", "SHAP", "LIME", "SmoothGrad")] == [
        True
    ] * 5
    assert text.count("supports REAL") >= 4
    assert "Hatched: the sign is not settled" in text


def test_a_map_that_was_slid_away_is_printed_whole(browser: Any, tmp_path: Path) -> None:
    """The slider is for the screen: on paper nobody could move it back."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, make_case(), tmp_path)
    focus(browser, "compare")
    press(browser, Keys.HOME)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    clip = "return getComputedStyle(document.querySelector('#map-shap .evidence')).clipPath"
    assert browser.execute_script(clip) in {"inset(0px)", "inset(0px 0% 0px 0px)"}


def test_controls_are_not_printed(browser: Any, tmp_path: Path) -> None:
    """Nothing that only a screen can answer: switches, sliders, tabs, buttons, forms and the list of sections."""
    opened(browser, make_case(), tmp_path)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    found = browser.find_elements("css selector", "input, button, textarea, [role=tab], .rail, .divider")
    assert found
    assert [element.tag_name for element in found if element.is_displayed()] == []


def test_every_page_says_of_which_report_it_is(browser: Any, tmp_path: Path) -> None:
    """The report's id and the page's number stand at its foot."""
    case = make_case()
    opened(browser, case, tmp_path)
    (report,) = set(re.findall(r"xaifake report (\w{12})", render(case)))
    printed = pages(browser)
    assert len(printed) > 1
    for number, page in enumerate(printed, 1):
        assert f"xaifake report {report}" in page
        assert f"{number} / {len(printed)}" in page


def test_what_is_folded_is_printed_open(browser: Any, tmp_path: Path) -> None:
    """Technical sentences stand behind a fold on the screen, and in full on paper."""
    opened(browser, make_case(), tmp_path)
    folded = browser.find_element("css selector", "details:not([open]) p")
    words = folded.get_attribute("textContent")
    assert not folded.is_displayed()
    assert " ".join(words.split()) in " ".join("".join(pages(browser)).split())
