"""Figures as files: text that is text, pictures as they are, the same bytes every time, and nobody's state."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib as mpl
import pypdfium2
import pytest
from matplotlib.figure import Figure
from PIL import Image
from synthetic import make_case

from xaifake.report import paper
from xaifake.report.plots import png_of_case

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def saved(figure: Figure, kind: str) -> bytes:
    memory = io.BytesIO()
    figure.savefig(memory, format=kind)
    return memory.getvalue()


def test_a_vector_file_holds_text_and_the_photographs_own_pixels() -> None:
    """The sentence, the titles and the units can be selected in a PDF, and the photograph lies in it as it is."""
    page = pypdfium2.PdfDocument(saved(make_case().plot("lime"), "pdf"))[0]
    told = " ".join(page.get_textpage().get_text_range().split())
    assert "The detector mobilenet.h5 scored this picture" in told
    assert "Photograph LIME" in told
    assert "logits per 1 % of the area" in told
    sizes = [one.get_px_size() for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=4)]
    assert sizes.count((192, 192)) >= 2


def test_svg_text_is_text() -> None:
    """An SVG file has its words as text, and loads nothing."""
    told = saved(make_case().plot(), "svg").decode()
    assert ">SmoothGrad</text>" in told
    assert "supports FAKE</text>" in told
    assert 'href="http' not in told


@pytest.mark.parametrize("kind", ["png", "pdf", "svg"])
def test_the_same_case_gives_the_same_file(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file tells when it was made, and no id in it comes from chance."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    first = saved(make_case().plot("lime"), kind)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert saved(make_case().plot("lime"), kind) == first
    assert b"1970" not in first


def test_the_apps_picture_does_not_hang_on_settings() -> None:
    """The PNG of a case is 6.9 inches at 300 dots an inch, the same bytes whatever somebody's own style is."""
    first = png_of_case(make_case())
    assert Image.open(io.BytesIO(first)).width == 2070
    with mpl.rc_context({"font.family": "serif", "axes.facecolor": "red", "lines.linewidth": 9}):
        assert png_of_case(make_case()) == first


def test_hostile_names_are_only_names() -> None:
    """A model's file name is neither a formula nor markup."""
    figure = make_case(model=r"models/$\frac{1$<script>&.h5").plot("lime")
    assert r"$\frac{1$<script>&.h5" in figure.texts[0].get_text().replace("\n", " ")
    told = saved(figure, "svg").decode()
    assert "<script>" not in told
    assert "&lt;script&gt;&amp;.h5" in told


def test_visitors_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Matplotlib's settings are the process's: of threads that ask at once, one at a time has changed them."""
    before, seen, inside = dict(mpl.rcParams), [], []

    def watched(_: Figure) -> bytes:
        inside.append(1)
        time.sleep(0.02)
        seen.append(len(inside))
        inside.pop()
        return b""

    monkeypatch.setattr(paper, "png", watched)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(png_of_case, [make_case()] * 4))
    assert seen == [1, 1, 1, 1]
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", ["W" * 150, "i" * 300, "two words " * 20])
def test_long_names_stay_on_the_page(name: str) -> None:
    """A name of wide letters, of narrow ones, or of words is broken into lines that fit, none needlessly short."""
    figure = paper.stacked([paper.Words(name, 3.3)], 3.3)
    (text,) = figure.texts
    figure.draw_without_rendering()
    assert "".join(name.split()) == "".join(text.get_text().split())
    assert 0.8 < text.get_window_extent().x1 / figure.bbox.width <= 1


def test_no_figure_is_left_behind() -> None:
    """Figures are nobody's current figure: pyplot and its state are not even loaded."""
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from synthetic import make_case\n"
        "case = make_case()\n"
        "print('matplotlib' in sys.modules)\n"
        "case.plot()._repr_png_()\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "False"]
