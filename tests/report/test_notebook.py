"""In a notebook a case and an attribution show themselves, and elsewhere nothing is loaded for it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from synthetic import make_case

from xaifake.report import notebook

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


def test_hostile_names_are_escaped() -> None:
    """A model's file name is text in a notebook too."""
    fragment = notebook.show_case(make_case(model="<script>x.h5"))
    assert "<script>" not in fragment
    assert "&lt;script&gt;x.h5" in fragment


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["IPython", "jinja2", "PIL"])
def test_registering_loads_nothing_elsewhere(name: str) -> None:
    """Without a running notebook registering does nothing and imports nothing."""
    code = f"import sys; from xaifake.report import notebook; notebook.register(); print({name!r} in sys.modules)"
    assert run(code) == "False"


def test_registering_without_a_shell_does_nothing() -> None:
    """IPython imported but not running is no notebook."""
    assert run("import IPython; from xaifake.report import notebook; print(notebook.register())") == "None"


@pytest.mark.slow
def test_a_running_shell_shows_both_records() -> None:
    """After registering, IPython's own formatter draws a case and an attribution by name."""
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "from xaifake.report import notebook; notebook.register()\n"
        "from synthetic import make_case\n"
        "case = make_case()\n"
        "for record in (case, case.attributions['lime']):\n"
        "    print(shell.display_formatter.format(record)[0]['text/html'].lstrip()[:4])\n"
    )
    assert run(code).split() == ["<div", "<div"]
