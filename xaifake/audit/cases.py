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
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.detector.engine import Detector
from xaifake.errors import NumbersError, UnknownNameError, XaifakeError
from xaifake.game.game import Game, new_game, pixels_of
from xaifake.images import name_of
from xaifake.interfaces import Engine, Explainer, Tapped
from xaifake.records import Attribution, Case, Contract, Face, Failure, Logits, Prediction, View, Views

DEFAULT_METHODS = ("gradcam", "shap", "lime")
TOGETHER = 16
"""Pictures explained together: enough to fill batches, few enough to hold their games in memory."""

Advance = Callable[[int], None]


def explain(
    detector: Detector,
    image: object,
    *,
    methods: Sequence[str | Explainer] = DEFAULT_METHODS,
    calls: int | None = None,
    seed: int = 0,
    regions: int = 50,
    fill: str = "blur",
) -> Case:
    """Score one picture and explain its score.

    Args:
        detector: from `load_detector` or `wrap_model`.
        image: a path, a uint8 RGB array (H, W, 3), or a `Picture`.
        methods: explainers by name, or made with their own options: ``Lime(calls=2000)``.
        calls: model calls for each masking method (SHAP, LIME); without it, each method's own default.
        seed: all randomness comes from it.
        regions: about how many superpixels the masking methods play with.
        fill: what replaces an absent region, by name.

    Returns:
        The whole record of the picture.

    Raises:
        XaifakeError: with one sentence that says what is wrong with the picture, the options or the model.
    """
    (outcome,) = explain_many(detector, [image], methods=methods, calls=calls, seed=seed, regions=regions, fill=fill)
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
    fill: str = "blur",
    advance: Advance = lambda scored: None,  # noqa: ARG005 - nobody watches
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Case | Failure]:
    """Explain pictures in order, sharing batches; a picture that cannot be explained becomes a `Failure`.

    The arguments are those of `explain`, and each picture's result is the same as when it is explained alone, up to the
    rounding of the batch. ``advance`` is called with the number of pictures just scored; ``clock`` gives seconds.
    """
    explainers = explainers_of(methods, calls)
    for start in range(0, len(images), TOGETHER):
        outcomes: list[Face | Failure] = [_face(detector, image) for image in images[start : start + TOGETHER]]
        views = detector.view([face for face in outcomes if isinstance(face, Face)])
        games = [new_game(view, regions=regions, fill=fill) for view in views]
        cases = iter(_cases(detector, Watched(detector, advance), games, explainers, seed, clock))
        yield from (outcome if isinstance(outcome, Failure) else next(cases) for outcome in outcomes)


def _face(detector: Detector, image: object) -> Face | Failure:
    try:
        return detector.faces(image)[0]
    except XaifakeError as error:
        return Failure(name_of(image), error)


def explainers_of(
    methods: Sequence[str | Explainer], calls: int | None = None, options: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Explainer]:
    """The explainers of those names, in order, each with its options; `calls` goes to those that have such an option."""
    given = dict(options or {})
    unused = sorted(set(given) - {m for m in methods if isinstance(m, str)})
    if unused:
        raise UnknownNameError(f"Options are given for a method that is not used. Received: {', '.join(unused)}")
    return [m if not isinstance(m, str) else _explainer(m, calls, given.get(m, {})) for m in dict.fromkeys(methods)]


def _explainer(name: str, calls: int | None, options: Mapping[str, Any]) -> Explainer:
    found = plugins.find("explainer", name)
    fields = {field.name for field in dataclasses.fields(found)}
    unknown = sorted(set(options) - fields)
    if unknown:
        raise UnknownNameError(f"{name} has the options {', '.join(sorted(fields))}. Received: {', '.join(unknown)}")
    shared = {"calls": calls} if calls is not None and "calls" in fields else {}
    explainer: Explainer = found(**{**shared, **options})
    return explainer


def _cases(
    detector: Detector,
    engine: Engine,
    games: Sequence[Game],
    explainers: Sequence[Explainer],
    seed: int,
    clock: Callable[[], float],
) -> list[Case | Failure]:
    if not games:
        return []
    try:
        logits = engine.score(pixels_of(games))
        attributions: list[dict[str, Attribution]] = [{} for _ in games]
        for explainer in explainers:
            started = clock()
            results = explainer.explain(engine, games, seed)
            seconds = (clock() - started) / len(games)
            for mine, result in zip(attributions, results, strict=True):
                mine[result.method] = dataclasses.replace(result, seconds=seconds)
    except NumbersError as error:
        if len(games) == 1:
            return [Failure(games[0].view.face.picture.source, error)]
        # One picture's NaN must not take the others with it: ask for each alone.
        return [_cases(detector, engine, [game], explainers, seed, clock)[0] for game in games]
    return [
        _case(detector, game.view, float(logit), mine, seed)
        for game, logit, mine in zip(games, logits, attributions, strict=True)
    ]


def _case(detector: Detector, view: View, logit: float, attributions: Mapping[str, Attribution], seed: int) -> Case:
    return Case(
        face=view.face,
        prediction=Prediction(logit, detector.contract.threshold),
        detector=detector.file,
        contract=detector.contract,
        assumptions=detector.assumptions,
        attributions=attributions,
        view_sha256=hashlib.sha256(np.ascontiguousarray(view.pixels).tobytes()).hexdigest(),
        seed=seed,
        versions=versions(),
    )


@functools.cache
def versions() -> Mapping[str, str]:
    """The versions of everything that a number in a case depends on."""
    packages = ("xaifake", "tensorflow", "keras", "tf-keras", "numpy", "opencv-python", "scikit-image", "shap", "lime")
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return MappingProxyType(found)


class Watched:
    """An engine that reports how many pictures it has scored, so that progress is one thing and not each method's."""

    def __init__(self, engine: Engine, advance: Advance) -> None:
        self._engine = engine
        self._advance = advance

    @property
    def contract(self) -> Contract:
        return self._engine.contract

    def score(self, views: Views) -> Logits:
        logits = self._engine.score(views)
        self._advance(len(views))
        return logits

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        tapped = self._engine.tap(views, layer)
        self._advance(len(views))
        return tapped

    def gradient(self, views: Views) -> tuple[Logits, NDArray[np.float32]]:
        answer = self._engine.gradient(views)
        self._advance(len(views))
        return answer
