"""Where the stages meet: read, locate, view, score, explain. The only function that knows them all."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import importlib.metadata
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from xaifake import plugins
from xaifake.audit.subjects import Question, Subject, subject_of
from xaifake.audit.watching import Advance, Watched
from xaifake.detector.engine import Detector
from xaifake.errors import NumbersError, UsageError
from xaifake.game.game import pixels_of
from xaifake.game.region_game import DEFAULT_FILL, RegionGame, new_game
from xaifake.interfaces import Engine, Explainer
from xaifake.records import Attribution, Box, Case, Failure, Omission, Prediction

DEFAULT_METHODS = ("gradcam", "shap", "lime", "parts", "bands")
WITH_ORIGINAL = ("restoration", "restored_parts")
"""Methods that are asked too, where the genuine picture is at hand."""
TOGETHER = 16
"""Pictures explained together: enough to fill batches, few enough to hold their games in memory."""


def explain(
    detector: Detector,
    image: object,
    *,
    methods: Sequence[str | Explainer] = DEFAULT_METHODS,
    calls: int | None = None,
    seed: int = 0,
    regions: int = 50,
    fill: str = DEFAULT_FILL,
    feather: float | None = None,
    face: int = 1,
    box: Box | None = None,
    original: object | None = None,
) -> Case:
    """Score one picture and explain its score.

    Args:
        detector: from `load_detector` or `wrap_model`.
        image: a path, a uint8 RGB array (H, W, 3), or a `Picture`.
        methods: explainers by name, with options in the name (``"lime:calls=2000"``) or made with them.
        calls: model calls for each masking method; without it, each method's own default.
        seed: all randomness comes from it.
        regions: about how many superpixels the masking methods play with.
        fill: what replaces an absent region, by name.
        feather: how soft the edges of absent regions are, in pixels of the view; 0 is hard, None an eighth of a region.
        face: which of the faces found, 1 for the largest.
        box: where the face is, instead of looking for it.
        original: the genuine picture, where it is at hand; then what giving its pixels back does is measured too.

    Returns:
        The whole record of the picture.

    Raises:
        XaifakeError: with one sentence that says what is wrong with the picture, the options or the model.
    """
    question = Question(image, face, box, original)
    (outcome,) = explain_many(
        detector, [question], methods=methods, calls=calls, seed=seed, regions=regions, fill=fill, feather=feather
    )
    if isinstance(outcome, Failure):
        raise outcome.cause
    return outcome


def explain_many(
    detector: Detector,
    images: Sequence[object],
    *,
    methods: Sequence[str | Explainer] = DEFAULT_METHODS,
    calls: int | None = None,
    seed: int = 0,
    regions: int = 50,
    fill: str = DEFAULT_FILL,
    feather: float | None = None,
    advance: Advance = lambda scored: None,  # noqa: ARG005 - nobody watches
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Case | Failure]:
    """Explain pictures in order, sharing batches; a picture that cannot be explained becomes a `Failure`.

    The arguments are those of `explain`; an image may also be a `xaifake.audit.subjects.Question`. Each picture's result is
    the same as when it is explained alone, up to the rounding of the batch. ``advance`` is called with the number of
    pictures just scored; ``clock`` gives seconds.
    """
    if seed < 0:
        raise UsageError(f"The seed is a whole number from 0. Received: {seed}")
    questions = [image if isinstance(image, Question) else Question(image) for image in images]
    explainers = explainers_of(methods, calls=calls)
    if any(question.original is not None for question in questions):
        asked = {type(explainer) for explainer in explainers}
        explainers += [e for e in explainers_of(WITH_ORIGINAL, calls=calls) if type(e) not in asked]
    for start in range(0, len(questions), TOGETHER):
        found = [subject_of(detector, question) for question in questions[start : start + TOGETHER]]
        subjects = [subject for subject in found if isinstance(subject, Subject)]
        games = [new_game(subject.view, regions=regions, fill=fill, feather=feather) for subject in subjects]
        cases = iter(_cases(detector, Watched(detector, advance), subjects, games, explainers, seed, clock))
        yield from (subject if isinstance(subject, Failure) else next(cases) for subject in found)


def explainers_of(methods: Sequence[str | Explainer], **shared: Any) -> list[Explainer]:
    """The explainers of those names (see `xaifake.plugins` for how a name carries options), in order.

    ``shared`` options, such as ``calls`` and ``layer``, go to those that have them.

    Raises:
        UsageError: a method is named twice, where a case holds one attribution of each; one name in place of a list.
    """
    if isinstance(methods, str):
        raise UsageError(f"The methods are a list of names; put a single one in brackets. Received: {methods!r}")
    explainers = [plugins.make("explainer", m, **shared) if isinstance(m, str) else m for m in methods]
    kinds = [type(explainer) for explainer in explainers]
    twice = sorted({plugins.name_of(kind) for kind in kinds if kinds.count(kind) > 1})
    if twice:
        raise UsageError(f"A case holds each method once; ask again for other options. Received twice: {', '.join(twice)}")
    return explainers


def _cases(
    detector: Detector,
    engine: Engine,
    subjects: Sequence[Subject],
    games: Sequence[RegionGame],
    explainers: Sequence[Explainer],
    seed: int,
    clock: Callable[[], float],
) -> list[Case | Failure]:
    if not games:
        return []
    try:
        logits = engine.score(pixels_of(games))
        answers: list[list[Attribution | Omission]] = [[] for _ in games]
        for explainer in explainers:
            started = clock()
            results = explainer.explain(engine, games, seed)
            seconds = (clock() - started) / len(games)
            for mine, result in zip(answers, results, strict=True):
                if isinstance(result, Attribution):
                    result = dataclasses.replace(result, seconds=seconds)
                mine.append(result)
    except NumbersError as error:
        if len(games) == 1:
            return [Failure(games[0].view.face.picture.source, error)]
        # One picture's NaN must not take the others with it: ask for each alone.
        each = zip(subjects, games, strict=True)
        return [_cases(detector, engine, [one], [game], explainers, seed, clock)[0] for one, game in each]
    return [
        _case(detector, subject, float(logit), mine, seed)
        for subject, logit, mine in zip(subjects, logits, answers, strict=True)
    ]


def _case(detector: Detector, subject: Subject, logit: float, answers: Sequence[Attribution | Omission], seed: int) -> Case:
    return Case(
        face=subject.view.face,
        prediction=Prediction(logit, detector.contract.threshold),
        detector=detector.file,
        contract=detector.contract,
        assumptions=detector.assumptions,
        attributions={answer.method: answer for answer in answers if isinstance(answer, Attribution)},
        view_sha256=hashlib.sha256(np.ascontiguousarray(subject.view.pixels).tobytes()).hexdigest(),
        seed=seed,
        versions=versions(),
        faces=subject.faces,
        omissions=tuple(answer for answer in answers if isinstance(answer, Omission)),
        original=subject.original,
    )


@functools.cache
def versions() -> Mapping[str, str]:
    """The versions of everything that a number in a case depends on."""
    packages = [
        "xaifake",
        "tensorflow",
        "keras",
        "tf-keras",
        "numpy",
        "scipy",
        "opencv-python",
        "scikit-image",
        "shap",
        "lime",
    ]
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return MappingProxyType(found)
