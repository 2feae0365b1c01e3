"""Outcomes of tests: words and shapes for each method, never averaged, and sentences that follow from them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from doubts import doubtful

from xaifake.records import Case, Check, Outcome
from xaifake.report.checks import MARKS, Cell, believed, failed, section, told
from xaifake.report.html import render


def cells(case: Case) -> list[Cell]:
    found = section(case)
    return [cell for row in (*found.rows, *found.guards) for cell in row.cells if cell is not None]


def of_one(check: Check) -> Case:
    return replace(doubtful(), checks=(check,))


def test_each_outcome_has_its_own_shape_and_word() -> None:
    """What a colour would say is said twice without any."""
    reasons = {"not tested": "flat"}
    shown = [cells(of_one(Check("mattered", "shap", outcome, reason=reasons.get(outcome))))[0] for outcome in MARKS]

    assert len({cell.mark for cell in shown}) == len({cell.word for cell in shown}) == 4


def test_rows_are_tests_and_columns_methods() -> None:
    """In the order of the records' methods, tests in a fixed order, controls of the tests behind them."""
    case = doubtful()
    shown = section(replace(case, checks=case.checks[::-1]))

    assert shown.methods == ("Grad-CAM", "SHAP", "LIME", "SmoothGrad", "Parts of the face", "Frequency bands")
    assert [row.title for row in shown.rows[:3]] == ["Adds up", "The place mattered", "The place is enough"]
    assert {len(row.cells) for row in shown.rows} == {len(shown.methods)}
    assert len(shown.guards) == 2


@pytest.mark.slow
def test_a_control_of_the_picture_speaks_for_all_methods() -> None:
    """One outcome across all columns."""
    (row,) = section(of_one(Check("mask_artefacts", None, "mixed"))).guards

    assert row.is_shared
    assert 'colspan="6"' in render(of_one(Check("mask_artefacts", None, "mixed")))


def test_a_test_of_some_methods_leaves_the_others_empty() -> None:
    """No outcome is invented where a method was not asked."""
    (row,) = section(of_one(Check("mattered", "shap", "held up"))).rows

    assert [cell is None for cell in row.cells] == [True, False, True, True, True, True]


def test_numbers_stand_in_the_sentence() -> None:
    """Scores as scores are written, with what was compared."""
    case = doubtful()
    check = next(check for check in case.checks if check.name == "mattered")

    sentence = told(case, check)
    assert "moved the score from 0.83 to 0.55" in sentence
    assert "24 random places" in sentence


def test_lists_read_as_people_read_them() -> None:
    """Methods by their titles, parts as sentences name them, numbers with three digits."""
    measures = {"leading": "mouth", "others": ("shap", "lime"), "leading_of_others": ("nose", "ears")}
    check = Check("agrees", "gradcam", "mixed", {**measures, "rank_correlation": 0.2, "rank_correlations": (0.12345, -0.5)})
    (cell,) = cells(of_one(check))

    assert cell.sentence.startswith("This map is strongest at the mouth; the others, SHAP, LIME, at the nose, the ears.")
    assert "0.123, −0.500" in cell.technical


def test_a_reason_is_a_sentence() -> None:
    """What was not tested says why; a reason that is not known here keeps its name."""
    case = doubtful()
    assert told(case, Check("mattered", "shap", "not tested", reason="flat")).startswith("The map is the same everywhere")
    assert told(case, Check("mattered", "shap", "not tested", reason="unheard_of")) == "unheard_of"


def test_technical_sentences_without_numbers_are_left_out() -> None:
    """A map that is no fit says nothing of a fit."""
    measures = {"explained_percent": 99.0, "gap": 0.1, "full": 1.0, "empty": 0.0}
    (cell,) = cells(of_one(Check("adds_up", "shap", "held up", measures)))

    assert "miss it by 0.100" in cell.technical
    assert "fitted" not in cell.technical


def test_an_unknown_test_is_shown_with_its_outcome() -> None:
    """A case of another xaifake, with a test that is not known here, can still be read."""
    (cell,) = cells(of_one(Check("unheard_of", "shap", "mixed")))
    assert (cell.word, cell.sentence) == ("Mixed", "")


@pytest.mark.parametrize("outcome", ["mixed", "did not hold up"])
def test_one_failure_is_enough_not_to_have_passed(outcome: Outcome) -> None:
    """Nothing is averaged: a map that fails one of all tests did not pass."""
    assert believed(doubtful()).startswith("Grad-CAM, SHAP, LIME")
    assert believed(doubtful(enough=outcome)).startswith("No map passed every test that was made of it")


def test_a_map_whose_place_was_not_tested_has_not_passed() -> None:
    """Without the test that hides what a map shows no other makes up for it."""
    assert believed(doubtful(mattered="not tested")).startswith("No map passed")
    assert believed(replace(doubtful(), checks=())).startswith("No checks were asked")


def test_what_failed_is_named_with_its_methods() -> None:
    """For the terminal, in one line; nothing where nothing failed."""
    line = failed(doubtful(mattered="did not hold up"))

    assert line is not None
    assert line.startswith("Did not hold up: The place mattered (Grad-CAM, SHAP")
    assert failed(doubtful()) is None
