"""How far cases can be believed, from records alone: checks, limits, changed copies and provenance that nobody computed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from synthetic import all_methods, astronaut, make_case, parts

from xaifake.records import (
    Attribution,
    Box,
    Case,
    Change,
    Check,
    Face,
    Limit,
    Omission,
    Outcome,
    Picture,
    Provenance,
    Trial,
    View,
)
from xaifake.report.words import Text, entry

MEASURES: Mapping[str, Mapping[str, Any]] = {
    "mattered": {
        "side": "FAKE",
        "area_percent": 10.3,
        "compared": 24,
        "fill": "median",
        "change": 1.37,
        "random_mean": 0.06,
        "score": 0.83,
        "score_hidden": 0.55,
        "score_random": 0.82,
    },
    "agrees": {
        "rank_correlation": 0.11,
        "others": ("shap", "lime"),
        "leading": "mouth",
        "leading_of_others": ("mouth", "background"),
    },
}
"""Numbers behind a check's outcome, where a report reads them by name."""


def limits(*, outside: bool = False) -> tuple[Limit, ...]:
    """Knowledge limits: all within their bounds, or two of them outside, and one that nobody can know."""
    return (
        Limit("face_size", "outside" if outside else "within", 62.0 if outside else 240.0, 128.0, "pixels"),
        Limit("jpeg_quality", "outside" if outside else "within", 41.0 if outside else 92.0, 50.0),
        Limit("distance", "not known"),
    )


def trials(logit: float, *, fall: float = 0.1) -> tuple[Trial, ...]:
    """The scores of changed copies, each lower by so much more the further the change goes."""
    steps = {"jpeg": (95.0, 70.0, 50.0), "resize": (0.9, 0.5), "blur": (0.5, 2.0), "noise": (2.0, 10.0)}
    return tuple(
        Trial(Change(kind, amount), logit - fall * (place + 1))  # type: ignore[arg-type]  # the kinds are written above
        for kind, amounts in steps.items()
        for place, amount in enumerate(amounts)
    )


def provenance() -> Provenance:
    """How a case came about; digests of nothing."""
    digests = [hashlib.sha256(name.encode()).hexdigest() for name in ("pixels", "input", "contract", "options")]
    return Provenance(
        *digests,
        options={"methods": ("gradcam", "shap"), "seed": 0},
        machine={"system": "Linux", "cores": 2},
        command=("xaifake", "explain", "mobilenet.h5", "a face.png"),
        started="2026-11-21T12:00:00+00:00",
    )


@cache
def bands(size: int = 48) -> Attribution:
    """Of a detector of grain: the mean magnitude of what the finest band holds of a small astronaut."""
    from engines import NumpyEngine

    from xaifake.explainers.bands import Bands
    from xaifake.game import spectrum
    from xaifake.game.region_game import new_game

    finest = spectrum.masks((size, size))[[-1]]
    engine = NumpyEngine(
        lambda views: np.array([np.abs(spectrum.parts(view, finest)).mean() for view in views]), (size, size)
    )
    small = np.ascontiguousarray(astronaut()[::4, ::4])
    face = Face(Picture("small", small, ""), Box(0, 0, size, size), "whole")
    (attribution,) = Bands().explain(engine, [new_game(View(face, small.astype(np.float32)), regions=4)], 0)
    return replace(attribution, box=Box(0, 0, 192, 192), picture_size=(192, 192))


def texts(tree: Any, path: str = "") -> Iterator[tuple[str, Text]]:
    """Every text with its path; the texts of a list share theirs."""
    if isinstance(tree, list):
        for one in tree:
            yield from texts(one, path)
    elif isinstance(tree, Text):
        yield path, tree
    else:
        for key, value in vars(tree).items():
            yield from texts(value, f"{path}.{key}".lstrip("."))


def measures_of(name: str) -> dict[str, Any]:
    """A number for everything that the words of a check name."""
    own = entry("checks", name)
    fields = {field for _, text in texts(own) for field in text.fields} if own else set()
    return {**dict.fromkeys(fields, 0.5), **MEASURES.get(name, {})}


def checks(methods: Sequence[str], **outcomes: Outcome) -> tuple[Check, ...]:
    """Every check of each method: held up, unless said otherwise of it; what is not tested has a reason."""
    from xaifake import plugins

    made = []
    for name in plugins.names("check"):
        outcome = outcomes.get(name, "held up")
        reason = "no_place" if outcome == "not tested" else None
        measures = measures_of(name)
        made += [Check(name, method, outcome, measures, reason=reason, seed=0, calls=60) for method in methods]
    return tuple(made)


def doubtful(logit: float = 1.6, *, outside: bool = True, fall: float = 0.6, **outcomes: Outcome) -> Case:
    """A case with everything that a report can show: limits, checks, changed copies, parts, bands and provenance."""
    box, size = Box(0, 0, 192, 192), (192, 192)
    attributions = [*all_methods(box, size), parts(box, size), bands()]
    case = make_case(logit=logit, attributions=attributions, notes=("turned as its EXIF says",))
    return replace(
        case,
        checks=checks(list(case.attributions), **outcomes),
        limits=limits(outside=outside),
        robustness=trials(logit, fall=fall),
        provenance=provenance(),
        omissions=(Omission("restored_parts", "Parts need --original."),),
    )
