"""Would noise pass? Places drawn by chance go through `mattered` and `enough` as the places of a method's map do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from xaifake.checks._against_random import FILLS, AgainstRandom, Contrast
from xaifake.checks._arena import Arena, Masking, Place, cost
from xaifake.checks._outcomes import MATERIAL, untested
from xaifake.checks._places import Members, Numbers
from xaifake.checks.enough import Enough
from xaifake.checks.mattered import Mattered
from xaifake.game.game import play
from xaifake.interfaces import Engine, Explained
from xaifake.records import Check
from xaifake.records.trust import Outcome

UNLIKELY, UNHEARD = 0.05, 0.001
"""Chances from which on so many passes are more than chance: mixed, and did not hold up."""


@dataclass(frozen=True)
class RandomMaps(Masking):
    """Tests each random place as if a map of chance had called it the strongest, against the random places elsewhere.

    Such a map's side is drawn too; for `Enough` it is the side to which the way leads, as for any map. All of these places
    are asked by the two tests already, so the control costs nothing.

    A place of a tenth of the picture covers any one spot with a chance of a tenth, and where all evidence lies in one spot
    it then passes rightly. Held up: no more places pass than that explains (a binomial's chance of as many or more is above
    `UNLIKELY`). Mixed: it is above `UNHEARD`. Where all that was asked of the picture moves the logit by less than
    `MATERIAL`, nothing could have passed, and nothing is said.

    Source: random explanations as a control, as Hedström et al. 2023 (Quantus) ask for in their guidelines.
    """

    def calls(self, methods: int) -> int:  # noqa: ARG002 - the same, however many there are
        """Behind each fill nothing, all, and every random place hidden and shown."""
        return FILLS * 2 * (2 + self.areas)

    def check(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Check]]:
        """One check for each picture, whatever the methods."""
        return [
            [Check("random_maps", None, options=asdict(self), seed=seed, **self._record(engine, self.arena(one, seed)))]
            for one in explained
        ]

    def _record(self, engine: Engine, arena: Arena) -> dict[str, Any]:
        before = cost(arena.games)
        sides = np.random.default_rng((arena.seed, len(arena.random))).choice((-1, 1), len(arena.random))
        places = [Place(arena, members, int(side)) for members, side in zip(arena.random, sides, strict=True)]
        if not any(place.is_fair for place in places):
            return untested("few_regions")
        mattered = self._passed(engine, Mattered(self.share, self.areas), places)
        enough = self._passed(engine, Enough(self.share, self.areas), places)
        calls, saved = (cost(arena.games) - before).tolist()
        return {**_told(arena, places, mattered, enough), "calls": calls, "saved": saved}

    def _passed(self, engine: Engine, test: AgainstRandom, places: Sequence[Place]) -> Members:
        """Which of the places pass behind both fills, (N,)."""
        arena = places[0].arena
        behind = play(engine, arena.games, [arena.questions(hides=test.hides)] * FILLS)
        return np.array(
            [
                place.is_fair
                and all(
                    test.passes(_contrast(test, place, number, game.settings["fill"], logits))
                    for game, logits in zip(arena.games, behind, strict=True)
                )
                for number, place in enumerate(places)
            ]
        )


def _contrast(test: AgainstRandom, place: Place, number: int, fill: str, logits: Numbers) -> Contrast:
    """A random place among the others, from the logits of nothing, all, and each of them."""
    empty, full, others = float(logits[0]), float(logits[1]), logits[2:]
    if not test.hides:
        place = Place(place.arena, place.members, 1 if full > empty else -1)
    return Contrast(place, fill, full, empty, float(others[number]), others[place.elsewhere])


def _told(arena: Arena, places: Sequence[Place], mattered: Members, enough: Members) -> dict[str, Any]:
    fair = [place for place in places if place.is_fair]
    passed, area = int((mattered | enough).sum()), float(np.mean([place.area for place in fair]))
    measures = {
        "maps": len(fair),
        "passed": passed,
        "passed_mattered": int(mattered.sum()),
        "passed_enough": int(enough.sum()),
        "expected": len(fair) * area,
        "chance_percent": 100 * _as_many(passed, len(fair), area),
    }
    if max(float(np.ptp(list(game.known.values()))) for game in arena.games if game.known) < MATERIAL:
        return {**untested("weak"), "measures": measures}
    return {"outcome": _outcome(measures["chance_percent"] / 100), "measures": measures}


def _as_many(count: int, of: int, chance: float) -> float:
    """The chance that a binomial gives as many or more."""
    from scipy.special import bdtrc

    return float(bdtrc(count - 1, of, chance)) if count else 1.0


def _outcome(chance: float) -> Outcome:
    return "held up" if chance > UNLIKELY else "mixed" if chance > UNHEARD else "did not hold up"
