"""Planted detectors through every explainer: on models of many shapes the planted evidence is found, and on one that always
scores the same, none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from xaifake import plugins
from xaifake.audit.selftest.findings import Finding, failed
from xaifake.audit.selftest.plants import REGIONS, Plants, frugal, planted_view
from xaifake.detector.engine import Detector
from xaifake.detector.planted import GAIN, SHAPES, SIZE, PlantedPicture, Shape, planted_model, planted_picture
from xaifake.detector.planted_dct import FINE_ACROSS, FINE_DOWN, planted_dct_model
from xaifake.detector.runtimes import Runtimes
from xaifake.detector.runtimes.conversion import available
from xaifake.game.region_game import new_game
from xaifake.interfaces import Engine
from xaifake.records import Attribution, Contract, ModelFile, Omission, View

KNOWN = "most evidence for FAKE and for REAL lies on the patches planted for them"
QUIET = "a detector that always scores the same gives no evidence"
SEEDS = (11, 23, 27, 30)
"""Pictures whose two patches lie on different parts of the face that is laid on them, so that parts can tell them too."""


@dataclass(frozen=True)
class Planted:
    """A planted detector: which Keras, what shape, what scores it, and whether it sees coefficients of the DCT."""

    major: int = 3
    shape: Shape = "flat"
    runtime: str = "tensorflow"
    dct: bool = False

    def __str__(self) -> str:
        return f"Keras {self.major}, {'DCT' if self.dct else self.shape}, {self.runtime}"

    @property
    def lacks(self) -> str | None:
        """What it needs and is not installed."""
        if self.major < 3 and not find_spec("tf_keras"):
            return "tf_keras"
        return "onnxruntime or tf2onnx" if self.runtime == "onnxruntime" and not available() else None

    def detector(self, gain: float = GAIN) -> Detector:
        """The detector; of no gain, one that always scores the same."""
        if self.dct:
            model: Any = planted_dct_model(self.major)
            contract = Contract((SIZE, SIZE), range=(0.0, 255.0), channels="grey", domain="dct", head="unknown")
        else:
            model = planted_model(self.major, self.shape, gain=gain)
            contract = Contract((SIZE, SIZE), head="unknown")
        runtimes = Runtimes(model, contract, "planted", wanted=self.runtime)
        return Detector(runtimes, contract, ModelFile("planted", "0" * 64, "in memory", self.major))


FEW = (Planted(), Planted(2, "nested"), Planted(3, "subclassed", "onnxruntime"), Planted(2, dct=True))
"""Both majors, both runtimes and both domains."""
ALL = (
    *(Planted(major, shape, runtime) for major in (3, 2) for shape in SHAPES for runtime in ("tensorflow", "onnxruntime")),
    *(Planted(major, dct=True) for major in (3, 2)),
)


def on_planted(subjects: Sequence[Planted]) -> Iterator[Finding]:
    """What every explainer finds on each planted detector, and on one whose score never changes."""
    names = plugins.names("explainer")
    for number, subject in enumerate(subjects):
        if subject.lacks:
            yield Finding("explainers", str(subject), KNOWN, f"{subject.lacks} is not installed", None)
            continue
        picture, detector = planted_picture(SEEDS[number % len(SEEDS)]), subject.detector()
        for name in names:
            yield recovered(name, str(subject), detector, planted_view(picture), places_of(picture))
    constant, view = Planted().detector(gain=0.0), planted_view(planted_picture())
    for name in names:
        yield silent(name, "constant detector", constant, view)


def places_of(picture: PlantedPicture) -> dict[str, Plants]:
    """Where maps of each domain should have their extremes on the planted detectors."""
    stripes = Plants.on(picture)
    coefficients = Plants(FINE_DOWN.rows_and_columns, FINE_ACROSS.rows_and_columns)
    return {"pixel": stripes, "frequency": stripes, "dct": coefficients}


def recovered(name: str, subject: str, engine: Engine, view: View, where: Mapping[str, Plants]) -> Finding:
    """Whether an explainer finds the plants of a view, which lie there in each domain of maps."""

    def found(answer: Attribution) -> Finding:
        plants = where.get(answer.domain)
        if plants is None:
            return Finding(
                name, subject, KNOWN, f"where they lie for a map in the domain {answer.domain} is not known", None
            )
        return Finding(name, subject, KNOWN, plants.told_by(answer), plants.found_by(answer))

    return _asked(name, subject, KNOWN, engine, view, found)


def silent(name: str, subject: str, engine: Engine, view: View) -> Finding:
    """Whether an explainer has nothing to say of a detector that always scores the same."""

    def found(answer: Attribution) -> Finding:
        most = float(np.abs(answer.values).max())
        return Finding(name, subject, QUIET, f"{most:.3g} at most" if most else "no evidence", answer.is_empty)

    return _asked(name, subject, QUIET, engine, view, found)


def _asked(
    name: str, subject: str, known: str, engine: Engine, view: View, found: Callable[[Attribution], Finding]
) -> Finding:
    """The finding from what an explainer answers, asked little; one that says nothing cannot be tried."""
    try:
        (answer,) = frugal(name).explain(engine, [new_game(view, regions=REGIONS)], 0)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong on this machine is what a self test is to find
        return failed(name, subject, known, error)
    return Finding(name, subject, known, answer.reason, None) if isinstance(answer, Omission) else found(answer)
