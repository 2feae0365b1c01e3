"""The page of a comparison: what it says, and that it says nothing that nobody knows."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from comparisons_made import IDS, NAMES, bare, comparison, pair

from xaifake.audit_schema import comparison_bytes
from xaifake.records import Comparison
from xaifake.report.audits.comparison import findings, lines, render, write_comparison_report
from xaifake.report.wording import claims

pytestmark = pytest.mark.slow


def text_of(page: str) -> str:
    """What stands between the tags."""
    return re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL))


@pytest.fixture(scope="module")
def page() -> str:
    """A whole comparison, with one of its three disputed pictures."""
    return render(comparison(), {IDS[0]: np.zeros((300, 200, 3), np.uint8)})


def test_every_section_is_there(page: str) -> None:
    """In the order in which a sceptical reader needs them."""
    assert re.findall(r'<section id="([\w-]+)"', page) == ["summary", "rates", "pairs", "maps", "disagreements", "facts"]


def test_it_runs_and_loads_nothing(page: str) -> None:
    """No script, and nothing but what lies in the file itself."""
    assert "<script" not in page
    assert "default-src &#39;none&#39;" in page
    assert set(re.findall(r'(?:src|href)="(?!#)(\w+):', page)) == {"data"}


def test_names_of_files_are_no_markup(page: str) -> None:
    """A detector may be called anything."""
    assert NAMES[1] not in page
    assert "&lt;b&gt;second&lt;/b&gt;" in page


def test_it_claims_no_more_than_scores_can_carry(page: str) -> None:
    """The linter of wording reads what a person reads, of both pages."""
    assert [] == claims(text_of(page))
    assert [] == claims(text_of(render(bare(), {})))


def test_the_same_comparison_gives_the_same_bytes(page: str) -> None:
    """Nothing is drawn at random, nothing asks for the time."""
    assert page == render(comparison(), {IDS[0]: np.zeros((300, 200, 3), np.uint8)})


def test_charts_have_titles_and_tables(page: str) -> None:
    """Each drawing says what it is, and each curve stands in a table."""
    assert page.count('role="img"') == page.count("aria-label=") - page.count('role="group"') - 1 + page.count(
        "aria-labelledby="
    )
    assert "REAL called FAKE, at most" in text_of(page)


def test_a_disputed_picture_without_a_copy_is_told_all_the_same(page: str) -> None:
    """Three are listed, one is shown."""
    assert page.count('alt="Display copy of') == 1
    assert all(f"{at}.png" in page for at in range(3))


def test_what_to_know_first() -> None:
    """Who is at chance, who is better than whom, the clearest first, and what failed."""
    told = findings(replace(comparison(), pairs=(pair(*NAMES[:2], p_value=0.01), pair(NAMES[2], NAMES[0], -0.3))))
    assert told[0] == "Not shown to do better than chance on these pictures: third."
    assert told[1].startswith(
        "first tells FAKE from REAL better than third: the area under its ROC curve is larger by 0.300"
    )
    assert told[2].startswith("first tells FAKE from REAL better than <b>second</b>")
    assert "third could not score 4 of 360 pictures" in told[3]


def test_of_many_differences_the_clearest_are_told() -> None:
    """The others are counted."""
    many = replace(comparison(), pairs=tuple(pair(*NAMES[:2], p_value=p / 1000) for p in range(1, 8)))
    told = findings(many)
    assert sum("tells FAKE from REAL better" in one for one in told) == 4
    assert "Pairs that differ beside these: 3; all stand below." in told


def test_detectors_whose_maps_lie_on_no_picture_are_named() -> None:
    """Nobody shall think that they were averaged too."""
    without = replace(comparison(), maps=comparison().maps[:2])
    assert "Not here, since their maps do not lie on pictures: third." in text_of(render(without, {}))


def test_no_difference_is_not_called_likeness() -> None:
    """Where no pair differs by more than chance, that is what is said."""
    alike = replace(comparison(), pairs=(pair(*NAMES[:2], 0.01, 0.4),))
    assert any("No two detectors differ" in told for told in findings(alike))
    assert "That does not show that they are alike" in text_of(render(alike, {}))


def test_without_labels_nothing_is_rated() -> None:
    """Agreement is all that is known, and it is not called correctness."""
    told = text_of(render(bare(), {}))
    assert "Not measurable here" in told
    assert "Agreement is not correctness" in told
    assert "ROC" not in told


def test_a_terminal_reads_the_same() -> None:
    """Each detector's area, then the findings."""
    told = lines(comparison())
    assert told[0].startswith("first: AUC 0.9")
    assert told[5:] == findings(comparison())


def test_the_record_is_in_the_page_and_beside_it(page: str, tmp_path: Path) -> None:
    """As JSON that any program reads, in a schema that has a name."""
    record = json.loads(comparison_bytes(comparison()))
    assert record["schema"] == "xaifake.comparison/1"
    assert record["pairs"][0]["auc_p_all"] == pytest.approx(0.0012)
    written = write_comparison_report(comparison(), {}, tmp_path / "c.html")
    assert "comparison.json" in written.read_text("utf-8")
    assert "data:application/json;base64," in page


@pytest.mark.browser
@pytest.mark.parametrize("made", [comparison(), bare()], ids=["whole", "bare"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(made: Comparison, width: int, browser, tmp_path: Path) -> None:
    """And the browser has nothing to complain of."""
    browser.set_window_size(width, 900)
    browser.get(write_comparison_report(made, {}, tmp_path / "c.html").as_uri())
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert [] == browser.get_log("browser")
