"""The section on changed copies: a small chart for each kind of change, its table, and whether the score changes sides."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from xaifake.records import Case, Change, Prediction, Trial
from xaifake.report.sentences import score_words
from xaifake.report.words import words


@dataclass(frozen=True)
class Point:
    """One copy, or the picture as it is."""

    amount: str
    x: float
    """Across its chart, 0..100."""
    y: float
    """The score upwards, 0..100."""
    score: str
    logit: float
    label: str
    flips: bool
    """Whether it lies on the other side than the picture as it is."""


@dataclass(frozen=True)
class Chart:
    """All copies of one kind, the picture as it is first."""

    kind: str
    points: tuple[Point, ...]
    sentence: str
    """The chart as alternative text."""


@dataclass(frozen=True)
class Section:
    """The charts, and what they say in words."""

    charts: tuple[Chart, ...]
    threshold: float
    """Upwards, 0..100."""
    sentence: str
    technical: str
    so_what: str


def section(case: Case) -> Section | None:
    """The section of a case, or None where no copies were scored."""
    if not case.robustness:
        return None
    return Section(
        charts=tuple(_chart(case, kind, tuple(trials)) for kind, trials in groupby(case.robustness, _kind)),
        threshold=100 * case.prediction.threshold,
        sentence=_sentence(case),
        technical=_technical(case),
        so_what=words().robustness.so_what_flipped if flips(case) else words().robustness.so_what_steady,
    )


def flips(case: Case) -> tuple[Change, ...]:
    """The changes under which the score lies on the other side of the threshold."""
    label, threshold = case.prediction.label, case.prediction.threshold
    return tuple(one.change for one in case.robustness if Prediction(one.logit, threshold).label != label)


def told(changes: tuple[Change, ...]) -> str:
    """Changes as a list in words."""
    return ", ".join(getattr(words().robustness.changes, change.kind)(amount=_amount(change)) for change in changes)


def _chart(case: Case, kind: str, trials: tuple[Trial, ...]) -> Chart:
    say = words()
    whole = case.prediction
    logits = [(say.robustness.as_it_is, whole.logit), *((_amount(one.change), one.logit) for one in trials)]
    points = tuple(
        _point(amount, Prediction(logit, whole.threshold), 100 * (place + 0.5) / len(logits), whole.label)
        for place, (amount, logit) in enumerate(logits)
    )
    title = getattr(say.robustness.kinds, kind)
    scores = "; ".join(_named(point) for point in points)
    return Chart(title, points, say.robustness.chart(kind=title, points=scores))


def _named(point: Point) -> str:
    say = words()
    named = say.robustness.point(amount=point.amount, score=point.score)
    return f"{named} ({say.robustness.flip})" if point.flips else str(named)


def _point(amount: str, scored: Prediction, x: float, label: str) -> Point:
    score = score_words(scored.p_fake)
    return Point(amount, x, 100 * scored.p_fake, score, scored.logit, scored.label, scored.label != label)


def _sentence(case: Case) -> str:
    say, turned = words(), flips(case)
    scores = sorted(Prediction(one.logit).p_fake for one in case.robustness)
    low, high, score = (score_words(p_fake) for p_fake in (scores[0], scores[-1], case.prediction.p_fake))
    count = len(case.robustness)
    if not turned:
        return str(say.robustness.steady(count=count, low=low, high=high, score=score))
    return str(say.robustness.flipped(flips=len(turned), count=count, changes=told(turned), low=low, high=high, score=score))


def _technical(case: Case) -> str:
    logits, logit = [one.logit for one in case.robustness], case.prediction.logit
    furthest = max(case.robustness, key=lambda one: abs(one.logit - logit))
    return str(
        words().robustness.technical(
            low=min(logits), high=max(logits), logit=logit, change=furthest.logit - logit, at=told((furthest.change,))
        )
    )


def _kind(trial: Trial) -> str:
    return trial.change.kind


def _amount(change: Change) -> str:
    return f"{change.amount:g}"
