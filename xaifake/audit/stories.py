"""What is found out about pictures that are explained together: the only place where the stages meet."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xaifake import plugins
from xaifake.audit.checking import checked, limits_of, measured, robustness, where_finite
from xaifake.audit.planning import Plan
from xaifake.audit.subjects import Subject
from xaifake.errors import NumbersError
from xaifake.game import whole
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine, Explained, Explainer
from xaifake.records import Attribution, Check, Failure, Limit, Measure, Omission, Prediction, Trial

NOT_FINITE = "The detector answered with NaN or infinity to what this method asks, so there is no evidence to show."


@dataclass(frozen=True, eq=False)
class Story:
    """All that was found out about one subject."""

    subject: Subject
    explained: Explained
    omissions: tuple[Omission, ...]
    told: bool
    checks: tuple[Check, ...]
    measures: tuple[Measure, ...]
    limits: tuple[Limit, ...]
    robustness: tuple[Trial, ...]


def stories_of(engine: Engine, subjects: Sequence[Subject], plan: Plan) -> Iterator[Story | Failure]:
    """What comes of each subject, in order.

    One picture's NaN must not take the others with it: where any answer is not finite, each picture is asked for alone. Of
    that one nothing is said where its own score is NaN; else what could not be asked is said to be so, and all else stands.
    """
    if not subjects:
        return
    try:
        yield from _together_told(engine, subjects, plan)
    except NumbersError as error:
        if len(subjects) == 1:
            yield Failure(subjects[0].view.face.picture.source, error)
            return
        for subject in subjects:
            yield from stories_of(engine, [subject], plan)


def _together_told(engine: Engine, subjects: Sequence[Subject], plan: Plan) -> list[Story]:
    """What comes of subjects whose views share batches."""
    doubts, games = plan.doubts, [plan.game(subject.view) for subject in subjects]
    limits = limits_of(engine, subjects, doubts.limits)
    answers = _answers(engine, games, plan)
    logits = whole.score(engine, games)
    explained = [
        Explained(
            game,
            Prediction(logit, engine.contract.threshold),
            {plugins.name_of(type(explainer)): explainer for explainer in (*plan.explainers, *plan.with_original)},
            {answer.method: answer for answer in mine if isinstance(answer, Attribution)},
            subject.mask,
        )
        for game, subject, logit, mine in zip(games, subjects, logits, answers, strict=True)
    ]
    checks = checked(engine, explained, doubts.checks, plan.seed, plan.clock)
    measures = measured(engine, explained, doubts.measures, plan.seed, plan.clock)
    trials = robustness(engine, subjects) if doubts.robustness else [()] * len(subjects)
    return [
        Story(subject, one, tuple(a for a in mine if isinstance(a, Omission)), one.game.told, *said)
        for subject, one, mine, *said in zip(subjects, explained, answers, checks, measures, limits, trials, strict=True)
    ]


def _answers(engine: Engine, games: Sequence[RegionGame], plan: Plan) -> list[list[Attribution | Omission]]:
    """What the explainers say of each game, in their order."""
    answers: list[list[Attribution | Omission]] = [[] for _ in games]
    for explainer, asked in plan.asked(games):
        if explainer.calls > 1:
            whole.score(engine, games)
        started = plan.clock()
        results = _explained(engine, explainer, [games[index] for index in asked], plan.seed)
        seconds = (plan.clock() - started) / len(asked)
        for index, result in zip(asked, results, strict=True):
            if isinstance(result, Attribution):
                result = dataclasses.replace(result, seconds=seconds)
            answers[index].append(result)
    return answers


def _explained(
    engine: Engine, explainer: Explainer, games: Sequence[RegionGame], seed: int
) -> Sequence[Attribution | Omission]:
    """What an explainer says of games; of one that is alone, also that its numbers are not finite."""
    omission = Omission(plugins.name_of(type(explainer)), NOT_FINITE)
    return where_finite(lambda: explainer.explain(engine, games, seed), len(games), omission)
