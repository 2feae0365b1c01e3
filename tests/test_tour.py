"""What the tour and the how-tos tell people to type, typed; and the pictures that texts show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from typed import ROOT, script_of, typed

DOCS = ROOT / "docs"
HOW_TOS = sorted((DOCS / "how_to").glob("*.md"))
TEXTS = [
    DOCS / f"{name}.md" for name in ("tour", "how_to_read_a_heatmap", "what_you_may_not_conclude", "security")
] + HOW_TOS
SHOWN = re.compile(r"!\[([^]]*)\]\(([^)]+)\)")


def test_a_document_is_typed_as_it_stands() -> None:
    """Shell lines are typed, save those that want what is not at hand; named blocks become files; others are read."""
    document = "```sh\npip install x\nxaifake demo \\\n  -o out\n```\n```toml\n# a.toml\nb = 1\n```\n```text\nout\n```\n"
    assert script_of(document) == "xaifake demo    -o out\ncat > a.toml <<'END'\n# a.toml\nb = 1\nEND"


@pytest.mark.keras
def test_tour_runs(tmp_path: Path) -> None:
    """The tour's commands run in their order, and say and leave what the tour quotes."""
    said = typed(DOCS / "tour.md", tmp_path)
    assert "scored this picture 0.94 for FAKE (threshold 0.50): very strong evidence, uncalibrated score." in said
    assert "max-jpeg-flip  outside" in said
    left = {path.name for path in (tmp_path / "tour").iterdir()}
    assert {"faces", "my.toml", "xaifake-demo", "xaifake-out", "audit", "mine.keras", "mine"} <= left


@pytest.mark.keras
@pytest.mark.parametrize("document", HOW_TOS, ids=lambda path: path.stem)
def test_how_to_runs(document: Path, tmp_path: Path) -> None:
    """Every command of a how-to runs as it stands, beginning in an empty folder."""
    assert script_of(document.read_text(encoding="utf-8"))
    typed(document, tmp_path)


def test_base_rates_are_computed(tmp_path: Path) -> None:
    """The table of what an alarm is worth holds what the code above it prints."""
    document = DOCS / "what_you_may_not_conclude.md"
    rows = re.findall(
        r"^\| 1 in [\d,]+ \| (.+) % \| (.+) % \| (.+) % \|$", document.read_text(encoding="utf-8"), re.MULTILINE
    )
    printed = [re.findall(r"([\d.]+)%", line)[1:] for line in typed(document, tmp_path).splitlines()]
    assert len(rows) == 4
    assert printed == [list(row) for row in rows]


@pytest.mark.parametrize("document", HOW_TOS, ids=lambda path: path.stem)
def test_how_to_is_short(document: Path) -> None:
    """A how-to has one title and at most 60 lines."""
    lines = document.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60
    assert lines[0].startswith("# ")


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: path.stem)
def test_pictures_are_there_light_and_told(document: Path) -> None:
    """Each picture that a text shows is there, says in words what it shows, and is a PNG of at most 250 KB."""
    for told, address in SHOWN.findall(document.read_text(encoding="utf-8")):
        path = document.parent / address
        assert len(told) >= 20
        assert path.stat().st_size <= 250_000
        with Image.open(path) as picture:
            assert picture.format == "PNG"


def test_every_picture_is_shown() -> None:
    """No picture of the script that draws them is left over."""
    shown = {address.rpartition("/")[2] for document in TEXTS for _, address in SHOWN.findall(document.read_text("utf-8"))}
    drawn = {path.name for kind in ("tour", "heatmap") for path in (DOCS / "pictures").glob(f"{kind}_*.png")}
    assert drawn == {name for name in shown if name.startswith(("tour_", "heatmap_"))}


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: path.stem)
def test_links_lead_somewhere(document: Path) -> None:
    """Each relative link of a text leads to a file in docs/."""
    for address in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8")):
        if "://" not in address:
            assert (document.parent / address).is_file(), address
            assert (document.parent / address).resolve().is_relative_to(DOCS)
