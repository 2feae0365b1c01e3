"""The page in a real Chromium: pictures explained, compared and audited, refused in words, taken away, and never mixed."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import requested, violations
from PIL import Image
from visiting import Visitor

from xaifake.app.settings import DEMO
from xaifake.audit.saving import case_bytes, case_of
from xaifake.demo.pictures import write_labelled
from xaifake.images import read_picture
from xaifake.report.html import render
from xaifake.report.plots import png_of_case

pytestmark = [pytest.mark.browser, pytest.mark.keras]

EDITED, ORIGINAL = (Path(DEMO).with_name(name) for name in ("edited.png", "original.png"))
HOSTILE = "<script>document.title='x'<script>.png"
PAGES = ("", "compare", "audit", "about")


@pytest.fixture
def visitor(browser: Any, served: str, tmp_path: Path) -> Visitor:
    return Visitor(browser, served, tmp_path)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A picture whose name would be markup if it were not escaped."""
    path = tmp_path / HOSTILE
    path.write_bytes(EDITED.read_bytes())
    return path


def test_upload_explain_and_take_away(visitor: Visitor, hostile: Path) -> None:
    """A picture is explained by its upload, and each download is what the library writes; its name runs nothing."""
    visitor.goes().asks_little().sends(hostile)
    visitor.presses("Explain")
    frame = visitor.report()
    shown = frame.get_attribute("srcdoc")
    stem = "script_document.title_x_script"
    html, record, maps, figure = (
        visitor.takes(label, f"{stem}.{ending}")
        for label, ending in (("Report", "html"), ("JSON", "json"), ("Maps as NPZ", "npz"), ("Figure as PNG", "png"))
    )

    case = case_of(record, maps, read_picture(hostile), "download")
    assert shown == html.decode() == render(case)
    assert (record, maps) == case_bytes(case)
    assert figure == png_of_case(case)
    assert visitor.sees("scored this picture 0.94 for FAKE", "Caution.")
    assert visitor.reads.index("Caution.") < visitor.reads.index("Download")
    assert (visitor.browser.title, frame.get_attribute("title")) == ("Explain · xaifake", f"The report on {HOSTILE}")
    assert {address.split("/")[2] for address in requested(visitor.browser)} == {visitor.address.split("/")[2]}


def test_the_report_in_the_page_is_whole(visitor: Visitor) -> None:
    """In its frame another method can be chosen, links lead to sections, and nothing scrolls; other pages stay quick."""
    visitor.goes().asks_little().presses("Explain the two example pictures")
    visitor.waits(lambda: visitor.sees("You may leave this page"))
    visitor.turns_to("About")
    visitor.waits(lambda: visitor.sees("How to read a heatmap"))
    visitor.turns_to("Explain")
    frame, browser = visitor.report(), visitor.browser

    browser.switch_to.frame(frame)
    browser.execute_script("document.getElementById('tab-lime').click()")  # wherever the page's own header lies
    panels = browser.find_elements("css selector", "[role=tabpanel]")
    displayed = [one.get_attribute("id") for one in panels if one.is_displayed()]
    needed, there = browser.execute_script("const e = document.documentElement; return [e.scrollHeight, innerHeight]")
    browser.execute_script("document.querySelector(\"a[href='#checks']\").click()")
    place = browser.execute_script("return [location.href, document.activeElement.id]")
    browser.switch_to.default_content()

    assert displayed == ["map-lime"]
    assert needed <= there
    assert place == ["about:srcdoc", "checks"]
    assert browser.execute_script("return document.querySelector('.stMain').scrollTop") > 0
    visitor.waits(lambda: visitor.sees("1 of 2: edited.png") or "1 of 2" in _chosen(visitor))


def _chosen(visitor: Visitor) -> str:
    """What the list of pictures shows, once there are two."""
    script = "return [...document.querySelectorAll('input[role=combobox]')].map(one => one.value).join(' ')"
    return str(visitor.browser.execute_script(script))


def test_files_that_cannot_be_used(visitor: Visitor, tmp_path: Path) -> None:
    """What is no picture, too large in bytes or in pixels is said beside its name, in words, and the rest is explained."""
    bad, huge, wide = (tmp_path / name for name in ("bad.png", "huge.png", "wide.png"))
    bad.write_text("no picture")
    huge.write_bytes(bytes(2**20 + 1))
    Image.new("1", (20_000, 20_000)).save(wide)
    visitor.goes().sends(bad, huge, wide, EDITED)
    visitor.waits(lambda: visitor.sees("bad.png", "huge.png", "wide.png", "edited.png"))
    told = visitor.waits(lambda: len(refused(visitor)) == 2 and refused(visitor))

    assert [one.splitlines()[0] for one in told] == ["bad.png", "wide.png"]
    assert all("Received:" in one and "Traceback" not in one for one in told)
    assert "or smaller." in visitor.browser.page_source  # the uploader itself says so
    ready = (
        "return [...document.querySelectorAll('button')].some(one => one.innerText.trim() === 'Explain' && !one.disabled)"
    )
    assert visitor.waits(lambda: visitor.browser.execute_script(ready))


def test_a_picture_without_a_face(visitor: Visitor, tmp_path: Path) -> None:
    """Where the detector is fed with faces, a picture that has none is said so beside its name."""
    grey = tmp_path / "grey.png"
    Image.new("RGB", (256, 256), "grey").save(grey)
    visitor.goes().asks_little().chooses("Detector", "faces.keras")
    visitor.sends(grey)
    visitor.presses("Explain")
    (told,) = visitor.waits(lambda: refused(visitor))

    assert told.splitlines()[0] == "Not explained: grey.png"
    assert "face" in told.splitlines()[1]


def refused(visitor: Visitor) -> list[str]:
    """Every refusal that the page shows."""
    return [one.text for one in visitor.browser.find_elements("css selector", ".refused")]


def test_two_visitors_at_once(visitor: Visitor) -> None:
    """Each sees a report on the own picture and not on the other's, though both are explained at the same time."""
    browser, first = visitor.browser, visitor.browser.current_window_handle
    visitor.goes().asks_little().sends(EDITED)
    visitor.presses("Explain")
    browser.switch_to.new_window("tab")
    visitor.goes().asks_little().sends(ORIGINAL)
    visitor.presses("Explain")
    titles = [visitor.report().get_attribute("title")]
    assert not visitor.sees("edited.png")
    browser.close()
    browser.switch_to.window(first)
    titles.append(visitor.report().get_attribute("title"))

    assert titles == ["The report on original.png", "The report on edited.png"]
    assert not visitor.sees("original.png")


def test_compare_a_picture_with_its_original(visitor: Visitor) -> None:
    """Both scores stand side by side, and the report shows what restoring does."""
    visitor.goes("compare").asks_little().sends(EDITED)
    visitor.sends(ORIGINAL, place=1)
    visitor.presses("Compare")
    frame = visitor.report()

    assert visitor.sees("The picture in question: edited.png", "0.94", "as it was laid over it: original.png", "0.03")
    assert 'id="map-restoration"' in frame.get_attribute("srcdoc")


def test_audit_a_zip(visitor: Visitor, tmp_path: Path) -> None:
    """A small zip is audited stage by stage; the report is shown, and everything can be taken away as one zip."""
    write_labelled(tmp_path / "set", pairs=3)
    archive = tmp_path / "faces.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted((tmp_path / "set").rglob("*.png")):
            packed.write(path, path.relative_to(tmp_path / "set").as_posix())
    visitor.goes("audit").sends(archive)
    visitor.fills("Pictures to explain whole, about", "0")
    visitor.presses("Audit")
    visitor.waits(lambda: visitor.sees("data set read") or visitor.sees("every picture scored"))
    shown = visitor.report().get_attribute("srcdoc")
    taken = visitor.takes("Everything as one zip", "audit.zip")

    with zipfile.ZipFile(io.BytesIO(taken)) as opened:
        assert {"audit.html", "audit.json", "rows.csv"} <= set(opened.namelist())
        assert opened.read("audit.html").decode() == shown
        assert json.loads(opened.read("audit.json"))["schema"] == "xaifake.audit/1"


def test_stop(visitor: Visitor) -> None:
    """What runs can be stopped, and the page says so."""
    visitor.goes("audit").presses("Audit 24 example pictures")
    visitor.presses("Stop")
    visitor.waits(lambda: visitor.sees("Stopped."))
    assert not visitor.sees("Beginning.")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_accessible(visitor: Visitor, width: int, dark: bool) -> None:
    """By axe there is nothing but one minor thing in Streamlit's own uploader, and no page has to be scrolled sideways."""
    for page in PAGES:
        visitor.goes(page, width=width, dark=dark)
        found = [(rule, impact) for rule, impact, _ in violations(visitor.browser)]
        # the uploader's <section role="presentation"> takes the focus, for dropped files: markup of Streamlit's own
        assert set(found) <= {("presentation-role-conflict", "minor")}, page
        sideways = "const e = document.documentElement; return e.scrollWidth - e.clientWidth"
        assert visitor.browser.execute_script(sideways) == 0


def test_results_are_accessible(visitor: Visitor) -> None:
    """Neither is there any serious finding where a report is shown."""
    visitor.goes(width=390, dark=True).asks_little().presses("Explain the two example pictures")
    visitor.report()
    assert {impact for _, impact, _ in violations(visitor.browser)} <= {"minor"}


def test_colours_are_the_reports(visitor: Visitor) -> None:
    """Page and report have the same paper, light or dark as the visitor's system is."""
    ground = "return getComputedStyle(document.querySelector('.stApp')).backgroundColor"
    grounds = [visitor.goes("about", dark=dark).browser.execute_script(ground) for dark in (False, True)]
    assert [np.array(one[4:-1].split(","), int).tolist() for one in grounds] == [[251, 250, 247], [22, 23, 26]]
