"""How far a case can be believed: its checks, measures and knowledge limits, and the scores of changed copies."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from xaifake import plugins
from xaifake.errors import NumbersError, UsageError
from xaifake.faces.copies import copy_of
from xaifake.interfaces import Checker, Engine, Explained, KnowledgeLimit, Measurer, Seen
from xaifake.records import Change, Check, Limit, Measure, Trial

STRIP = (
    *(Change("jpeg", quality) for quality in (95.0, 90.0, 80.0, 70.0, 60.0, 50.0)),
    *(Change("resize", factor) for factor in (0.9, 0.8, 0.7, 0.6, 0.5)),
    *(Change("blur", pixels) for pixels in (0.5, 1.0, 2.0)),
    *(Change("noise", levels) for levels in (2.0, 5.0, 10.0)),
)
"""The copies whose scores a case holds."""

Clock = Callable[[], float]
Timed = TypeVar("Timed", Check, Measure)
Answer = TypeVar("Answer")
Ask = Callable[[Engine, Sequence[Explained], int], Sequence[Sequence[Timed]]]


@dataclass(frozen=True)
class Doubts:
    """What is asked about how far explanations can be believed.

    Attributes:
        checks: tests of each attribution.
        measures: numbers for research.
        limits: conditions measured on the picture itself.
        robustness: whether changed copies (`STRIP`) are scored.
    """

    checks: Sequence[Checker] = ()
    measures: Sequence[Measurer] = ()
    limits: Sequence[KnowledgeLimit] = ()
    robustness: bool = False

    @property
    def reference(self) -> str | None:
        """The folder of pictures with which a limit compares, where one does."""
        return next(filter(None, (getattr(limit, "reference", None) for limit in self.limits)), None)

    def calls(self, methods: int) -> int:
        """Model calls for one picture with so many attributions, at most."""
        asking: tuple[Checker | Measurer, ...] = (*self.checks, *self.measures)
        return sum(one.calls(methods) for one in asking) + len(STRIP) * self.robustness


def doubts_of(
    checks: Sequence[str | Checker] | None,
    measures: Sequence[str | Measurer],
    limits: Sequence[str | KnowledgeLimit] | None,
    robustness: bool,
    reference: str | None = None,
) -> Doubts:
    """The plug-ins of those names; None stands for all of the folder, and ``reference`` goes to those that have it.

    Raises:
        UsageError: one is named twice; a reference that nothing of what is asked takes.
    """

    def made(kind: str, named: Sequence[object] | None) -> list[object]:
        everyone = plugins.names(kind) if named is None else named
        found = [plugins.make(kind, one, reference=reference) if isinstance(one, str) else one for one in everyone]
        names = [plugins.name_of(type(one)) for one in found]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise UsageError(f"A case holds each {kind} once; name it once (--{kind}s). Received twice: {', '.join(twice)}")
        return found

    asked = made("check", checks), made("measure", measures), made("limit", limits)
    if reference is not None and not any(hasattr(one, "reference") for one in itertools.chain(*asked)):
        raise UsageError(
            "Reference pictures are for the limit distance; ask for it too, --limits distance, or leave --reference out. "
            f"Received: {reference}"
        )
    return Doubts(*asked, robustness)  # type: ignore[arg-type]  # each kind's folder holds its protocol


def checked(
    engine: Engine, explained: Sequence[Explained], checkers: Sequence[Checker], seed: int, clock: Clock
) -> list[tuple[Check, ...]]:
    """For each picture what every checker says of it, in their order."""
    asking = [_asking(one.check, functools.partial(_not_finite, one)) for one in checkers]
    return _timed(asking, engine, explained, seed, clock)


def measured(
    engine: Engine, explained: Sequence[Explained], measurers: Sequence[Measurer], seed: int, clock: Clock
) -> list[tuple[Measure, ...]]:
    """For each picture what every measurer says of it, in their order."""
    asking = [_asking(one.measure, lambda _: ()) for one in measurers]
    return _timed(asking, engine, explained, seed, clock)


def limits_of(engine: Engine, seen: Sequence[Seen], limits: Sequence[KnowledgeLimit]) -> list[tuple[Limit, ...]]:
    """For each face what every knowledge limit says of it, in their order."""
    columns = [limit.measure(engine, seen) for limit in limits]
    return [tuple(column[index] for column in columns) for index in range(len(seen))]


def robustness(engine: Engine, seen: Sequence[Seen]) -> list[tuple[Trial, ...]]:
    """For each face the scores of its changed copies (`STRIP`); faces share batches. One copy is in memory at a time.

    Of a face that is alone and has a copy whose score is not finite there are none.
    """
    faces = (copy_of(one.view.face, change) for one in seen for change in STRIP)
    views = (engine.view([face])[0].pixels for face in faces)

    def trials() -> list[tuple[Trial, ...]]:
        logits: list[float] = []
        while batch := list(itertools.islice(views, engine.batch)):
            logits.extend(engine.score(np.stack(batch)).tolist())
        rows = np.reshape(logits, (len(seen), len(STRIP))).tolist()
        return [tuple(map(Trial, STRIP, row)) for row in rows]

    none: tuple[Trial, ...] = ()
    return list(where_finite(trials, len(seen), none))


def where_finite(ask: Callable[[], Sequence[Answer]], pictures: int, otherwise: Answer) -> Sequence[Answer]:
    """The answers about so many pictures; where numbers are not finite, of a picture that is alone another answer.

    Raises:
        NumbersError: they are not finite, and it is not known of which picture: each is to be asked about alone.
    """
    try:
        return ask()
    except NumbersError:
        if pictures > 1:
            raise
        return [otherwise]


def _asking(ask: Ask[Timed], otherwise: Callable[[Explained], Sequence[Timed]]) -> Ask[Timed]:
    """The same question; of a picture that is alone also an answer where its numbers are not finite."""

    def asked(engine: Engine, explained: Sequence[Explained], seed: int) -> Sequence[Sequence[Timed]]:
        return where_finite(lambda: ask(engine, explained, seed), len(explained), otherwise(explained[0]))

    return asked


def _not_finite(checker: Checker, explained: Explained) -> list[Check]:
    plugin: Any = checker  # a dataclass, as all are
    name, options = plugins.name_of(type(plugin)), dataclasses.asdict(plugin)
    return [Check(name, method, "not tested", options=options, reason="not_finite") for method in explained.attributions]


def _timed(
    asking: Sequence[Ask[Timed]],
    engine: Engine,
    explained: Sequence[Explained],
    seed: int,
    clock: Clock,
) -> list[tuple[Timed, ...]]:
    """What each answers for each picture, the seconds it took shared out among its answers.

    Of a picture without maps nothing is asked: there is nothing to believe.
    """
    answers: list[list[Timed]] = [[] for _ in explained]
    with_maps = [(one, mine) for one, mine in zip(explained, answers, strict=True) if one.attributions]
    for ask in asking if with_maps else ():
        started = clock()
        columns = ask(engine, [one for one, _ in with_maps], seed)
        seconds = (clock() - started) / max(1, sum(len(column) for column in columns))
        for (_, mine), column in zip(with_maps, columns, strict=True):
            mine.extend(dataclasses.replace(one, seconds=seconds) for one in column)
    return [tuple(mine) for mine in answers]
