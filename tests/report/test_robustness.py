"""Changed copies: which of them change sides, in words, shapes and numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from doubts import doubtful

from xaifake.records import Change, Trial
from xaifake.report.html import render
from xaifake.report.robustness import flips, section


def test_a_copy_on_the_other_side_of_the_threshold_flips() -> None:
    """The detector's own threshold decides, as it does for the picture itself."""
    case = replace(doubtful(1.0), robustness=(Trial(Change("jpeg", 70.0), 0.1), Trial(Change("blur", 2.0), -0.1)))
    strict = replace(case, prediction=replace(case.prediction, threshold=0.6))

    assert flips(case) == (Change("blur", 2.0),)
    assert flips(strict) == (Change("jpeg", 70.0), Change("blur", 2.0))


@pytest.mark.slow
def test_flips_are_told_drawn_and_listed() -> None:
    """A sentence, a diamond and a word in the table for each."""
    case = doubtful(1.0, fall=0.6)
    page, turned = render(case), flips(case)

    assert len(turned) == 5
    assert "Under 5 of the 9 changed copies the score changes sides: JPEG 70, JPEG 50, reduction to 0.5" in page
    assert page.count('class="diamond"') == page.count("◆ changes to REAL") == 5


def test_a_steady_score_is_not_called_right() -> None:
    """Without a flip the section says what that does not mean."""
    shown = section(doubtful(fall=0.01))

    assert shown is not None
    assert shown.sentence.startswith("Under none of the 9 changed copies does the score change sides")
    assert "can still be wrong" in shown.so_what


def test_charts_stand_beside_their_numbers() -> None:
    """One chart for each kind, the picture as it is first, and the same points as alternative text."""
    shown = section(doubtful())

    assert shown is not None
    kinds = ["JPEG quality", "Reduced by a factor", "Blur, pixels", "Noise, grey levels"]
    assert [chart.kind for chart in shown.charts] == kinds
    assert [point.amount for point in shown.charts[0].points] == ["as it is", "95", "70", "50"]
    assert all(0 <= point.x <= 100 and 0 <= point.y <= 100 for chart in shown.charts for point in chart.points)
    assert shown.charts[1].sentence.startswith("Reduced by a factor: as it is 0.83; 0.9 0.73")


@pytest.mark.slow
def test_no_copies_are_told_too() -> None:
    """Where nothing was tried the page says so."""
    case = replace(doubtful(), robustness=())

    assert section(case) is None
    assert "No changed copies were scored" in render(case)
