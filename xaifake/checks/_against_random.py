"""The strongest place of a map against random places of its area, behind two fills: what `mattered` and `enough` share."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from xaifake import plugins
from xaifake.checks._arena import FEWEST, LARGEST, Answer, Arena, Contrast, ask
from xaifake.checks._places import Numbers, Place
from xaifake.errors import UsageError
from xaifake.interfaces import Engine, Explained
from xaifake.records import Attribution, Check, Options

MATERIAL = float(np.log(2))
"""The least change of a logit that counts: twice the odds of FAKE, or half of them (docs/decisions/0014)."""
SIDES = {1: "FAKE", -1: "REAL", 0: "FAKE or REAL"}
OUTCOMES = ("did not hold up", "mixed", "held up")
"""By how many of the two fills agree."""


@dataclass(frozen=True, eq=False)
class Effect:
    """What one fill says of a place.

    Attributes:
        change: by how much it moves the logit toward the side that it is said to support.
        others: by how much each random place does, (N,).
    """

    change: float
    others: Numbers

    @property
    def stands_out(self) -> bool:
        """Whether it is enough to count, and more than any random place does."""
        return self.change >= MATERIAL and self.change > float(self.others.max())

    @property
    def numbers(self) -> Options:
        """For the record."""
        return {
            "change": self.change,
            "random_mean": float(self.others.mean()),
            "random_spread": float(self.others.std(ddof=1)),
            "random_greatest": float(self.others.max()),
            "percentile": 100 * float((self.others < self.change).mean()),
            "random_changes": tuple(self.others.tolist()),
        }


@dataclass(frozen=True)
class AgainstRandom(ABC):
    """A check that hides a map's strongest place, or shows it alone, and does the same with random places.

    Attributes:
        share: about how much of the view a place covers.
        areas: how many random places are asked; those that lie elsewhere than the tested one are compared with it.
    """

    hides: ClassVar[bool]
    """Whether places are hidden and all else is shown, or the other way round."""
    share: float = 0.1
    areas: int = 28

    def __post_init__(self) -> None:
        if self.areas < FEWEST or not 0 < self.share <= LARGEST:
            raise UsageError(
                f"The checks that mask compare {FEWEST} areas or more, each of a share of the picture above 0, up to "
                f"{LARGEST}. Received: areas {self.areas}, share {self.share}"
            )

    @abstractmethod
    def effect(self, side: int, contrast: Contrast) -> Effect:
        """What one fill says of a place that is said to support a side."""

    @abstractmethod
    def passes(self, side: int, contrast: Contrast) -> bool | None:
        """Whether the map was right, as far as one fill can tell; None where it cannot."""

    @abstractmethod
    def told(self, contrast: Contrast) -> Options:
        """Further numbers for the record."""

    def calls(self, methods: int) -> int:
        """Behind each of two fills: nothing, all, every random place, and one place for each method."""
        return 2 * (2 + self.areas + methods)

    def check(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Check]]:
        """One check for each attribution. The first of a picture asks the random places, and the others know them."""
        arenas = [Arena(one.game, self.share, self.areas, seed) for one in explained]
        checks: list[list[Check]] = [[] for _ in explained]
        for turn in itertools.zip_longest(*(one.attributions.values() for one in explained)):
            asked = [each for each in zip(arenas, turn, checks, strict=True) if each[1] is not None]
            records = self._records(engine, [(arena, attribution) for arena, attribution, _ in asked])
            for (_, attribution, mine), record in zip(asked, records, strict=True):
                name = plugins.name_of(type(self))
                mine.append(Check(name, attribution.method, options=asdict(self), seed=seed, **record))
        return checks

    def _records(self, engine: Engine, asked: Sequence[tuple[Arena, Attribution]]) -> Iterator[dict[str, Any]]:
        """What comes of one map of each picture; the pictures share batches."""
        places = [arena.place_of(attribution) for arena, attribution in asked]
        testable = [(arena, place) for (arena, _), place in zip(asked, places, strict=True) if isinstance(place, Place)]
        tested = zip(testable, ask(engine, testable, hides=self.hides), strict=True)
        for place in places:
            if isinstance(place, Place):
                (arena, _), answer = next(tested)
                yield self._record(arena, place, answer)
            else:
                yield {"outcome": "not tested", "reason": place}

    def _record(self, arena: Arena, place: Place, answer: Answer) -> dict[str, Any]:
        passed = [self.passes(place.side, contrast) for contrast in answer.contrasts]
        areas = 100 * (arena.random @ arena.sizes)[arena.elsewhere(place)]
        measures: dict[str, Any] = {
            "side": SIDES[place.side],
            "area_percent": 100 * float(place.members @ arena.sizes),
            "compared": len(areas),
            "random_area_percents": tuple(areas.tolist()),
        }
        for prefix, contrast in zip(("", "second_"), answer.contrasts, strict=True):
            numbers = {"fill": contrast.fill, **self.effect(place.side, contrast).numbers, **self.told(contrast)}
            measures |= {prefix + name: number for name, number in numbers.items()}
        record = {"measures": measures, "calls": answer.calls, "saved": answer.saved}
        if passed == [None, None]:
            return {"outcome": "not tested", "reason": "no_way", **record}
        return {"outcome": OUTCOMES[sum(map(bool, passed))], **record}
