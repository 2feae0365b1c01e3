"""The page in a real Chromium: quiet, offline, safe, accessible, and no wider than a phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import focused, opened, press, requested, violations
from doubts import doubtful, provenance
from engines import linear, view_of
from markup import EVERYWHERE
from synthetic import all_methods, astronaut, make_case, parts
from unsettled import unsettled_case

from xaifake.explainers.bands import Bands
from xaifake.game.region_game import new_game
from xaifake.letters import in_a_text
from xaifake.records import Assumption, Box, Case, Omission, Review

pytestmark = pytest.mark.browser

BOX = Box(30, 150, 180, 290)
HOSTILE = f"{EVERYWHERE} \u202egpj\u2066\x1b[2J\x00\ud800"


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
    case = make_case(assumptions=(Assumption(HOSTILE, HOSTILE, HOSTILE),))
    lime = replace(case.attributions["lime"], diagnostics={HOSTILE: HOSTILE})
    face = replace(case.face, picture=replace(case.picture, name=HOSTILE, path=HOSTILE, notes=(HOSTILE,)))
    return replace(
        case,
        face=replace(face, locator=HOSTILE),
        detector=replace(case.detector, path=HOSTILE),
        attributions={**case.attributions, "lime": lime},
        versions={HOSTILE: HOSTILE},
        omissions=(Omission(HOSTILE, HOSTILE),),
        reviews=(Review("FAKE", HOSTILE, HOSTILE, HOSTILE, blind=True),),
        provenance=replace(provenance(), command=(HOSTILE,), started=HOSTILE, machine={HOSTILE: HOSTILE}),
    )


KINDS = {
    "face": make_case,
    "box": boxed,
    "parts": parted,
    "bands": banded,
    "unsettled": unsettled_case,
    "doubtful": doubtful,
    "hostile": hostile,
}


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
def make(request: pytest.FixtureRequest) -> Callable[[], Case]:
    return request.param  # type: ignore[no-any-return] # pytest's parameters have no types


@pytest.mark.parametrize("blind", [False, True], ids=["open", "blind"])
def test_page_is_quiet_and_offline(browser: Any, make: Callable[[], Case], blind: bool, tmp_path: Path) -> None:
    """No console message, and no request but the one for the file."""
    address = opened(browser, make(), tmp_path, blind=blind)
    assert browser.get_log("browser") == []
    assert requested(browser) == {address}


def test_hostile_names_run_nothing(browser: Any, tmp_path: Path) -> None:
    """Names made of markup are shown as text: no script of theirs runs and no element of theirs exists.

    What would turn the names about, or is not seen, stands there as an escape.
    """
    opened(browser, hostile(), tmp_path)
    assert browser.title == f"{in_a_text(HOSTILE)} · xaifake"
    assert browser.execute_script("return document.images.length + document.scripts.length") == 2


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_wider_than_the_window(browser: Any, make: Callable[[], Case], width: int, tmp_path: Path) -> None:
    """Neither a phone nor a desktop has to scroll sideways."""
    opened(browser, make(), tmp_path, width=width)
    needed, there = browser.execute_script("const e = document.documentElement; return [e.scrollWidth, e.clientWidth]")
    assert needed == there


def test_tab_reaches_every_control_in_the_order_of_the_page(browser: Any, tmp_path: Path) -> None:
    """Links, switches, sliders, the chosen tab and its map, the form: whatever is operable, from top to bottom."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, make_case(), tmp_path)
    met = []
    while (now := focused(browser)) != "review-notes" and len(met) < 200:
        met.append(now)
        press(browser, Keys.TAB)
    wanted = [
        "scale-common",
        "look-smooth",
        "sides-both",
        "contours",
        "compare",
        "opacity",
        "hide",
        "tab-gradcam",
        "map-gradcam",
    ]
    assert [id_ for id_ in met if id_ in wanted] == wanted
    assert met[-1] == "review-reviewer"


FOCUS = """
const shows = e => { const s = getComputedStyle(e); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2; };
const e = document.activeElement;
return shows(e) || shows(e.nextElementSibling ?? e);
"""


def test_focus_is_seen_wherever_it_is(browser: Any, tmp_path: Path) -> None:
    """Each stop of the Tab key has a line about it, or about its label."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, make_case(), tmp_path)
    press(browser, Keys.TAB)
    while focused(browser) != "review-notes":
        assert browser.execute_script(FOCUS), focused(browser)
        press(browser, Keys.TAB)


@pytest.mark.parametrize(
    ("make_one", "blind"),
    [(unsettled_case, False), (unsettled_case, True), (doubtful, False)],
    ids=["unsettled", "blind", "doubtful"],
)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(
    browser: Any, make_one: Callable[[], Case], blind: bool, dark: bool, width: int, tmp_path: Path
) -> None:
    """No violation of WCAG 2.2 A and AA, nor of axe's good practice, as far as a program can tell."""
    opened(browser, make_one(), tmp_path, width=width, dark=dark, blind=blind)
    assert violations(browser) == []


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
def test_text_has_contrast(browser: Any, make: Callable[[], Case], dark: bool, tmp_path: Path) -> None:
    """All text, also within drawings, stands out from its ground by at least 4.5 to 1, in light and in dark."""
    opened(browser, make(), tmp_path, dark=dark)
    assert browser.execute_script(CONTRAST) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pictures_stand_on_the_same_grey(browser: Any, dark: bool, tmp_path: Path) -> None:
    """The well behind a picture is neutral and does not follow the theme, so neither do its colours."""
    opened(browser, boxed(), tmp_path, dark=dark)
    grounds = "return [...document.querySelectorAll('.well')].map(well => getComputedStyle(well).backgroundColor)"
    assert set(browser.execute_script(grounds)) == {"rgb(125, 125, 125)"}


def test_nothing_moves_for_those_who_asked_for_less_motion(browser: Any, tmp_path: Path) -> None:
    """Going to a section glides only where the reader has nothing against it."""
    behaviour = "return getComputedStyle(document.documentElement).scrollBehavior"
    opened(browser, make_case(), tmp_path)
    assert browser.execute_script(behaviour) == "auto"
    features = [{"name": "prefers-reduced-motion", "value": "no-preference"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    assert browser.execute_script(behaviour) == "smooth"
