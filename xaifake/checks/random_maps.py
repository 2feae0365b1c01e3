"""Would noise pass? Random maps go through `mattered` and `enough` as if a method had made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from xaifake.checks._arena import Masking
from xaifake.checks._outcomes import MATERIAL, outcome, untested
from xaifake.checks.enough import Enough
from xaifake.checks.mattered import Mattered
from xaifake.errors import UsageError
from xaifake.interfaces import Engine, Explained
from xaifake.records import Attribution, Check

CELLS = 7
"""Rows and columns of a random map: as coarse as Grad-CAM's."""


@dataclass(frozen=True)
class RandomMaps(Masking):
    """Makes smooth maps of nothing but chance, and tests them as maps of methods are tested.

    Held up: none of them holds up in either test, so what does is no accident. Mixed: one does. A random map's place is as
    good as any other's where it hits what matters: one map in ten at worst (docs/decisions/0014). Where hiding or showing
    places moves the logit by less than `MATERIAL`, nothing could have passed, and nothing is said.

    Source: random explanations as a control, as Hedström et al. 2023 (Quantus) ask for in their guidelines.

    Attributes:
        maps: how many random maps.
    """

    maps: int = 5

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.maps < 1:
            raise UsageError(f"A control needs at least one random map. Received: maps {self.maps}")

    def calls(self, methods: int) -> int:  # noqa: ARG002 - the same, however many there are
        """Those of both tests, of so many maps."""
        return sum(test.calls(self.maps) for test in self._tests)

    @property
    def _tests(self) -> tuple[Mattered, Enough]:
        return Mattered(self.share, self.areas), Enough(self.share, self.areas)

    def check(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Check]]:
        """One check for each picture, whatever the methods."""
        noise = [replace(one, attributions=_noise(one, self.maps, seed)) for one in explained]
        mattered, enough = (test.check(engine, noise, seed) for test in self._tests)
        return [
            [Check("random_maps", None, options=asdict(self), seed=seed, **_record(*both))]
            for both in zip(mattered, enough, strict=True)
        ]


def _noise(one: Explained, count: int, seed: int) -> dict[str, Attribution]:
    face = one.game.view.face
    random = np.random.default_rng((seed, CELLS))  # a stream that no other draw of this seed begins
    maps = random.normal(size=(count, CELLS, CELLS)).astype(np.float32)
    named = {f"noise {number}": values for number, values in enumerate(maps, start=1)}
    return {
        name: Attribution(name, values, "logit per cell", "pixel", face.box, face.picture.pixels.shape[:2], {}, seed, 0)
        for name, values in named.items()
    }


def _record(mattered: Sequence[Check], enough: Sequence[Check]) -> dict[str, Any]:
    both = [*mattered, *enough]
    record = {"calls": sum(check.calls for check in both), "saved": sum(check.saved for check in both)}
    tested = [check for check in mattered if check.outcome != "not tested"]
    if not tested:
        return {**untested("few_regions"), **record}
    passed = [(one.outcome == "held up", other.outcome == "held up") for one, other in zip(mattered, enough, strict=True)]
    held = sum(map(any, passed))
    measures = {
        "maps": len(tested),
        "held_mattered": sum(one for one, _ in passed),
        "held_enough": sum(other for _, other in passed),
        "held": held,
        "change_mean": float(np.mean([check.measures["change"] for check in tested])),
        "percentile_mean": float(np.mean([check.measures["percentile"] for check in tested])),
    }
    if max(float(np.abs(check.measures["random_changes"]).max()) for check in tested) < MATERIAL:
        return {**untested("weak"), "measures": measures, **record}
    return {"outcome": outcome(-held, 0, -1), "measures": measures, **record}
