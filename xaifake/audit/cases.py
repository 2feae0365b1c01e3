"""Explain pictures: read, locate, view, score, explain, check, and keep all of it as cases."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import operator
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from xaifake.ahead import ahead
from xaifake.audit.checking import doubts_of
from xaifake.audit.planning import DEFAULT_METHODS, plan_of
from xaifake.audit.provenance import provenance_of, versions
from xaifake.audit.stories import Story, stories_of
from xaifake.audit.subjects import Question, Subject, subject_of
from xaifake.audit.watching import Advance, Watched
from xaifake.detector.engine import Detector
from xaifake.detector.inspection.formats import digest
from xaifake.errors import UsageError
from xaifake.game.region_game import DEFAULT_FILL, new_game
from xaifake.interfaces import Checker, Explainer, KnowledgeLimit, Measurer
from xaifake.records import Box, Case, Failure

MANY = 1000
"""How many pictures are expected of a list that does not say."""
TOGETHER = 16
"""Pictures explained together at most: enough to fill batches, few enough to hold their games in memory."""


def explain(
    detector: Detector,
    image: object,
    *,
    face: int = 1,
    box: Box | None = None,
    original: object | None = None,
    mask: object | None = None,
    **options: Any,
) -> Case:
    """Score one picture and explain its score.

    Args:
        detector: from `load_detector` or `wrap_model`.
        image: a path, a uint8 RGB array (H, W, 3), or a `Picture`.
        face: which of the faces found, 1 for the largest.
        box: where the face is, instead of looking for it.
        original: the genuine picture, where it is at hand; then what giving its pixels back does is measured too.
        mask: a picture of the same size, bright where this one is known to have been edited, for measures that need it.
        options: those of `explain_many`.

    Returns:
        The whole record of the picture.

    Raises:
        XaifakeError: with one sentence that says what is wrong with the picture, the options or the model.
    """
    (outcome,) = explain_many(detector, [Question(image, face, box, original, mask)], **options)
    if isinstance(outcome, Failure):
        raise outcome.cause
    return outcome


def explain_many(
    detector: Detector,
    images: Iterable[object],
    *,
    methods: Sequence[str | Explainer] = DEFAULT_METHODS,
    checks: Sequence[str | Checker] | None = None,
    measures: Sequence[str | Measurer] = (),
    limits: Sequence[str | KnowledgeLimit] | None = None,
    reference: str | None = None,
    robustness: bool = True,
    calls: int | None = None,
    seed: int = 0,
    regions: int = 50,
    fill: str = DEFAULT_FILL,
    feather: float | None = None,
    command: Sequence[str] = (),
    started: str | None = None,
    advance: Advance = lambda scored: None,  # noqa: ARG005 - nobody watches
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Case | Failure]:
    """Explain pictures in order, sharing batches; a picture that cannot be explained becomes a `Failure`.

    Each picture's result is the same as when it is explained alone, up to the rounding of the batch. While some pictures
    are scored, threads read the next ones and find their faces. ``images`` may be without end: it is read no further than
    twice `TOGETHER` pictures ahead of the last that can be explained, and memory stays as it is.

    Args:
        detector: from `load_detector` or `wrap_model`.
        images: of the kinds that `explain` takes, or `xaifake.audit.subjects.Question`; a `Subject` of the same contract, to
            ask again about a face that was found before.
        methods: explainers by name, with options in the name (``"lime:calls=2000"``) or made with them.
        checks: tests of each explanation, likewise; without it, all there are.
        measures: numbers for research, likewise.
        limits: knowledge limits, likewise; without it, all there are.
        reference: a folder of pictures like those that the detector was checked on, for the limit of distance.
        robustness: whether changed copies of the picture are scored.
        calls: model calls for each masking method; without it, each method's own default.
        seed: all randomness comes from it.
        regions: about how many superpixels the masking methods play with.
        fill: what replaces an absent region, by name.
        feather: how soft the edges of absent regions are, in pixels of the view; 0 is hard, None an eighth of a region.
        command: the command line that asked, for the record.
        started: when, in ISO 8601 and UTC, for the record.
        advance: called with the number of pictures just scored.
        clock: gives seconds.
    """
    if seed < 0:
        raise UsageError(f"The seed is a whole number from 0. Received: {seed}")
    doubts = doubts_of(checks, measures, limits, robustness, reference=reference)
    game = functools.partial(new_game, regions=regions, fill=fill, feather=feather)
    plan = plan_of(methods, calls, doubts, seed, game, clock)
    options = plan.options | {"calls": calls, "regions": regions, "fill": fill, "feather": feather}
    files = {"reference": digest(Path(doubts.reference))} if doubts.reference else {}
    detector.prepare(operator.length_hint(images, MANY) * plan.calls)
    questions = (image if isinstance(image, Question | Subject) else Question(image) for image in images)
    together, watched = detector.together(TOGETHER), Watched(detector, advance)
    with contextlib.closing(ahead(functools.partial(subject_of, detector), questions, together)) as found:
        for group in _together(found, together):
            subjects = [subject for subject in group if isinstance(subject, Subject)]
            told = stories_of(watched, subjects, plan)
            cases = (_case(detector, story, plan.seed, options, files, command, started) for story in told)
            yield from (subject if isinstance(subject, Failure) else next(cases) for subject in group)


def _together(found: Iterator[Subject | Failure], count: int) -> Iterator[list[Subject | Failure]]:
    """In order, cut where so many can be explained as fill batches; a failure that waits for nothing goes at once."""
    group: list[Subject | Failure] = []
    subjects = 0
    for one in found:
        group.append(one)
        subjects += isinstance(one, Subject)
        if subjects in (0, count):
            yield group
            group, subjects = [], 0
    if group:
        yield group


def _case(
    detector: Detector,
    story: Story | Failure,
    seed: int,
    options: Mapping[str, Any],
    files: Mapping[str, str],
    command: Sequence[str],
    started: str | None,
) -> Case | Failure:
    if isinstance(story, Failure):
        return story
    subject, view = story.subject, story.subject.view
    return Case(
        face=view.face,
        prediction=story.explained.prediction,
        detector=detector.file,
        contract=detector.contract,
        assumptions=detector.assumptions,
        attributions=story.explained.attributions,
        view_sha256=hashlib.sha256(np.ascontiguousarray(view.pixels).tobytes()).hexdigest(),
        seed=seed,
        versions=versions(),
        faces=subject.faces,
        omissions=story.omissions,
        original=subject.original,
        runtime=detector.runtime,
        told=story.told,
        checks=story.checks,
        measures=story.measures,
        limits=story.limits,
        robustness=story.robustness,
        provenance=provenance_of(detector, view, {**options, **subject.asked}, {**files, **subject.files}, command, started),
    )
