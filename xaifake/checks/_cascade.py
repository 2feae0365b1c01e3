"""What methods say of the same pictures while the model's layers lose what they have learned, from the score backwards."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import numpy as np

from xaifake import plugins
from xaifake.checks import _likeness as likeness
from xaifake.checks._outcomes import MATERIAL, greatest
from xaifake.errors import NumbersError, UsageError
from xaifake.faces import faces_of
from xaifake.faces.mesh import landmarks_of
from xaifake.game.game import play
from xaifake.game.region_game import new_game
from xaifake.images import read_picture
from xaifake.interfaces import Engine, Explainer
from xaifake.records import Attribution, Face, Omission, Options

PICTURES = ("original", "edited")
"""Of the demo: a face, and the same with an edit. The same for every case, so that the outcome is the model's."""
SHARES = (1 / 3, 2 / 3, 1.0)
"""Of the layers that have weights, how many have random ones at each stage; at the first stage of all none has."""
SEED = 0
REGIONS = 25
"""Few superpixels, so that few coalitions tell them apart."""
CALLS = 64
"""What a method with a budget is given for each picture and stage."""
MOST = 128
"""Model calls for each picture and stage from which on a method without one is not tested."""
VERSION = 2
"""Raised whenever the same model and method would come out otherwise."""

LOG = logging.getLogger(__name__)

Maps = Mapping[str, Sequence[Attribution | Omission]]
"""What each method says of each picture."""


def likenesses(engine: Engine, explainers: Mapping[str, Explainer]) -> dict[str, Options]:
    """For each method how alike its maps of the trained model are to those of each stage, or a reason why nobody knows.

    What was found once is read from the engine's notes, but of methods that a user wrote: their code may have changed since.
    The maps of all other methods are made together: they share the copies of the model, and the games that are played with
    them.
    """
    reduced = {name: _reduced(explainer) for name, explainer in explainers.items()}
    questions = {name: _question(explainer) for name, explainer in reduced.items() if plugins.comes_along(type(explainer))}
    found = {name: note for name, question in questions.items() if (note := engine.notes.get(question)) is not None}
    missing = {name: explainer for name, explainer in reduced.items() if name not in found}
    if missing:
        for name, note in _compared(engine, missing).items():
            found[name] = note
            if name in questions:
                engine.notes[questions[name]] = note
    return found


def _reduced(explainer: Explainer) -> Explainer:
    """The method with as few calls as will do."""
    plugin: Any = explainer  # a dataclass, as all are
    options = {option.name for option in dataclasses.fields(plugin)}
    least: Explainer = dataclasses.replace(plugin, calls=min(CALLS, plugin.calls)) if "calls" in options else explainer
    return least


def _question(explainer: Explainer) -> str:
    facts = [VERSION, plugins.spec_of(explainer), type(explainer).__module__, SHARES, SEED, REGIONS, CALLS, MOST]
    pictures = [hashlib.sha256((files("xaifake.demo") / f"{name}.png").read_bytes()).hexdigest() for name in PICTURES]
    return json.dumps(["depends_on_model", *facts, *pictures])


def _compared(engine: Engine, explainers: Mapping[str, Explainer]) -> dict[str, Options]:
    """The note on each method; one copy of the model at a time."""
    affordable = {name: explainer for name, explainer in explainers.items() if explainer.calls <= MOST}
    notes: dict[str, Options] = {name: {"reason": "too_many_calls"} for name in explainers if name not in affordable}
    trained = engine.randomised(0.0, SEED) if affordable else None
    if trained is None:
        return notes | {name: {"reason": "not_copied"} for name in affordable}
    first = _explained(trained, affordable, SEED)
    reach = _reach(trained)
    again = _explained(trained, {name: affordable[name] for name in _random(first)}, SEED + 1, PICTURES[:1])
    del trained
    stages = [_explained(copy, affordable, SEED) for share in SHARES if (copy := engine.randomised(share, SEED)) is not None]
    return notes | {name: _note(name, reach, first, again, stages) for name in affordable}


def _explained(engine: Engine, explainers: Mapping[str, Explainer], seed: int, pictures: Sequence[str] = PICTURES) -> Maps:
    """The maps of the pictures; none of any method where scores are not finite, or of one that wants more calls."""
    games = [new_game(view, regions=REGIONS) for view in engine.view([_face(name) for name in pictures])]
    maps: dict[str, Sequence[Attribution | Omission]] = {}
    for name, explainer in explainers.items():
        try:
            maps[name] = explainer.explain(engine, games, seed)
        except UsageError as error:
            LOG.info("%s is left out: %s", name, error)
            maps[name] = ()
        except NumbersError as error:
            LOG.info("a stage of random weights is left out: %s", error)
            return {}
    return maps


def _reach(engine: Engine) -> float:
    """By how much either picture differs from its fill in the logit, the greater of the two."""
    games = [new_game(view, regions=REGIONS) for view in engine.view([_face(name) for name in PICTURES])]
    ends = [np.array([[False], [True]]).repeat(game.players, axis=1) for game in games]
    return max(abs(float(full - empty)) for empty, full in play(engine, games, ends))


def _face(name: str) -> Face:
    """The whole picture, with its mesh."""
    (face,) = faces_of(read_picture(str(files("xaifake.demo") / f"{name}.png")), "whole")
    return dataclasses.replace(face, landmarks=landmarks_of(face))


def _random(maps: Maps) -> list[str]:
    """The methods whose maps depend on a seed."""
    return [
        name
        for name, mine in maps.items()
        if any(isinstance(one, Attribution) and one.seed is not None and not one.diagnostics.get("exact") for one in mine)
    ]


def _note(name: str, reach: float, first: Maps, again: Maps, stages: Sequence[Maps]) -> Options:
    if first.get(name) == ():
        return {"reason": "too_many_calls"}
    trained = [one for one in first.get(name, ()) if isinstance(one, Attribution)]
    if len(trained) < len(PICTURES):
        return {"reason": "not_on_demo"}
    if all(one.is_empty for one in trained):
        return {"reason": "silent_on_demo"}
    if max([reach, *(greatest(one) for one in trained if one.region_values is not None)]) < MATERIAL:
        return {"reason": "weak_on_demo"}
    made = [*stages, *([again] if name in again else [])]
    asked = [one.calls for maps in (first, *made) for one in maps.get(name, ()) if isinstance(one, Attribution)]
    return {
        "stages": [_likeness(trained, stage[name]) if name in stage else None for stage in stages],
        "repeat": _likeness(trained, again[name])["rank_correlation"] if name in again else None,
        "calls": 2 * len(PICTURES) + sum(asked),
    }


def _likeness(trained: Sequence[Attribution], other: Sequence[Attribution | Omission]) -> dict[str, float | bool]:
    """How alike the maps of both pictures are, in the mean; a silent map is like nothing."""
    signed, magnitudes, silent = [], [], True
    for one, two in zip(trained, other, strict=False):  # another seed is asked about the first picture alone
        if isinstance(two, Attribution) and not two.is_empty and not one.is_empty:
            silent = False
            mine, theirs = (likeness.shown(_values(each)) for each in (one, two))
            signed.append(likeness.rank_correlation(mine, theirs))
            magnitudes.append(likeness.rank_correlation(np.abs(mine), np.abs(theirs)))
    means = (round(float(np.mean(values)), 4) if values else 0.0 for values in (signed, magnitudes))
    return {**dict(zip(("rank_correlation", "magnitude_correlation"), means, strict=True)), "silent": silent}


def _values(attribution: Attribution) -> likeness.Numbers:
    """Its regions', or cell by cell: the grid of a model's map does not depend on its weights."""
    values = attribution.values if attribution.region_values is None else attribution.region_values
    return values.astype(np.float64).ravel()
