"""Options by trial: what is tried, what is kept, and that a killed study goes on as if nothing had happened."""

from __future__ import annotations

import logging
import math
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import training_by_formula
from training_by_formula import PLAN, TRIALS, formula, unbuilt

from xaifake.errors import MissingLibraryError, NumbersError, UsageError
from xaifake.training.plan import Plan
from xaifake.training.recipes.mesonet import MesoNet
from xaifake.training.tuning import STUDY, Search, tuned

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model is built to learn a learning rate that is the same for all."""
    monkeypatch.setattr(MesoNet, "build", unbuilt)


def counted(asked: list[Plan]) -> Callable[[Plan], float]:
    """The formula, noting every plan that it is asked about."""

    def score(plan: Plan) -> float:
        asked.append(plan)
        return formula(plan)

    return score


def test_a_grid_tries_every_combination_once(tmp_path: Path) -> None:
    """And no more, however many trials are allowed; the best plan is the formula's own."""
    best, trials = tuned(PLAN, "grid", 100, tmp_path, formula)
    assert 2 * 2 * 3 == len(trials) == len({(one.recipe, one.learning_rate) for one in trials})
    assert replace(PLAN, recipe="mesonet:variant=mesoinception4:dropout=0.2", learning_rate=0.001) == best
    assert max(one.auc for one in trials if one.auc) == formula(best)


def test_a_grid_is_tried_in_an_order_of_the_seed(tmp_path: Path) -> None:
    """So a few trials are a sample, not the grid's first rows."""
    orders = {
        tuple(one.recipe for one in tuned(replace(PLAN, seed=seed), "grid", 6, tmp_path, formula)[1]) for seed in range(3)
    }
    assert len(orders) == 3


def test_bayes_search_draws_near_what_did_well(tmp_path: Path) -> None:
    """Of twenty later trials more are of the better variant than of the worse."""
    _, trials = tuned(PLAN, "bayes", 25, tmp_path, formula)
    later = [one.recipe for one in trials[5:]]
    assert sum("mesoinception4" in recipe for recipe in later) > 12
    assert all(0.0001 <= one.learning_rate <= 0.01 for one in trials if one.learning_rate)


def test_what_the_plan_states_is_not_tried(tmp_path: Path) -> None:
    """An option in the recipe's text stays, and so does a learning rate."""
    plan = replace(PLAN, recipe="mesonet:dropout=0.3", learning_rate=0.01)
    best, trials = tuned(plan, "grid", 100, tmp_path, formula)
    assert {"mesonet:dropout=0.3", "mesonet:variant=mesoinception4:dropout=0.3"} == {one.recipe for one in trials}
    assert 0.01 == best.learning_rate


def test_where_all_is_stated_there_is_nothing_to_tune(tmp_path: Path) -> None:
    """It is said, with what was stated."""
    plan = replace(PLAN, recipe="mesonet:variant=meso4:dropout=0.3", learning_rate=0.01)
    with pytest.raises(UsageError, match=r"nothing to tune.*mesonet:variant=meso4:dropout=0\.3"):
        tuned(plan, "bayes", 3, tmp_path, formula)


@pytest.mark.parametrize("how", ["grid", "bayes"])
def test_a_killed_study_goes_on_where_it_was(how: Search, tmp_path: Path) -> None:
    """Finished trials are not run again, the interrupted one is, and all are those of a study that nobody killed."""
    whole = tuned(PLAN, how, TRIALS, tmp_path / "whole", formula)
    command = [sys.executable, training_by_formula.__file__, str(tmp_path / "killed"), how, "6"]
    assert -signal.SIGKILL == subprocess.run(command, check=False).returncode
    asked: list[Plan] = []
    assert whole == tuned(PLAN, how, TRIALS, tmp_path / "killed", counted(asked))
    assert [one.recipe for one in whole[1][6:]] == [plan.recipe for plan in asked]


def test_a_finished_study_runs_nothing_and_grows(tmp_path: Path) -> None:
    """More trials may be asked for later; the first ones stay."""
    _, before = tuned(PLAN, "bayes", 3, tmp_path, formula)
    asked: list[Plan] = []
    assert before == tuned(PLAN, "bayes", 3, tmp_path, counted(asked))[1]
    assert [] == asked
    assert before == tuned(PLAN, "bayes", 5, tmp_path, counted(asked))[1][:3]
    assert 2 == len(asked)


def test_another_plan_is_another_study_in_the_same_file(tmp_path: Path) -> None:
    """What was learnt of shorter training says nothing of longer."""
    tuned(PLAN, "bayes", 2, tmp_path, formula)
    asked: list[Plan] = []
    tuned(replace(PLAN, epochs=2), "bayes", 2, tmp_path, counted(asked))
    assert 2 == len(asked)
    assert [STUDY] == [file.name for file in tmp_path.iterdir()]


def test_a_trial_that_fails_is_kept_with_its_reason(tmp_path: Path) -> None:
    """And the study goes on; a refusal and a NaN fail alike."""

    def failing(plan: Plan) -> float:
        if "mesoinception4" in plan.recipe:
            raise NumbersError("The loss is NaN. Received: mesoinception4")
        return math.nan if "0.2" in plan.recipe else formula(plan)

    best, trials = tuned(PLAN, "grid", 100, tmp_path, failing)
    failed = {one.recipe: one.reason for one in trials if one.auc is None}
    assert "mesonet" == best.recipe
    assert "The loss is NaN. Received: mesoinception4" == failed["mesonet:variant=mesoinception4"]
    assert "NaN or infinity" in failed["mesonet:dropout=0.2"]
    assert all("" == one.reason for one in trials if one.auc is not None)


def test_where_every_trial_fails_the_first_reason_is_told(tmp_path: Path) -> None:
    """In one sentence, not in as many as there were trials."""

    def failing(_: Plan) -> float:
        raise NumbersError("The loss is NaN. Received: everything")

    with pytest.raises(UsageError, match=r"None of 2 trials could be trained.*The loss is NaN\. Received: everything"):
        tuned(PLAN, "bayes", 2, tmp_path, failing)


def test_what_is_no_refusal_is_not_swallowed(tmp_path: Path) -> None:
    """A mistake of the code stops the study, and its trial is not kept."""

    def broken(_: Plan) -> float:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tuned(PLAN, "bayes", 2, tmp_path, broken)
    assert 1 == len(tuned(PLAN, "bayes", 1, tmp_path, formula)[1])


def test_optuna_says_nothing_and_is_left_as_it_was(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Its log would break the progress bars."""
    import optuna

    before = optuna.logging.get_verbosity()
    with caplog.at_level(logging.DEBUG):
        tuned(PLAN, "grid", 2, tmp_path, formula)
    assert ("", "") == tuple(capfd.readouterr())
    assert [] == [record for record in caplog.records if record.name.startswith("optuna")]
    assert before == optuna.logging.get_verbosity()


def test_without_optuna_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one line for pip."""
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'xaifake\[tune\]'"):
        tuned(PLAN, "grid", 2, tmp_path, formula)


def test_no_trial_at_all_is_refused(tmp_path: Path) -> None:
    """A study needs one."""
    with pytest.raises(UsageError, match=r"--trials takes a whole number from 1\. Received: 0"):
        tuned(PLAN, "grid", 0, tmp_path, formula)
