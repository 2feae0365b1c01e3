"""The options of a recipe chosen by trial: a study that is kept, and goes on where it was killed.

Each trial is drawn from what is known of those before it and a seed of its own, so a study that was killed and resumed draws
the same trials as one that was not. Only finished trials are kept; the one that a kill interrupts is drawn and run again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from xaifake import plugins
from xaifake.errors import MissingLibraryError, NumbersError, UsageError, XaifakeError
from xaifake.records import TunedTrial
from xaifake.training.plan import Plan

Search = Literal["grid", "bayes"]
Space = Mapping[str, tuple[Any, ...]]
"""What is tried, by name: of Bayes' search the learning rate's multiples are ends of a range."""

STUDY = "study.db"
RATE = "learning rate"
"""Tried as a multiple of the recipe's own, which may depend on the options."""
MULTIPLES: dict[Search, tuple[float, ...]] = {"grid": (0.3, 1.0, 3.0), "bayes": (0.1, 10.0)}
AT_RANDOM = 5
"""Trials of Bayes' search before the first that learns from others."""


def tuned(
    plan: Plan, how: Search, trials: int, folder: Path, score: Callable[[Plan], float]
) -> tuple[Plan, tuple[TunedTrial, ...]]:
    """The plan with those options that did best, and every trial.

    What the plan itself states stays: options in the recipe's text, and the learning rate.

    Sources: Optuna's GridSampler, all combinations in an order drawn from the seed; and its TPESampler, Bergstra et al.
    2011, Algorithms for Hyper-Parameter Optimization, section 4.

    Args:
        plan: what is trained, and the seed.
        how: every combination, or Bayes' search.
        trials: how many at most, those of earlier runs included.
        folder: keeps the study, ``study.db``, an SQLite database as Optuna's own tools read it. Another plan is another
            study.
        score: trains by a plan and says how good it is, higher for better: the AUC on the validation pictures. A trial in
            which it raises a `XaifakeError`, or gives no number, is kept as failed.

    Raises:
        UsageError: every trial failed.
        MissingLibraryError: the extra ``tune`` is not installed.
    """
    if trials < 1:
        raise UsageError(f"--trials takes a whole number from 1. Received: {trials}")
    optuna, space = _optuna(), _space(plan, how)
    most = min(trials, math.prod(map(len, space.values()))) if how == "grid" else trials
    with _kept(optuna, folder, f"{how} {_digest(plan, space)}") as study:
        while len(study.trials) < most:
            drawn = _drawn(optuna, study.trials, how, space, plan.seed)
            study.add_trial(_finished(optuna, drawn, plan, score))
        told = tuple(map(_told, study.trials[:most]))
    best = max((one for one in told if one.auc is not None), key=lambda one: one.auc or 0.0, default=None)
    if best is None:
        raise UsageError(f"None of {most} trials could be trained (--tune {how}). The first: {told[0].reason}")
    return replace(plan, recipe=best.recipe, learning_rate=best.learning_rate), told


def _space(plan: Plan, how: Search) -> Space:
    """What is left open: options that the recipe's text does not state, and the learning rate."""
    stated = {setting.partition("=")[0] for setting in plan.recipe.split(":")[1:]}
    space = {name: values for name, values in plan.made.space.items() if name not in stated}
    rates = {} if plan.learning_rate else {RATE: MULTIPLES[how]}
    if not space | rates:
        raise UsageError(
            "There is nothing to tune: the recipe's options and the learning rate are all stated; leave some open, or leave "
            f"--tune out. Received: {plan.recipe}"
        )
    return space | rates


def _drawn(optuna: Any, before: list[Any], how: Search, space: Space, seed: int) -> Any:
    """The trial after others, in a study of its own: its options, and what the sampler notes of it."""
    if how == "grid":
        sampler = optuna.samplers.GridSampler(space, seed=seed)  # which shuffles by it, and finds its way in what is left
    else:
        sampler = optuna.samplers.TPESampler(n_startup_trials=AT_RANDOM, seed=_seed(seed, len(before)))
    study = optuna.create_study(sampler=sampler, direction="maximize")
    study.add_trials(before)
    open_ = {name: optuna.distributions.CategoricalDistribution(values) for name, values in space.items()}
    if how == "bayes" and RATE in space:
        open_[RATE] = optuna.distributions.FloatDistribution(*space[RATE], log=True)
    study.ask(open_)
    return study.trials[-1]


def _finished(optuna: Any, drawn: Any, plan: Plan, score: Callable[[Plan], float]) -> Any:
    """A trial that has been run, or has failed for a reason."""
    states = optuna.trial.TrialState
    kept = {"params": drawn.params, "distributions": drawn.distributions, "system_attrs": drawn.system_attrs}
    notes: dict[str, Any] = {"recipe": plan.recipe}
    try:
        tried = _with_options(plan, drawn.params)
        notes["recipe"] = tried.recipe
        tried = _with_rate(tried, drawn.params.get(RATE))
        notes["learning_rate"] = tried.learning_rate
        auc = float(score(tried))
        if not math.isfinite(auc):
            raise NumbersError(f"The trial's model scores with NaN or infinity. Received: an AUC of {auc}")
    except XaifakeError as refusal:
        return optuna.create_trial(state=states.FAIL, user_attrs={**notes, "reason": str(refusal)}, **kept)
    return optuna.create_trial(state=states.COMPLETE, value=auc, user_attrs=notes, **kept)


def _with_options(plan: Plan, params: Mapping[str, Any]) -> Plan:
    made: Any = plan.made
    options = {name: value for name, value in params.items() if name != RATE}
    return replace(plan, recipe=plugins.spec_of(replace(made, **options)))


def _with_rate(plan: Plan, multiple: float | None) -> Plan:
    """The plan with a multiple of its recipe's own learning rate, to two digits."""
    if multiple is None:
        return plan
    own = plan.made.phases(plan.made.build(plan.contract))[-1].learning_rate
    return replace(plan, learning_rate=min(1.0, float(f"{multiple * own:.2g}")))


def _told(trial: Any) -> TunedTrial:
    notes = trial.user_attrs
    return TunedTrial(trial.number, notes["recipe"], trial.value, notes.get("learning_rate"), reason=notes.get("reason", ""))


def _seed(seed: int, number: int) -> int:
    return int(np.random.SeedSequence((seed, number)).generate_state(1)[0])


def _digest(plan: Plan, space: Space) -> str:
    return hashlib.sha256(repr((plan, sorted(space.items()))).encode()).hexdigest()[:16]


@contextmanager
def _kept(optuna: Any, folder: Path, name: str) -> Iterator[Any]:
    """The study of that name in the folder's database, begun where there is none; Optuna says nothing meanwhile."""
    said = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    folder.mkdir(parents=True, exist_ok=True)
    storage = optuna.storages.RDBStorage(f"sqlite:///{(folder / STUDY).as_posix()}")
    try:
        yield optuna.create_study(storage=storage, study_name=name, direction="maximize", load_if_exists=True)
    finally:
        storage.remove_session()
        storage.engine.dispose()
        optuna.logging.set_verbosity(said)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise MissingLibraryError("Tuning needs Optuna: pip install 'xaifake[tune]'. Received: none installed") from error
    return optuna
