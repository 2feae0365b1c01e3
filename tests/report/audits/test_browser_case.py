"""The case view in a real Chromium: what belongs to its picture, its tabs, and the colours of its maps."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from audits_made import whole_audit
from browsing import focused, press, visit
from exhibits_made import in_plane, many
from galleries import shown, slot, told, written

from xaifake.records import Exhibit, Shown

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report with sixty pictures."""
    return written(many(60, 24), tmp_path_factory.mktemp("gallery"))


def test_case_view_goes_through_what_the_filter_leaves(browser: Any, page: str) -> None:
    """Next and previous keep to the filter, and end with it."""
    visit(browser, f"{page}#gallery&outcome=FN")
    names = shown(browser)
    browser.execute_script("document.querySelector('#gallery .exhibits a').click()")
    time.sleep(0.2)
    met = [slot(browser, "name")]
    while browser.execute_script("return !document.querySelector('[data-step=\"1\"]').disabled"):
        browser.execute_script("document.querySelector('[data-step=\"1\"]').click()")
        time.sleep(0.1)
        met.append(slot(browser, "name"))
    assert names == met


def test_case_view_shows_what_belongs_to_its_picture(browser: Any, page: str) -> None:
    """Sentence, digest, tables and link are those of the picture in the address, wherever its chunk lies."""
    for one in (many(60, 24)[3], many(60, 24)[40], many(60, 24)[59]):
        visit(browser, f"{page}#case={one.entry.id[:12]}")
        assert (one.name, True) == (slot(browser, "name"), one.entry.id in slot(browser, "caption"))
        parts = browser.execute_script("return document.querySelectorAll('#case [data-part=parts] tbody tr').length")
        assert len(one.parts) == parts
        link = browser.execute_script(
            "const p = document.querySelector('#case [data-part=page]');"
            "return p.hidden ? null : p.firstChild.getAttribute('href')"
        )
        assert one.page == link
        if one.error:
            assert one.error in slot(browser, "sentences")
        else:
            assert one.entry.id in slot(browser, "quote")
            assert whole_audit().detector.sha256 in slot(browser, "quote")


def test_tabs_choose_the_method(browser: Any, page: str) -> None:
    """Arrow keys choose the next method's map, which stays chosen, here and in the gallery."""
    from selenium.webdriver.common.keys import Keys

    visit(browser, f"{page}#case={many(60, 24)[3].entry.id[:12]}")
    browser.execute_script("document.getElementById('case-tab-gradcam').focus()")
    press(browser, Keys.ARROW_RIGHT)
    time.sleep(0.2)
    assert ("case-tab-shap", "SHAP") == (focused(browser), slot(browser, "method"))
    assert "shap" == browser.execute_script("return document.querySelector('[data-map]').value")
    assert "map: SHAP" in told(browser)


COLOUR = """
const canvas = document.querySelector("#case [data-slot=pane] canvas"), [x, y] = arguments;
return [...canvas.getContext("2d").getImageData(x * canvas.width, y * canvas.height, 1, 1).data];
"""
"""The colour at a place of the map from near, as shares of its sides."""


def lone(values: np.ndarray, tmp_path: Path, *, cells: bool = True) -> str:
    """A report of one picture with that map."""
    one = many(3)[0]
    return written(
        [
            Exhibit(
                one.entry,
                one.name,
                logit=1.0,
                outcome="TP",
                image=one.image,
                maps=(Shown("gradcam", values, "logit per cell", cells=cells),),
            )
        ],
        tmp_path,
    )


def test_browser_draws_the_program_s_colours(browser: Any, tmp_path: Path) -> None:
    """Orange for FAKE, blue for REAL, as strong as in a case's report; nothing for nothing; stripes where not settled."""
    from xaifake.report.colours import colours

    values = np.array([[1.0, -0.5, 0.0], [0.25, np.nan, -1.0], [0.0, 0.0, 0.0]], np.float32)
    visit(browser, lone(values, tmp_path))
    for row, column in np.ndindex(3, 3):
        seen = browser.execute_script(COLOUR, (column + 0.5) / 3, (row + 0.5) / 3)
        if np.isnan(values[row, column]):
            continue
        wanted = colours(values[row, column : column + 1], 1.0)[0].tolist()
        assert np.abs(np.subtract(seen, wanted)).max() <= 3, (row, column)
    stripes = {tuple(browser.execute_script(COLOUR, 0.4 + step / 224, 0.5)) for step in range(12)}
    assert {(0, 0, 0, 255), (255, 255, 255, 255)} <= stripes


def test_only_fake_leaves_out_what_speaks_for_real(browser: Any, tmp_path: Path) -> None:
    """The switch takes away the blue side and leaves the orange one, in both views at once."""
    visit(browser, lone(np.array([[1.0, -1.0]], np.float32), tmp_path))
    browser.execute_script("document.querySelector('#gallery [data-set=sides][value=fake]').click()")
    assert browser.execute_script(COLOUR, 0.25, 0.5)[3] == 255
    assert browser.execute_script(COLOUR, 0.75, 0.5)[3] == 0
    assert browser.execute_script("return document.querySelector('#case [data-set=sides][value=fake]').checked")


def test_look_and_scale_are_drawn_anew(browser: Any, tmp_path: Path) -> None:
    """Between two cells a grid is interpolated, or not; a map's own scale uses all colours."""
    visit(browser, lone(np.array([[1.0, 0.0]], np.float32), tmp_path, cells=False))
    middle = browser.execute_script(COLOUR, 0.5, 0.5)[3]
    assert 100 < middle < 160
    browser.execute_script("document.querySelector('#case [data-set=look][value=cells]').click()")
    assert 0 == browser.execute_script(COLOUR, 0.5, 0.5)[3]


def test_opacity_is_one_for_all(browser: Any, page: str) -> None:
    """The slider of one view moves that of the other, and all maps."""
    visit(browser, page)
    browser.execute_script(
        "const s = document.querySelector('#case [data-set=opacity]'); s.value = 10;"
        "s.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    assert ["10", "10 %"] == browser.execute_script(
        "const s = document.querySelector('#gallery [data-set=opacity]'); return [s.value, s.nextElementSibling.value]"
    )
    assert "0.1" == browser.execute_script("return getComputedStyle(document.querySelector('#case .pane canvas')).opacity")


def test_maps_among_frequencies_stand_alone(browser: Any, tmp_path: Path) -> None:
    """A map of another domain is never laid on the photograph."""
    exhibits = in_plane(many(4))
    visit(browser, f"{written(exhibits, tmp_path)}#case={exhibits[0].entry.id[:12]}")
    seen = "return [...document.querySelectorAll('.pane.alone img')].every(e => getComputedStyle(e).display === 'none')"
    assert browser.execute_script("return document.querySelectorAll('#case .pane.alone').length") == 1
    assert browser.execute_script(seen)
    assert "no place on the picture" in slot(browser, "grid")
