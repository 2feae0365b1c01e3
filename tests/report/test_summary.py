"""The summary: what rules the score out first, then cautions, then results, and what nobody tested."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from doubts import doubtful
from synthetic import make_case

from xaifake.records import Case
from xaifake.report.findings import findings
from xaifake.report.html import render
from xaifake.report.limitations import triggered
from xaifake.report.summary import lines, section, untested


def sentences(case: Case) -> str:
    return " ".join(one.sentence for one in findings(case))


def test_what_weighs_most_stands_first() -> None:
    """Do not use, then cautions, then findings; at most five of them on the first screen."""
    case = doubtful(mattered="did not hold up", agrees="did not hold up")
    weights = [one.weight for one in findings(case)]

    assert weights == sorted(weights, key=["stop", "caution", "result"].index)
    assert weights[0] == "stop"
    assert len(section(case).findings) == 5
    assert section(case).has_more


def test_an_effect_is_told_with_its_numbers_and_its_control() -> None:
    """What hiding the place did, beside what random places of that size did."""
    told = sentences(doubtful()).replace("\N{NO-BREAK SPACE}", " ")

    assert "Hiding the 10.3 % of the picture that Grad-CAM calls strongest changed the score 0.83 → 0.55" in told
    assert "hiding 24 random areas of about the same size changed it to 0.82 on average." in told


def test_no_effect_is_told_as_plainly() -> None:
    """A place that does nothing when hidden is not to be read as the reason."""
    assert "did not change the score when hidden more than random areas did; do not read them as the reason." in sentences(
        doubtful(mattered="did not hold up")
    )


def test_an_empty_map_highlights_nothing_that_could_fail() -> None:
    """Where a map shows no evidence, no sentence speaks of the areas that it highlights."""
    case = doubtful(mattered="did not hold up")
    empty = {name: replace(one, values=np.zeros_like(one.values)) for name, one in case.attributions.items()}

    assert "do not read them as the reason" in sentences(case)
    assert "do not read them as the reason" not in sentences(replace(case, attributions=empty))


def test_disagreement_names_methods_and_places() -> None:
    """Two methods, and where each of them points."""
    told = sentences(doubtful(agrees="did not hold up"))

    assert (
        "Grad-CAM and LIME point to different places (the mouth / the background); the location of the evidence is" in told
    )


def test_no_evidence_is_a_result() -> None:
    """Maps without evidence are named as such, and called no failure."""
    case = make_case(logit=-2.0)
    silent = {name: replace(a, values=np.zeros_like(a.values), region_values=None) for name, a in case.attributions.items()}

    assert "found no evidence above noise. That is a result, not a failure." in sentences(replace(case, attributions=silent))


@pytest.mark.slow
def test_both_sides_are_told() -> None:
    """The part that spoke most for FAKE is found in the summary, the one against it in its section."""
    page = render(doubtful())

    assert "the mouth carried the most supporting weight per unit area" in page
    assert "pushed the score toward REAL" in page


@pytest.mark.slow
def test_links_lead_to_sections() -> None:
    """Every finding says where it comes from."""
    case = doubtful(mattered="did not hold up")
    page = render(case)
    assert [one.section for one in findings(case) if f'<section id="{one.section}"' not in page] == []


def test_what_was_not_tested_is_never_left_out() -> None:
    """Error rates are always missing; so is each stage that was not asked, and each test that could not be made."""
    bare = untested(make_case())

    assert len(bare) == 4
    assert bare[0].startswith("How often this detector errs")
    told = untested(doubtful(mattered="not tested"))
    assert any(sentence.startswith("The place mattered, for Grad-CAM, SHAP") for sentence in told)
    assert "Restored parts: Parts need --original." in told


@pytest.mark.slow
def test_limitations_hold_every_caution() -> None:
    """Also those for which the first screen had no room."""
    case = doubtful(mattered="did not hold up", agrees="did not hold up")
    page = render(case)
    limitations = page[page.index('<section id="limitations">') :]

    cautions = [one.sentence for one in findings(case) if one.weight != "result"]
    assert set(cautions) <= set(triggered(case))
    assert cautions[0] in limitations


def test_the_terminal_gets_three_lines_at_most() -> None:
    """Scope, the maps that passed, the tests that failed."""
    told = lines(doubtful(mattered="did not hold up"))

    assert len(told) == 3
    assert told[0].startswith("This picture is outside")
    assert told[2].startswith("Did not hold up: The place mattered")


def test_the_quote_carries_its_caution() -> None:
    """Whoever copies the score copies what it is about, and that it should not be used."""
    case = doubtful()
    quote = section(case).quote

    assert "the score should not be used." in quote
    assert case.picture.sha256 in quote
    assert case.detector.sha256 in quote
    assert "Screening aid." in quote
