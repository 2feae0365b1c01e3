"""Depends on the model: does the map change when the model forgets what it has learned?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaifake import plugins
from xaifake.checks._cascade import likenesses
from xaifake.interfaces import Engine, Explained
from xaifake.records import Check, Options, Outcome

UNLIKE, LIKE = 0.4, 0.6
"""Up to and from which likeness the maps of random weights are unlike, and like, that of the trained model."""
TELLING = 0.4
"""Where two seeds' maps of the trained model correlate by less, a method is too noisy to tell other maps from its own."""

Record = dict[str, Any]


@dataclass(frozen=True)
class DependsOnModel:
    """Explains a copy of the model whose layers have random weights, more of them at each stage, and compares the maps.

    Source: cascading randomisation, Adebayo and others 2018, section 3.1, as `xaifake.detector.runtimes.redrawing` draws the
    weights. A method whose map of a model that has learned nothing looks like that of the trained one shows the picture, not
    the model. It is a gate and no ranking: noisy maps change easily and would come out best (Binder and others 2023). So a
    method that draws at random is also asked about the trained model by another seed, and where those two maps are not alike
    the outcome is "mixed" at best.

    The likeness is the mean, over the stages, of the magnitude of the rank correlation: the mean, since the map of one
    random model is like any other by chance (by 0.2 for 25 places, by 0.3 for 10); the magnitude, since a random model may
    as well turn all signs and leave the places. A stage at which the model gives no map, or no finite score, is left out.

    Deviations: it is done once for each model and method, on two pictures that come with xaifake, and kept beside the
    choices of runtimes; so it costs a case nothing, and says the same of every picture. `calls_once` in the measures is what
    it took. Maps are compared by rank correlation, with their signs and by magnitude, of what a reader sees. The copy is
    always asked with about 25 superpixels behind the usual fill, and methods with a budget 64 times a picture and stage.
    """

    def calls(self, methods: int) -> int:  # noqa: ARG002 - none for any picture
        return 0

    def check(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Check]]:  # noqa: ARG002 - one for all
        """One check for each attribution."""
        explainers = {
            method: one.explainers[method] for one in explained for method in one.attributions if method in one.explainers
        }
        notes = likenesses(engine, explainers)
        name = plugins.name_of(type(self))
        return [
            [Check(name, method, **_record(notes.get(method, {"reason": "no_method"}))) for method in one.attributions]
            for one in explained
        ]


def _record(note: Options) -> Record:
    if "reason" in note:
        return {"outcome": "not tested", "reason": note["reason"]}
    stages = [stage or {"rank_correlation": None, "magnitude_correlation": None, "silent": True} for stage in note["stages"]]
    ranks = [stage["rank_correlation"] for stage in stages if not stage["silent"]]
    if not ranks:
        return {"outcome": "not tested", "reason": "silent_when_random"}
    measures = {
        "likeness": float(np.mean(np.abs(ranks))),
        "rank_correlations": tuple(stage["rank_correlation"] for stage in stages),
        "magnitude_correlations": tuple(stage["magnitude_correlation"] for stage in stages),
        "silent_stages": len(stages) - len(ranks),
        "repeat": note["repeat"],
        "calls_once": note["calls"],
    }
    return {"outcome": _outcome(measures["likeness"], measures["repeat"]), "measures": measures}


def _outcome(likeness: float, repeat: float | None) -> Outcome:
    if likeness >= LIKE:
        return "did not hold up"
    return "held up" if likeness <= UNLIKE and (repeat is None or repeat >= TELLING) else "mixed"
