"""The documentation site: written pages are what they are made of, and it builds without a warning or an outside file."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browsing import violations, visit

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
FETCHED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


@pytest.mark.parametrize(
    ("script", "function", "written"),
    [
        ("make_cli_reference.py", "page", "reference/command_line.md"),
        ("make_decisions.py", "page", "decisions/index.md"),
        ("make_house.py", "picture", "pictures/house.svg"),
    ],
)
def test_written_page_is_what_it_is_made_of(script: str, function: str, written: str) -> None:
    """Whoever changes a flag, a decision or a layer runs the script again: python scripts/NAME."""
    made = runpy.run_path(str(ROOT / "scripts" / script))[function]()
    assert made == (DOCS / written).read_text(encoding="utf-8")


def test_house_shows_every_layer_once() -> None:
    """The drawing names the rooms of setup.cfg, from the roof down, and no others."""
    floors = runpy.run_path(str(ROOT / "scripts" / "make_house.py"))["floors"]()
    drawn = re.findall(
        r'<text x="[\d.]+" y="\d+">(\w+)</text>', (DOCS / "pictures" / "house.svg").read_text(encoding="utf-8")
    )
    assert [room for floor in floors for room in floor] == drawn


def test_links_lead_to_pages() -> None:
    """No link leaves docs/, where a code host would follow it and the site could not."""
    links = [(page, link) for page in DOCS.rglob("*.md") for link in LINK.findall(page.read_text(encoding="utf-8"))]
    places = [(page.name, link, (page.parent / link).resolve()) for page, link in links if "://" not in link]
    assert len(places) > 100
    assert [(page, link) for page, link, place in places if DOCS not in place.parents or not place.is_file()] == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as scripts/docs builds it: a warning ends it."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder


class Fetched(HTMLParser):
    """The addresses of what a page fetches by itself; where its links lead is another matter."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if told.get("rel") != "canonical" and (address := told.get(FETCHED.get(tag, ""))):
            self.addresses.append(address)


@pytest.mark.slow
def test_site_fetches_nothing_from_outside(site: Path) -> None:
    """Scripts, styles, fonts and pictures of every page lie within the site."""
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 60
    for page in pages:
        fetched = Fetched()
        fetched.feed(page.read_text(encoding="utf-8"))
        assert [one for one in fetched.addresses if "//" in one] == [], page.name
    for style in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)[\s\"']*(?:https?:)?//", style.read_text(encoding="utf-8")) == []


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "page", ["index.html", "architecture.html", "reference/library.html", "reference/command_line.html"]
)
def test_axe_finds_nothing_serious(browser: Any, site: Path, page: str, width: int, dark: bool) -> None:
    """No serious finding of axe, and no page is wider than its window."""
    visit(browser, (site / page).as_uri(), width=width, dark=dark)
    grave = [found for found in violations(browser) if found[1] in {"serious", "critical"}]
    assert grave == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
