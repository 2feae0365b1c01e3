"""In a notebook records show themselves, and elsewhere nothing is loaded for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import numpy as np
import pytest
from audits_made import bare_audit, whole_audit
from nbclient import NotebookClient
from synthetic import make_case

from xaifake.records import Attribution
from xaifake.records.showing import Showing
from xaifake.report import notebook
from xaifake.report.audits import notebook as audits_notebook

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


class Pictures(HTMLParser):
    """The pictures of a fragment."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(fragment)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs))


class Words(HTMLParser):
    """What a fragment says, its styles, and what it would load from elsewhere."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self._parts: list[str] = []
        self.styles: list[tuple[str, str]] = []
        self.outside: list[tuple[str, str]] = []
        self.feed(fragment)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.styles.append((tag, held.get("style", "")))
        sources = [held[name] for name in ("src", "href", "srcset") if name in held]
        if tag in ("script", "link", "iframe") or any(not source.startswith("data:image/") for source in sources):
            self.outside.append((tag, " ".join(sources)))
        if "url(" in held.get("style", ""):
            self.outside.append((tag, held["style"]))

    def handle_data(self, data: str) -> None:
        self._parts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self._parts).split())


def make_attribution() -> Attribution:
    return make_case().attributions["lime"]


def test_a_case_shows_its_sentence_and_pictures() -> None:
    """The prediction in words, the photograph first, then each method with its sentence."""
    fragment = notebook.show_case(make_case())
    alts = [str(picture["alt"]) for picture in Pictures(fragment).found]
    assert "very strong" not in fragment
    assert "strong evidence, uncalibrated score" in fragment
    assert [alt.partition(":")[0] for alt in alts] == ["Photograph", "Grad-CAM", "SHAP", "LIME", "SmoothGrad"]
    assert "FAKE is supported most by" in alts[1]


def test_a_map_of_another_domain_stands_alone() -> None:
    """It is shown on its grid, not on the face."""
    case = make_case()
    dct = replace(case.attributions["gradcam"], domain="dct")
    fragment = notebook.show_case(replace(case, attributions={"gradcam": dct}))
    photograph, alone = Pictures(fragment).found
    assert str(photograph["src"]).startswith("data:image/webp")
    assert str(alone["src"]).startswith("data:image/png")


def test_an_attribution_shows_its_map() -> None:
    """The map on its native grid, with its scale; an empty one says so."""
    attribution = make_case().attributions["gradcam"]
    assert "native grid 7 × 7; strongest colour 0.2" in notebook.show_attribution(attribution)
    empty = replace(attribution, values=np.zeros((7, 7), np.float32))
    assert "no evidence above noise" in notebook.show_attribution(empty)


def test_an_audit_shows_a_small_table() -> None:
    """What was examined, what to know first, error rates with intervals, which maps to read, and the shortcuts."""
    told = Words(audits_notebook.show_audit(whole_audit())).text
    assert "The detector mobilenet.h5 scored 360 of 366 pictures" in told
    assert "Caution. Shortcut, JPEG compression" in told
    assert "AUC 0.932 (0.906 to 0.958)" in told
    assert "SHAP: hiding what the map calls strongest did what it should on 48 of 60 pictures." in told
    assert "◆ JPEG compression: Confirmed (quality 75 beyond the control, labelled REAL: +1.00" in told
    assert "Screening aid. Not a finding about any picture." in told


def test_an_audit_says_what_it_lacks() -> None:
    """Without labels and tests the table says so instead of saying nothing."""
    told = Words(audits_notebook.show_audit(bare_audit())).text
    assert "Not measurable here: the data set has no labels" in told
    assert "No maps were tested" in told
    assert "No shortcut was tested" in told


@pytest.mark.parametrize("make", [make_case, make_attribution, whole_audit])
def test_nothing_is_loaded_from_anywhere(make: Callable[[], Showing]) -> None:
    """Every picture lies in the fragment itself; no script, style sheet, link or frame is asked for."""
    assert {tag for tag, _ in Words(make()._repr_html_()).outside} == set()


@pytest.mark.parametrize("make", [make_case, make_attribution, whole_audit])
def test_a_dark_notebook_keeps_its_colours(make: Callable[[], Showing]) -> None:
    """No fragment sets a colour of letters or of its ground; only pictures have a ground of their own."""
    found = {
        (tag, part.split(":")[0].strip())
        for tag, style in Words(make()._repr_html_()).styles
        for part in style.split(";")
        if part.split(":")[0].strip() in ("color", "background", "background-color")
        and part.split(":")[1].strip() not in ("inherit", "none")
    }
    assert found <= {("img", "background")}


def test_hostile_names_are_escaped() -> None:
    """A model's file name is text in a notebook too, in a case and in an audit."""
    audit = whole_audit()
    audit = replace(audit, detector=replace(audit.detector, path="<script>x.h5"))
    for fragment in (make_case(model="<script>x.h5")._repr_html_(), audit._repr_html_()):
        assert "<script>" not in fragment
        assert "&lt;script&gt;x.h5" in fragment


def test_records_know_nothing_of_drawing() -> None:
    """Making a record loads neither templates nor figures; looking at it loads templates alone."""
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from synthetic import make_case\n"
        "case = make_case()\n"
        "there = lambda: [name for name in ('jinja2', 'matplotlib', 'IPython') if name in sys.modules]\n"
        "print(there()); case._repr_html_(); print(there())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines() == ["[]", "['jinja2']"]


def test_a_real_kernel_shows_records_and_figures() -> None:
    """In a notebook the three records are shown as HTML, and their figures as pictures, without any setting up."""
    making = "from audits_made import whole_audit; from synthetic import make_case; case, audit = make_case(), whole_audit()"
    cells = (
        f"import sys; sys.path.insert(0, 'tests'); {making}",
        *("case", "case.attributions['lime']", "audit"),
        *("case.plot()", "case.attributions['lime'].plot()", "audit.plot('roc', width=3.3)"),
        "import matplotlib.pyplot\ncase.plot('lime')",  # the kernel's own way of showing figures is at work from here on
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    _, *shown = ([sorted(output.data) for output in cell.outputs] for cell in notebook.cells)
    assert shown == [[["text/html", "text/plain"]]] * 3 + [[["image/png", "text/plain"]]] * 4
    (figure,) = notebook.cells[4].outputs
    assert figure.metadata["image/png"]["width"] == pytest.approx(6.9 * 96)
