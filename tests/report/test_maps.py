"""Maps of a page in a real Chromium: tabs, switches and sliders do what they say, by keyboard too, and without script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import focus, focused, opened, picture, press, without_script
from synthetic import gradcam, make_case
from unsettled import TURNED, unsettled_case

from xaifake.records import Box, Case

pytestmark = pytest.mark.browser

METHODS = ["gradcam", "shap", "lime", "smoothgrad"]


def grey() -> Case:
    """Evidence for both sides on a plain grey picture: whatever has a colour is evidence."""
    return make_case(np.full((128, 128, 3), 128, np.uint8), attributions=[gradcam(Box(0, 0, 128, 128), (128, 128))])


SEEN = """
const isDisplayed = e => !e || getComputedStyle(e).display !== "none" && isDisplayed(e.parentElement);
return [...document.querySelectorAll(arguments[0])]
  .filter(e => isDisplayed(e) && getComputedStyle(e).visibility === "visible").map(e => e.getAttribute("class"));
"""


def seen(browser: Any, selector: str) -> list[str]:
    """The classes of those elements that are displayed and visible; Chromium's checkVisibility errs on groups in SVG."""
    return list(browser.execute_script(SEEN, selector))


def maps(browser: Any) -> list[str]:
    """The methods whose maps are shown."""
    return [id_ for id_ in METHODS if browser.find_element("id", f"map-{id_}").is_displayed()]


def excess(drawing: Any, channel: int) -> int:
    """How far red (0) or blue (2) stands out from the other one at most."""
    return int((drawing[..., channel] - drawing[..., 2 - channel]).max())


def test_tabs_are_chosen_by_arrow_keys(browser: Any, tmp_path: Path) -> None:
    """One tab is in the tab order; arrows go round, Home and End go to the ends, and one map shows at a time, or all."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, make_case(), tmp_path)
    focus(browser, "tab-gradcam")
    for key, tab, shown in (
        (Keys.ARROW_RIGHT, "tab-shap", ["shap"]),
        (Keys.END, "tab-all", METHODS),
        (Keys.ARROW_RIGHT, "tab-gradcam", ["gradcam"]),
        (Keys.ARROW_LEFT, "tab-all", METHODS),
        (Keys.ARROW_LEFT, "tab-smoothgrad", ["smoothgrad"]),
        (Keys.HOME, "tab-gradcam", ["gradcam"]),
    ):
        press(browser, key)
        assert (focused(browser), maps(browser)) == (tab, shown)
        chosen = browser.find_elements("css selector", "[role=tab][aria-selected=true][tabindex='0']")
        assert [one.get_attribute("id") for one in chosen] == [tab]
    press(browser, Keys.TAB)
    panel = browser.switch_to.active_element
    assert (panel.aria_role, panel.accessible_name) == ("tabpanel", "Grad-CAM")


@pytest.mark.parametrize("width", [390, 1280])
def test_all_maps_have_the_size_of_the_photograph(browser: Any, width: int, tmp_path: Path) -> None:
    """Beside each other for comparison, the photograph first."""
    opened(browser, make_case(), tmp_path, width=width)
    browser.find_element("id", "tab-all").click()
    wells = browser.find_elements("css selector", ".maps .well:not(.whole *)")
    assert len(wells) == 5
    assert len({(well.rect["width"], well.rect["height"]) for well in wells}) == 1


def test_photograph_and_map_have_the_same_size(browser: Any, tmp_path: Path) -> None:
    """The photograph stands first, without anything on it, and the map beside it is as large."""
    opened(browser, make_case(), tmp_path)
    plain = browser.find_element("css selector", ".maps > figure .well")
    drawn = browser.find_element("css selector", "#map-gradcam .well")
    assert (plain.rect["width"], plain.rect["height"], plain.rect["y"]) == (
        drawn.rect["width"],
        drawn.rect["height"],
        drawn.rect["y"],
    )
    assert plain.rect["x"] < drawn.rect["x"]
    assert seen(browser, ".maps > figure .layer, .maps > figure .contours") == []


def test_slider_uncovers_the_photograph(browser: Any, tmp_path: Path) -> None:
    """At 100 the map covers all of it, at 0 nothing, and in between what lies left of the line."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, grey(), tmp_path)
    assert excess(picture(browser, "#map-gradcam .stack"), 0) > 20
    focus(browser, "compare")
    press(browser, Keys.HOME)
    bare = picture(browser, "#map-gradcam .stack")[:, 8:]  # beside the line itself
    assert np.ptp(bare.reshape(-1, 3), axis=0).tolist() == [0, 0, 0]
    press(browser, *[Keys.PAGE_UP] * 5)
    assert browser.find_element("id", "compare").get_attribute("value") == "50"
    half = picture(browser, "#map-gradcam .stack")
    middle = half.shape[1] // 2
    assert excess(half[:, : middle - 4], 0) > 20
    assert excess(half[:, middle + 8 :], 0) == 0


def test_slider_follows_a_pointer_on_the_picture(browser: Any, tmp_path: Path) -> None:
    """Pressing on the map brings the line there."""
    from selenium.webdriver.common.action_chains import ActionChains

    opened(browser, make_case(), tmp_path)
    stack = browser.find_element("css selector", "#map-gradcam .stack")
    across = round(stack.rect["width"] / 4)
    ActionChains(browser).move_to_element_with_offset(stack, -across, 0).click().perform()
    assert browser.find_element("id", "compare").get_attribute("value") == "25"


def test_only_fake_hides_what_supports_real(browser: Any, tmp_path: Path) -> None:
    """Orange stays, blue goes, with its lines and its words on the bar; and both come back."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, grey(), tmp_path)
    both = picture(browser, "#map-gradcam .stack")
    assert excess(both, 0) > 20
    assert excess(both, 2) > 20
    assert "supports REAL" in browser.find_element("id", "map-gradcam").text
    focus(browser, "sides-both")
    press(browser, Keys.ARROW_RIGHT)
    fake = picture(browser, "#map-gradcam .stack")
    assert excess(fake, 0) > 20
    assert excess(fake, 2) <= 0
    assert seen(browser, "#map-gradcam .evidence .real") == []
    assert "supports REAL" not in browser.find_element("id", "map-gradcam").text
    press(browser, Keys.ARROW_LEFT)
    assert np.array_equal(picture(browser, "#map-gradcam .stack"), both)


def test_contours_come_and_go(browser: Any, tmp_path: Path) -> None:
    """Lines about the strongest 5, 10 and 20 % on both sides, dashed where they support REAL; a switch takes them away."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, make_case(), tmp_path)
    lines = seen(browser, "#map-gradcam .contours > g")
    assert {"fake top5", "fake top10", "fake top20", "real top20"} <= set(lines)
    dashes = "return getComputedStyle(document.querySelector(arguments[0])).strokeDasharray"
    assert browser.execute_script(dashes, "#map-gradcam .contours .fake") == "none"
    assert browser.execute_script(dashes, "#map-gradcam .contours .real") == "7px, 4px"
    focus(browser, "contours")
    press(browser, Keys.SPACE)
    assert seen(browser, ".contours > g[class*=top]") == []
    press(browser, Keys.SPACE)
    assert seen(browser, "#map-gradcam .contours > g") == lines


def test_scale_and_look_switch_by_keyboard(browser: Any, tmp_path: Path) -> None:
    """Arrow keys change them, and one layer of Grad-CAM for each side shows in each state, with lines that fit it."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, make_case(), tmp_path)
    focus(browser, "scale-common")
    for keys, state in (
        ([], "common smooth"),
        ([Keys.ARROW_RIGHT], "own smooth"),
        ([Keys.TAB, Keys.ARROW_RIGHT], "own cells"),
        ([Keys.ARROW_LEFT], "own smooth"),
    ):
        press(browser, *keys)
        assert seen(browser, "#map-gradcam .layer:not(.ramp *)") == [f"layer {state} fake", f"layer {state} real"]
        assert seen(browser, "#map-gradcam .evidence > .contours") == [f"contours {state.split()[1]}"]


def test_native_cells_show_the_true_resolution(browser: Any, tmp_path: Path) -> None:
    """Seven rows of cells are seven rows of one colour each, without a colour between two of them."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, grey(), tmp_path)
    focus(browser, "look-smooth")
    press(browser, Keys.ARROW_RIGHT)
    browser.find_element("id", "contours").click()
    column = picture(browser, "#map-gradcam .stack")[4:-4, 250]
    steps = np.flatnonzero((np.diff(column, axis=0) != 0).any(axis=1))
    assert 3 <= len(steps) <= 6
    places = (steps + 5) / (len(column) + 8) * 7
    assert np.abs(places - np.round(places)).max() < 0.05


def test_opacity_slides_by_keyboard(browser: Any, tmp_path: Path) -> None:
    """The slider takes arrow, Home and End keys, and the evidence follows down to nothing."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, make_case(), tmp_path)
    focus(browser, "opacity")
    opacity = "return getComputedStyle(document.querySelector('.evidence .layer.smooth')).opacity"
    assert browser.execute_script(opacity) == "0.6"
    press(browser, Keys.ARROW_RIGHT)
    assert browser.execute_script(opacity) == "0.61"
    press(browser, Keys.HOME)
    assert browser.execute_script(opacity) == "0"
    assert browser.find_element("tag name", "output").text == "0 %"


@pytest.mark.parametrize(("where", "key"), [("hide", " "), ("hide", "h"), ("opacity", "H")])
def test_map_is_hidden_while_a_key_is_held(browser: Any, where: str, key: str, tmp_path: Path) -> None:
    """Held, the photograph is bare; let go, the map is back."""
    from selenium.webdriver.common.action_chains import ActionChains

    opened(browser, grey(), tmp_path)
    focus(browser, where)
    ActionChains(browser).key_down(key).perform()
    assert np.ptp(picture(browser, "#map-gradcam .stack").reshape(-1, 3), axis=0).tolist() == [0, 0, 0]
    ActionChains(browser).key_up(key).perform()
    assert excess(picture(browser, "#map-gradcam .stack"), 0) > 20


def test_the_key_means_nothing_elsewhere(browser: Any, tmp_path: Path) -> None:
    """Whoever writes an h into the form hides nothing."""
    from selenium.webdriver.common.action_chains import ActionChains

    opened(browser, make_case(), tmp_path)
    focus(browser, "review-notes")
    ActionChains(browser).key_down("h").perform()
    assert browser.find_elements("css selector", ".held") == []
    ActionChains(browser).key_up("h").perform()


HATCHED = """
const [method, size, step] = arguments;
const path = document.querySelector(`#map-${method} .hatched`);
if (!path) return null;
const { width, height } = path.ownerSVGElement.viewBox.baseVal, inside = [];
for (let row = 0; row < size; row += step) for (let column = 0; column < size; column += step)
  inside.push(path.isPointInFill(new DOMPoint((column + .5) / size * width, (row + .5) / size * height)));
return inside;
"""


def test_exactly_what_is_not_settled_is_hatched(browser: Any, tmp_path: Path) -> None:
    """Regions within their errors, and regions that other seeds turn; of the others nothing but at their very borders."""
    case = unsettled_case()
    opened(browser, case, tmp_path)
    lime = np.isin(np.arange(49), TURNED)
    for method, unsettled in (("shap", case.attributions["shap"].unsettled), ("lime", lime)):
        regions = np.asarray(case.attributions[method].regions)[::4, ::4]
        browser.find_element("id", f"tab-{method}").click()
        drawn = np.reshape(browser.execute_script(HATCHED, method, 128, 4), (32, 32))
        assert np.mean(drawn == unsettled[regions]) > 0.97
        assert f"{unsettled.sum()} of 49 regions are hatched" in browser.find_element("id", f"map-{method}").text
    browser.find_element("id", "tab-gradcam").click()
    assert browser.execute_script(HATCHED, "gradcam", 128, 4) is None


def test_settled_maps_have_no_hatching_in_their_legend(browser: Any, tmp_path: Path) -> None:
    """What no map has is not explained."""
    opened(browser, make_case(), tmp_path)
    assert "Hatched" not in browser.find_element("class name", "legend").text
    opened(browser, unsettled_case(), tmp_path)
    assert "Hatched" in browser.find_element("class name", "legend").text


def test_where_nothing_is_settled_there_is_no_evidence(browser: Any, tmp_path: Path) -> None:
    """All hatched: no colour, no line, no bar, and the words say so."""
    case = unsettled_case()
    shap = replace(case.attributions["shap"], region_errors=np.full(49, 9, np.float32))
    opened(browser, replace(case, attributions={"shap": shap}), tmp_path)
    map_ = browser.find_element("id", "map-shap")
    assert "no evidence above noise: no region keeps its sign" in map_.text
    assert map_.find_elements("css selector", ".layer, .contours path, .bar") == []
    assert browser.execute_script(HATCHED, "shap", 128, 4) == [True] * 32**2


def test_page_works_without_script(browser: Any, tmp_path: Path) -> None:
    """Without JavaScript all maps show, the switches work, and what could not work is not there."""
    without_script(browser)
    opened(browser, make_case(), tmp_path)
    assert maps(browser) == METHODS
    for dead in ("opacity", "compare", "hide", "tab-shap", "review-notes"):
        assert not browser.find_element("id", dead).is_displayed()
    layer = browser.find_element("css selector", "#map-gradcam .layer.own.smooth.fake")
    assert not layer.is_displayed()
    browser.find_element("id", "scale-own").click()
    assert layer.is_displayed()
    lines = browser.find_element("css selector", "#map-gradcam .contours.smooth")
    assert lines.is_displayed()
    browser.find_element("id", "contours").click()
    assert not lines.is_displayed()
