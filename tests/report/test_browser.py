"""The page in a real Chromium: quiet, offline, safe, usable by keyboard, and no wider than a phone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines import linear, view_of
from synthetic import all_methods, astronaut, make_case, parts

from xaifake.explainers.bands import Bands
from xaifake.game.region_game import new_game
from xaifake.records import Assumption, Box, Case
from xaifake.report.html import write_report

pytestmark = pytest.mark.browser

BOX = Box(30, 150, 180, 290)
HOSTILE = '</script><script>document.title="run"</script><img src=x onerror="document.title=\'run\'">'
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium with a profile of its own, which logs its console and its network."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium and chromedriver are not installed")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    found.get("about:blank")  # where Chromium starts with its new-tab page, that page's requests end here
    yield found
    found.quit()


def boxed() -> Case:
    picture = astronaut(whole=True)
    return make_case(picture, box=BOX, attributions=all_methods(BOX, picture.shape[:2]))


def parted() -> Case:
    """A face in a picture whose parts were asked, hidden and restored, exact and estimated."""
    picture, box = astronaut(whole=True), Box(20, 128, 212, 320)
    restored = parts(box, picture.shape[:2], method="restored_parts", exact=False)
    return make_case(picture, box=box, attributions=[parts(box, picture.shape[:2]), restored])


def banded() -> Case:
    """A face whose spectrum was asked too, by a detector of its pixels' sum."""
    view = view_of(astronaut().astype(np.float32)[::2, ::2])
    attributions = Bands().explain(linear(size=view.pixels.shape[:2]), [new_game(view)], seed=0)
    return make_case(view.face.picture.pixels, attributions=attributions)


def hostile() -> Case:
    case = make_case(assumptions=(Assumption(HOSTILE, HOSTILE, HOSTILE),), model=HOSTILE)
    lime = replace(case.attributions["lime"], diagnostics={HOSTILE: HOSTILE})
    face = replace(case.face, picture=replace(case.picture, name=HOSTILE, path=HOSTILE, notes=(HOSTILE,)))
    return replace(case, face=face, attributions={**case.attributions, "lime": lime}, versions={HOSTILE: HOSTILE})


def opened(browser: Any, case: Case, folder: Path, *, width: int = 1200, dark: bool = False) -> str:
    """The page of a case in a window of that width; its address."""
    path = write_report(case, folder / "report.html")
    features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(path.as_uri())
    return str(path.as_uri())


def requested(browser: Any) -> set[str]:
    """The addresses that the page asked for, data in the page itself left out."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = {e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"}
    return {url for url in sent if not url.startswith("data:")}


def shown(browser: Any, method: int) -> list[str]:
    """The classes of the layers that are visible in the picture of a method, by its place in the row."""
    script = (
        "return [...document.querySelectorAll('.panels > figure')[arguments[0]].querySelectorAll('.well .layer')]"
        ".filter(layer => getComputedStyle(layer).display !== 'none').map(layer => layer.getAttribute('class'))"
    )
    return list(browser.execute_script(script, method))


def press(browser: Any, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    for key in keys:
        ActionChains(browser).send_keys(key).perform()


@pytest.mark.parametrize(
    "make", [make_case, boxed, parted, banded, hostile], ids=["face", "box", "parts", "bands", "hostile"]
)
def test_page_is_quiet_and_offline(browser: Any, make: Any, tmp_path: Path) -> None:
    """No console message, and no request but the one for the file."""
    address = opened(browser, make(), tmp_path)
    assert browser.get_log("browser") == []
    assert requested(browser) == {address}


def test_hostile_names_run_nothing(browser: Any, tmp_path: Path) -> None:
    """Names made of markup are shown as text: no script of theirs runs and no element of theirs exists."""
    opened(browser, hostile(), tmp_path)
    assert browser.title == f"{HOSTILE} · xaifake"
    assert browser.execute_script("return document.images.length + document.scripts.length") == 2


@pytest.mark.parametrize(
    "make", [make_case, boxed, parted, banded, hostile], ids=["face", "box", "parts", "bands", "hostile"]
)
@pytest.mark.parametrize("width", [390, 768, 1200])
def test_nothing_is_wider_than_the_window(browser: Any, make: Any, width: int, tmp_path: Path) -> None:
    """Neither a phone nor a desktop has to scroll sideways."""
    opened(browser, make(), tmp_path, width=width)
    needed, there = browser.execute_script("const e = document.documentElement; return [e.scrollWidth, e.clientWidth]")
    assert needed == there


def test_scale_and_look_switch_by_keyboard(browser: Any, tmp_path: Path) -> None:
    """Tab reaches the switches, arrow keys change them, and exactly one layer of Grad-CAM shows in each state."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, make_case(), tmp_path)
    assert shown(browser, 1) == ["layer common smooth"]
    press(browser, Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("id") == "scale-common"
    press(browser, Keys.ARROW_RIGHT)
    assert shown(browser, 1) == ["layer own smooth"]
    press(browser, Keys.TAB, Keys.ARROW_RIGHT)
    assert shown(browser, 1) == ["layer own cells"]
    press(browser, Keys.ARROW_LEFT)
    assert shown(browser, 1) == ["layer own smooth"]


def test_opacity_slides_by_keyboard(browser: Any, tmp_path: Path) -> None:
    """The slider takes arrow, Home and End keys, and the evidence follows down to nothing."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, make_case(), tmp_path)
    press(browser, Keys.TAB, Keys.TAB, Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("id") == "opacity"
    opacity = "return getComputedStyle(document.querySelector('.well .layer.smooth')).opacity"
    assert browser.execute_script(opacity) == "0.6"
    press(browser, Keys.ARROW_RIGHT)
    assert browser.execute_script(opacity) == "0.61"
    press(browser, Keys.HOME)
    assert browser.execute_script(opacity) == "0"
    assert browser.find_element("tag name", "output").text == "0 %"


def test_page_works_without_script(browser: Any, tmp_path: Path) -> None:
    """Without JavaScript the evidence shows, the switches work, and the slider, which could not, is not there."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened(browser, make_case(), tmp_path)
        assert not browser.find_element("id", "opacity").is_displayed()
        layer = browser.find_element("css selector", "figure:nth-child(2) .layer.own.smooth")
        assert not layer.is_displayed()
        browser.find_element("id", "scale-own").click()
        assert layer.is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


CONTRAST = """
const channel = c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
const colour = text => text.match(/[\\d.]+/g).map(Number);
const behind = e => { for (; e; e = e.parentElement) { const c = colour(getComputedStyle(e).backgroundColor);
  if (c[3] !== 0) return c; } return [255, 255, 255]; };
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const poor = [];
while (walker.nextNode()) {
  const e = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || ["SCRIPT", "STYLE"].includes(e.tagName)) continue;
  const style = getComputedStyle(e);
  const [a, b] = [light(colour(e.closest("svg") ? style.fill : style.color)), light(behind(e))];
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) poor.push([walker.currentNode.data.trim(), ratio]);
}
return poor;
"""


@pytest.mark.parametrize("make", [boxed, parted, banded], ids=["box", "parts", "bands"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_has_contrast(browser: Any, make: Any, dark: bool, tmp_path: Path) -> None:
    """All text stands out from its ground by at least 4.5 to 1, WCAG 2 AA, in light and in dark."""
    opened(browser, make(), tmp_path, dark=dark)
    assert browser.execute_script(CONTRAST) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pictures_stand_on_the_same_grey(browser: Any, dark: bool, tmp_path: Path) -> None:
    """The well behind a picture is neutral and does not follow the theme, so neither do its colours."""
    opened(browser, boxed(), tmp_path, dark=dark)
    grounds = "return [...document.querySelectorAll('.well')].map(well => getComputedStyle(well).backgroundColor)"
    assert set(browser.execute_script(grounds)) == {"rgb(125, 125, 125)"}
