"""The audit's sections in a real Chromium: read in light, dark and print, on a phone, with every table open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audits_made import bare_audit, exhibits, named, whole_audit
from browsing import printed, requested, violations, visit
from markup import EVERYWHERE

from xaifake.records import Audit
from xaifake.report.audits.bundle import write_audit_report

pytestmark = pytest.mark.browser

MAKERS = {"whole": whole_audit, "bare": bare_audit}
WIDE = "const e = document.documentElement; return [e.scrollWidth, e.clientWidth]"
OPEN = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
CONTRAST = """
const channel = c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
const colour = text => text.match(/[\\d.]+/g).map(Number);
const behind = e => { for (; e; e = e.parentElement) { const c = colour(getComputedStyle(e).backgroundColor);
  if (c[3] !== 0) return c; } return [255, 255, 255]; };
const poor = [];
for (const e of document.querySelectorAll("section:not(#gallery):not(#case) svg text")) {
  const [a, b] = [light(colour(getComputedStyle(e).fill)), light(behind(e))];
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) poor.push([e.textContent, ratio]);
}
return poor;
"""


def opened(browser: Any, audit: Audit, folder: Path, *, width: int = 1280, dark: bool = False) -> str:
    """The page of an audit in a window of that width; its address."""
    address = write_audit_report(audit, exhibits(8) if audit.performance else (), folder / "audit.html").as_uri()
    visit(browser, address, width=width, dark=dark)
    return address


@pytest.fixture(params=MAKERS.values(), ids=MAKERS.keys())
def make(request: pytest.FixtureRequest) -> Callable[[], Audit]:
    return request.param  # type: ignore[no-any-return] # pytest's parameters have no types


def test_page_is_quiet_and_offline(browser: Any, make: Callable[[], Audit], tmp_path: Path) -> None:
    """No console message, and no request but the one for the file."""
    address = opened(browser, make(), tmp_path)
    assert browser.get_log("browser") == []
    assert requested(browser) == {address}


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_wider_than_the_window(browser: Any, make: Callable[[], Audit], width: int, tmp_path: Path) -> None:
    """Also with every table open, neither a phone nor a desktop has to scroll sideways."""
    opened(browser, make(), tmp_path, width=width)
    browser.execute_script(OPEN)
    needed, there = browser.execute_script(WIDE)
    assert needed == there


@pytest.mark.parametrize("name", ["x" * 200, EVERYWHERE])
def test_names_run_nothing_and_break_nothing(browser: Any, name: str, tmp_path: Path) -> None:
    """Names of data, groups, files, models and facts are text, and longer ones than a phone is wide are broken."""
    opened(browser, named(name), tmp_path, width=390)
    browser.execute_script(OPEN)
    needed, there = browser.execute_script(WIDE)

    assert browser.title == f"{name} · audit · xaifake"
    assert needed == there
    assert browser.get_log("browser") == []
    assert {url for url in requested(browser) if not url.startswith("file:")} == set()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(browser: Any, make: Callable[[], Audit], dark: bool, width: int, tmp_path: Path) -> None:
    """No violation of WCAG 2.2 A and AA, nor of axe's good practice, with every table open."""
    opened(browser, make(), tmp_path, width=width, dark=dark)
    browser.execute_script(OPEN)
    assert violations(browser) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_letters_in_charts_have_contrast(browser: Any, dark: bool, tmp_path: Path) -> None:
    """They stand out from their ground by at least 4.5 to 1, in light and in dark."""
    opened(browser, whole_audit(), tmp_path, dark=dark)
    assert browser.execute_script(CONTRAST) == []


def test_summary_fits_one_screen(browser: Any, make: Callable[[], Audit], tmp_path: Path) -> None:
    """At 1280 pixels across it is no higher than a tall window."""
    opened(browser, make(), tmp_path)
    assert browser.execute_script("return document.getElementById('summary').offsetHeight") < 1000


def test_print_opens_what_is_folded(browser: Any, tmp_path: Path) -> None:
    """Refused files, copies, numbers of curves and what tests were judged by stand on paper, with the report's number."""
    opened(browser, whole_audit(), tmp_path)
    text = printed(browser)

    wanted = ["faces/test/empty.png", "fingerprints differ in 3 of 64 bits", "leading size", "0.95–1.00", "xaifake report "]
    assert [one for one in wanted if one not in text] == []
