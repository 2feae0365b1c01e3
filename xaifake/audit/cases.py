"""Where the stages meet: read, locate, view, score, explain. The only function that knows them all."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import importlib.metadata
import operator
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from xaifake import plugins
from xaifake.audit.ahead import ahead
from xaifake.audit.subjects import Question, Subject, subject_of
from xaifake.audit.watching import Advance, Watched
from xaifake.detector.engine import Detector
from xaifake.errors import NumbersError, UsageError
from xaifake.game import whole
from xaifake.game.region_game import DEFAULT_FILL, RegionGame, new_game
from xaifake.interfaces import Engine, Explainer
from xaifake.records import Attribution, Box, Case, Failure, Omission, Prediction, View

DEFAULT_METHODS = ("gradcam", "shap", "lime", "parts", "bands")
WITH_ORIGINAL = ("restoration", "restored_parts")
"""Methods that are asked too, where the genuine picture is at hand."""
MANY = 1000
"""How many pictures are expected of a list that does not say."""
TOGETHER = 16
"""Pictures explained together at most: enough to fill batches, few enough to hold their games in memory."""


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
    images: Iterable[object],
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

    While some pictures are scored, threads read the next ones and find their faces. ``images`` may be without end: it is
    read no further than twice `TOGETHER` pictures ahead of the last that can be explained, and memory stays as it is.
    """
    if seed < 0:
        raise UsageError(f"The seed is a whole number from 0. Received: {seed}")
    plan = _plan(methods, calls, seed, functools.partial(new_game, regions=regions, fill=fill, feather=feather), clock)
    detector.prepare(operator.length_hint(images, MANY) * (1 + sum(explainer.calls for explainer in plan.explainers)))
    questions = (image if isinstance(image, Question) else Question(image) for image in images)
    together = detector.together(TOGETHER)
    with contextlib.closing(ahead(functools.partial(subject_of, detector), questions, together)) as found:
        for group in _together(found, together):
            subjects = [subject for subject in group if isinstance(subject, Subject)]
            cases = iter(_cases(detector, Watched(detector, advance), subjects, plan))
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


@dataclass(frozen=True)
class _Plan:
    """What is asked of every picture: the explainers, and those that need the genuine picture, by games of its view."""

    explainers: Sequence[Explainer]
    with_original: Sequence[Explainer]
    seed: int
    game: Callable[[View], RegionGame]
    clock: Callable[[], float]

    def asked(self, games: Sequence[RegionGame]) -> Iterator[tuple[Explainer, list[int]]]:
        """Each explainer, and the games that it is asked about."""
        everyone = list(range(len(games)))
        yield from ((explainer, everyone) for explainer in self.explainers)
        registered = [index for index in everyone if games[index].view.original is not None]
        yield from ((explainer, registered) for explainer in self.with_original if registered)


def _plan(
    methods: Sequence[str | Explainer],
    calls: int | None,
    seed: int,
    game: Callable[[View], RegionGame],
    clock: Callable[[], float],
) -> _Plan:
    explainers = explainers_of(methods, calls=calls)
    named = {type(explainer) for explainer in explainers}
    with_original = [e for e in explainers_of(WITH_ORIGINAL, calls=calls) if type(e) not in named]
    return _Plan(explainers, with_original, seed, game, clock)


def _cases(detector: Detector, engine: Engine, subjects: Sequence[Subject], plan: _Plan) -> list[Case | Failure]:
    if not subjects:
        return []
    games = [plan.game(subject.view) for subject in subjects]
    try:
        answers = _answers(engine, games, plan)
        logits = whole.score(engine, games)
    except NumbersError as error:
        if len(subjects) == 1:
            return [Failure(subjects[0].view.face.picture.source, error)]
        # One picture's NaN must not take the others with it: ask for each alone.
        return [_cases(detector, engine, [subject], plan)[0] for subject in subjects]
    return [
        _case(detector, subject, Prediction(logit, detector.contract.threshold), game.told, mine, plan.seed)
        for subject, game, logit, mine in zip(subjects, games, logits, answers, strict=True)
    ]


def _answers(engine: Engine, games: Sequence[RegionGame], plan: _Plan) -> list[list[Attribution | Omission]]:
    """What the explainers say of each game, in their order."""
    answers: list[list[Attribution | Omission]] = [[] for _ in games]
    for explainer, asked in plan.asked(games):
        if explainer.calls > 1:
            whole.score(engine, games)
        started = plan.clock()
        results = explainer.explain(engine, [games[index] for index in asked], plan.seed)
        seconds = (plan.clock() - started) / len(asked)
        for index, result in zip(asked, results, strict=True):
            if isinstance(result, Attribution):
                result = dataclasses.replace(result, seconds=seconds)
            answers[index].append(result)
    return answers


def _case(
    detector: Detector,
    subject: Subject,
    prediction: Prediction,
    told: bool,
    answers: Sequence[Attribution | Omission],
    seed: int,
) -> Case:
    return Case(
        face=subject.view.face,
        prediction=prediction,
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
        runtime=detector.runtime,
        told=told,
    )


@functools.cache
def versions() -> Mapping[str, str]:
    """The versions of everything that a number in a case depends on."""
    packages = [
        "xaifake",
        "tensorflow",
        "keras",
        "tf-keras",
        "onnxruntime",
        "tf2onnx",
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
