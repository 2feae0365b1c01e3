"""The section on parts: drawing, table and sentences say the same, and no more than the numbers do."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from svg_paths import polygons
from synthetic import all_methods, astronaut, make_case, parts

from xaifake.records import Attribution, Box, Case, Omission
from xaifake.report import part_sentences
from xaifake.report.html import render
from xaifake.report.overlays import close_up
from xaifake.report.part_table import rows_of
from xaifake.report.parts import Section, section

pytestmark = pytest.mark.slow

BOX, SIZE = Box(0, 0, 192, 192), (192, 192)


def case_of(*attributions: Attribution, **fields: Any) -> Case:
    return replace(make_case(attributions=list(attributions)), **fields)


def section_of(case: Case) -> Section:
    found = section(close_up(case))
    assert found is not None
    return found


def silent() -> Attribution:
    one = parts(BOX, SIZE)
    return replace(one, values=0 * one.values, region_values=np.zeros(10, np.float32), interactions=())


def test_a_case_without_parts_has_no_section() -> None:
    """Nobody asked, so nothing is said."""
    case = case_of(*all_methods(BOX, SIZE))

    assert section(close_up(case)) is None
    assert 'id="parts"' not in render(case)


def test_rows_are_sorted_by_magnitude() -> None:
    """The greatest value first, whatever its sign; shares sum to one; density is the value per 1 % of the area."""
    rows = rows_of(parts(BOX, SIZE))

    assert [row.name for row in rows[:3]] == ["mouth", "chin and jaw", "left eye and brow"]
    assert [row.side for row in rows[:3]] == ["FAKE", "FAKE", "REAL"]
    assert sum(row.share for row in rows) == pytest.approx(1)
    assert rows[0].density == pytest.approx(0.84 / (100 * rows[0].share))


def test_both_directions_are_told() -> None:
    """What carried the most for its size, what hiding it did, and what spoke for REAL; sides are the picture's."""
    densest, counter = section_of(case_of(parts(BOX, SIZE))).drawings[0].sentences

    assert re.fullmatch(
        r"For this score, the mouth carried the most supporting weight per unit area \(49\.0\s% of positive weight in "
        r"\d\.\d\s% of the picture\)\. With it alone hidden: score 0\.73 → 0\.52, logit −0\.920\.",
        densest,
    )
    assert re.fullmatch(
        r"The eye and brow on the left of the picture pushed the score toward REAL \(−0\.310 logits in \d\.\d\s% of the "
        r"picture\)\.",
        counter,
    )


def test_the_technical_version_tells_values_sum_and_pairs() -> None:
    """The strongest value of each side, what all add up to, how well they are known, and what pairs do together."""
    most, total, known, pairs = section_of(case_of(parts(BOX, SIZE))).drawings[0].technical

    assert re.fullmatch(
        r"The mouth carried the most support for FAKE \(\+0\.840 logits on \d\.\d\s% of the picture\); "
        r"the eye and brow on the left of the picture carried the most support for REAL "
        r"\(−0\.310 logits on \d\.\d\s% of the picture\)\.",
        most,
    )
    assert total == (
        "The 10 values add up to +1.30 logits: the logit of the picture as it is, +1.00, less that with every part hidden, "
        "−0.300."
    )
    assert known == "They are exact: all 1,024 mixtures of shown and hidden parts were scored."
    assert "the nose and the mouth (+0.410 logits)" in pairs


def test_a_side_that_nothing_supports_is_said_to_have_none() -> None:
    """Where every value is positive, no part supported REAL."""
    one = parts(BOX, SIZE)
    values = np.abs(np.float32(one.region_values))

    case = case_of(replace(one, region_values=values, values=values[np.asarray(one.regions)]))

    assert section_of(case).drawings[0].technical[0].endswith("; no part supported REAL.")
    assert section_of(case).drawings[0].sentences[1] == "No part pushed the score toward REAL."


def test_estimates_say_so() -> None:
    """Every value has its error, and the words say from how many calls; nothing is said of pairs."""
    case = case_of(parts(BOX, SIZE, exact=False))
    drawing = section_of(case).drawings[0]

    assert drawing.technical[2] == (
        "They are estimates from 200 of 1,024 mixtures of shown and hidden parts; after ± stands one standard error. "
        "With parts:calls=1024:full they are exact."
    )
    assert len(drawing.technical) == 3
    assert drawing.measured(drawing.rows[0]) == "+0.840\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}0.021"
    assert render(case).count("±\N{NO-BREAK SPACE}0.021") == 13  # ten rows, one in the sentence, two behind it


def test_parts_and_restored_parts_stand_together() -> None:
    """Each under what its hidden parts show, on one scale of colours."""
    found = section_of(case_of(parts(BOX, SIZE), parts(BOX, SIZE, 0.5, method="restored_parts")))

    assert [drawing.heading for drawing in found.drawings] == [
        "Hidden parts show the fill blur",
        "Hidden parts show the original’s pixels",
    ]
    assert [drawing.limit for drawing in found.drawings] == pytest.approx([0.84, 0.84])
    assert found.drawings[1].sentences[0].startswith("Against the original’s pixels, the mouth")
    assert "less that with the original’s pixels everywhere" in found.drawings[1].technical[1]


def test_no_evidence_is_said_and_not_drawn() -> None:
    """All zero: one sentence, no table and no drawing."""
    case = case_of(silent())

    assert section_of(case).drawings[0].sentences == (
        "No evidence above noise: whichever parts are hidden, the score stays as it is.",
    )
    page = render(case)
    assert page.count('class="outline"') == 0
    assert page.count('aria-label="Parts of the face: value of each part"') == 0


def test_a_reason_stands_where_parts_were_left_out() -> None:
    """A face without a mesh: the section says why it is bare."""
    page = render(case_of(*all_methods(BOX, SIZE), omissions=(Omission("parts", "No mesh <here>."),)))

    assert '<section id="parts">' in page
    assert "<p>No mesh &lt;here&gt;.</p>" in page


def test_parts_are_no_panel_but_are_listed() -> None:
    """Neither a heatmap among the others nor in their text twin nor on their scale; in settings and in reading they are."""
    without, page = render(case_of(*all_methods(BOX, SIZE))), render(case_of(*all_methods(BOX, SIZE), parts(BOX, SIZE)))

    def of(name: str, text: str) -> str:
        return text[text.index(f'<section id="{name}">') :].partition("</section>")[0]

    assert of("evidence", page) == of("evidence", without)
    assert of("strongest", page) == of("strongest", without)
    assert "Parts of the face" in of("settings", page)
    assert "Parts of the face" in of("reading", page)


def test_marks_lie_in_their_parts() -> None:
    """Each number stands on its own part, in pixels of the photograph, also where the face is a box in a larger picture."""
    picture = astronaut(whole=True)
    box = Box(20, 128, 212, 320)
    case = close_up(make_case(picture, box=box, attributions=[parts(box, picture.shape[:2])]))
    (drawing,) = section_of(case).drawings
    moved, labels = drawing.attribution.box, np.asarray(drawing.attribution.regions)

    assert [mark.number for mark in drawing.marks] == list(range(1, 11))
    for mark, row in zip(drawing.marks, drawing.rows, strict=True):
        down, across = (mark.y - moved.top) / moved.height * 128, (mark.x - moved.left) / moved.width * 128
        assert labels[int(down), int(across)] == row.player


def test_outlines_stay_within_the_box() -> None:
    """Every point of every outline lies in the box or on its edge, and every part has an outline."""
    (drawing,) = section_of(case_of(parts(BOX, SIZE))).drawings

    lines = polygons(drawing.outlines)
    assert min(line.min() for line in lines) >= 0
    assert max(line.max() for line in lines) <= 192
    assert len(lines) >= 10


@pytest.mark.parametrize("name", ["right cheek", "cheeks", "hair and ears", "nose"])
def test_names_read_as_sentences(name: str) -> None:
    """A part with a side is said to lie on that side of the picture; others have their name."""
    expected = "the cheek on the right of the picture" if name == "right cheek" else f"the {name}"

    assert part_sentences.said(name) == expected
