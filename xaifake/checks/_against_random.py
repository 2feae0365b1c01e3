"""The strongest place of a map against random places of its area, behind two fills: what `mattered` and `enough` share."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from xaifake import plugins
from xaifake.checks._arena import Arena, Evidence, Masking, Place, cost
from xaifake.checks._outcomes import MATERIAL, outcome, untested
from xaifake.checks._places import Numbers
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine, Explained
from xaifake.records import Attribution, Check, Options

SIDES = {1: "FAKE", -1: "REAL", 0: "FAKE or REAL"}
FILLS = 2


@dataclass(frozen=True, eq=False)
class Contrast:
    """FAKE logits behind one fill.

    Attributes:
        place: which place is asked.
        fill: behind which fill.
        full: of the view.
        empty: of the fill alone.
        logit: with the place hidden, or shown alone.
        others: with each random place elsewhere instead, (N,).
    """

    place: Place
    fill: str
    full: float
    empty: float
    logit: float
    others: Numbers

    @property
    def way(self) -> float:
        """From the fill alone to the view."""
        return self.full - self.empty


@dataclass(frozen=True, eq=False)
class Effect:
    """By how much a place moves the logit toward the side that it is said to support, and each random place, (N,)."""

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
class AgainstRandom(Masking, ABC):
    """A check that hides a map's strongest place, or shows it alone, and does the same with random places."""

    hides: ClassVar[bool]
    """Whether places are hidden and all else is shown, or the other way round."""

    @abstractmethod
    def effect(self, contrast: Contrast) -> Effect:
        """What one fill says of a place."""

    @abstractmethod
    def passes(self, contrast: Contrast) -> bool:
        """Whether the map was right, as far as one fill can tell."""

    @abstractmethod
    def told(self, contrast: Contrast) -> Options:
        """Further numbers for the record."""

    def places(self, engine: Engine, evidence: Sequence[Evidence]) -> list[Place | str]:  # noqa: ARG002 - `enough` asks it
        """The place that is tested of each map, or the reason why there is none."""
        return [each.strongest() for each in evidence]

    def calls(self, methods: int) -> int:
        """Behind each of the fills: nothing, all, every random place, and one place for each method."""
        return FILLS * (2 + self.areas + methods)

    def check(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Check]]:
        """One check for each attribution. The first of a picture asks the random places, and the others know them."""
        arenas = [self.arena(one, seed) for one in explained]
        checks: list[list[Check]] = [[] for _ in explained]
        for turn in itertools.zip_longest(*(one.attributions.values() for one in explained)):
            asked = [each for each in zip(arenas, turn, checks, strict=True) if each[1] is not None]
            records = self._records(engine, [(arena, attribution) for arena, attribution, _ in asked])
            for (_, attribution, mine), record in zip(asked, records, strict=True):
                name = plugins.name_of(type(self))
                mine.append(Check(name, attribution.method, options=asdict(self), seed=seed, **record))
        return checks

    def _records(self, engine: Engine, asked: Sequence[tuple[Arena, Attribution]]) -> list[dict[str, Any]]:
        """What comes of one map of each picture; the pictures share batches."""
        maps = [arena.evidence_of(attribution) for arena, attribution in asked]
        tested = self._tested(engine, [each for each in maps if isinstance(each, Evidence)])
        return [next(tested) if isinstance(each, Evidence) else untested(each) for each in maps]

    def _tested(self, engine: Engine, evidence: Sequence[Evidence]) -> Iterator[dict[str, Any]]:
        before = [cost(each.arena.games) for each in evidence]
        places = self.places(engine, evidence)
        contrasts = iter(_contrasts(engine, [place for place in places if isinstance(place, Place)], hides=self.hides))
        for each, place, known in zip(evidence, places, before, strict=True):
            record = self._record(place, next(contrasts)) if isinstance(place, Place) else untested(place)
            calls, saved = (cost(each.arena.games) - known).tolist()
            yield {**record, "calls": calls, "saved": saved}

    def _record(self, place: Place, contrasts: Sequence[Contrast]) -> dict[str, Any]:
        passed = sum(self.passes(contrast) for contrast in contrasts)
        areas = 100 * (place.arena.random @ place.arena.sizes)[place.elsewhere]
        measures: dict[str, Any] = {
            "side": SIDES[place.side],
            "area_percent": 100 * place.area,
            "compared": len(areas),
            "random_area_percents": tuple(areas.tolist()),
        }
        for prefix, contrast in zip(("", "second_"), contrasts, strict=True):
            numbers = {"fill": contrast.fill, **self.effect(contrast).numbers, **self.told(contrast)}
            measures |= {prefix + name: number for name, number in numbers.items()}
        return {"outcome": outcome(passed, FILLS, 1), "measures": measures}


def _contrasts(engine: Engine, places: Sequence[Place], *, hides: bool) -> list[list[Contrast]]:
    """What both fills say of hiding each place, or of showing it alone."""
    games = [(place, game) for place in places for game in place.arena.games]
    logits = play(engine, [game for _, game in games], [place.questions(hides=hides) for place, _ in games])
    contrasts = [_contrast(*each, mine) for each, mine in zip(games, logits, strict=True)]
    return [list(both) for both in zip(contrasts[::2], contrasts[1::2], strict=True)]


def _contrast(place: Place, game: RegionGame, logits: Numbers) -> Contrast:
    empty, full, logit = logits[:3].tolist()
    return Contrast(place, str(game.settings["fill"]), full, empty, logit, logits[3:][place.elsewhere])
