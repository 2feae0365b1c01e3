"""Knowledge limits: each condition in words, and whether the score should be used at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from doubts import doubtful

from xaifake.records import Limit
from xaifake.report.html import render
from xaifake.report.limits import out_of_scope, section


def test_a_picture_out_of_scope_says_so_with_its_reasons() -> None:
    """What lies outside is named with its values, and the score should not be used."""
    assert out_of_scope(doubtful(outside=True)) == (
        "This picture is outside what the detector was checked on (Face size: 62 pixels; JPEG quality: 41); "
        "the score should not be used."
    )
    assert out_of_scope(doubtful(outside=False)) is None


@pytest.mark.slow
def test_it_is_said_before_the_score_and_again_above_the_maps() -> None:
    """In the summary, before the number, and above the heatmaps."""
    page = render(doubtful(outside=True))
    sentence = "the score should not be used."
    places = [page.index(f'<section id="{name}">') for name in ("summary", "limits", "prediction", "evidence", "parts")]

    for start, end in ((0, 1), (1, 2), (3, 4)):
        assert sentence in page[places[start] : places[end]]
    assert sentence not in render(doubtful(outside=False))


def test_each_status_has_a_shape_a_word_and_a_sentence() -> None:
    """Nothing depends on colour."""
    rows = section(doubtful(outside=True)).rows

    assert [(row.mark, row.word) for row in rows] == [("✕", "outside"), ("✕", "outside"), ("–", "not known")]
    assert all(row.sentence for row in rows)


def test_within_is_no_praise() -> None:
    """Conditions that are kept rule nothing out, and those that are not known are named."""
    case = doubtful(outside=False)

    assert "Distance from the reference pictures could not be measured" in section(case).so_what
    assert section(replace(case, limits=case.limits[:2])).so_what.endswith("it does not make the score right.")
    assert section(replace(case, limits=())).so_what.startswith("No knowledge limits were measured")


def test_a_limit_that_is_not_known_here_keeps_its_name() -> None:
    """A case of another xaifake can still be read."""
    (row,) = section(replace(doubtful(), limits=(Limit("unheard_of", "outside", 0.5, 1.0, "units"),))).rows
    assert (row.title, row.sentence) == ("unheard_of", "0.500 units")
