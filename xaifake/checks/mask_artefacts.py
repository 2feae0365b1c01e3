"""Do masks themselves move the score? The same random places are hidden softly, and cut out hard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from xaifake.checks._arena import FEWEST, Arena, Evidence, Masking, Place, cost
from xaifake.checks._outcomes import MATERIAL, outcome, untested
from xaifake.checks._places import Numbers
from xaifake.game.game import play
from xaifake.interfaces import Engine, Explained
from xaifake.records import Check, Coalitions

CLEAN, TOLERABLE = 10.0, 33.0
"""Up to so many percent of the greatest true effect masks hold up, or are mixed."""


@dataclass(frozen=True)
class MaskArtefacts(Masking):
    """Compares what hard masks do with what soft ones do, of the same random places.

    A hard mask has an edge of one pixel and shows the view's mean colour: nothing that a face has. What it moves the logit
    beyond the methods' own soft mask of the same place is no evidence of the picture, but an artefact: its root mean square
    over the places is held against the greatest effect of hiding softly, of any random place, of the strongest place of any
    map, and of the whole view. Held up: a tenth of it or less. Mixed: a third or less.
    """

    def calls(self, methods: int) -> int:
        """Softly: nothing and all, each method's place and every random one; hard: every random one."""
        return 2 + methods + 2 * self.areas

    def check(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Check]]:
        """One check for each picture, whatever the methods."""
        arenas = [self.arena(one, seed) for one in explained]
        fair = {arena: one for arena, one in zip(arenas, explained, strict=True) if len(arena.random) >= FEWEST}
        games = [(arena.game, arena.game.behind("mean", feather=0.0)) for arena in fair]
        before = [cost(pair) for pair in games]
        softly = play(engine, [soft for soft, _ in games], [_questions(arena, one) for arena, one in fair.items()])
        hard = play(engine, [hard for _, hard in games], [~arena.random for arena in fair])
        records = {}
        for arena, pair, known, *logits in zip(fair, games, before, softly, hard, strict=True):
            calls, saved = (cost(pair) - known).tolist()
            records[arena] = {**_record(*logits), "calls": calls, "saved": saved}
        made = [records.get(arena, untested("few_regions")) for arena in arenas]
        return [[Check("mask_artefacts", None, options=asdict(self), seed=seed, **record)] for record in made]


def _questions(arena: Arena, one: Explained) -> Coalitions:
    """Nothing, all, then all but the strongest place of each map, then all but each random place."""
    maps = (arena.evidence_of(attribution) for attribution in one.attributions.values())
    places = (each.strongest() for each in maps if isinstance(each, Evidence))
    hidden = [place.members for place in places if isinstance(place, Place)]
    nothing = np.zeros((1, arena.game.players), np.bool_)
    return np.vstack([nothing, ~nothing, *(~members for members in hidden), ~arena.random])


def _record(softly: Numbers, hard: Numbers) -> dict[str, Any]:
    full, hidden = softly[1], softly[-len(hard) :]
    effect = float(np.abs(softly - full).max())
    artefact = float(np.sqrt(np.mean((hard - hidden) ** 2)))
    percent = 100 * artefact / max(effect, float(np.finfo(np.float64).tiny))
    measures = {
        "effect": effect,
        "artefact": artefact,
        "artefact_percent": percent,
        "hard_mean": float((hard - full).mean()),
        "hard_greatest": float(np.abs(hard - full).max()),
        "soft_mean": float((hidden - full).mean()),
        "more_fake_hard_percent": 100 * float((hard > full).mean()),
        "more_fake_soft_percent": 100 * float((hidden > full).mean()),
        "compared": len(hard),
    }
    if effect < MATERIAL:
        return {**untested("weak"), "measures": measures}
    return {"outcome": outcome(-percent, -CLEAN, -TOLERABLE), "measures": measures}
