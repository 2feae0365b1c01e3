"""Asking games on behalf of each map, so that every measure knows exactly what it asked and what was known already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xaifake.game.game import play
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine, Explained
from xaifake.measures._maps import Values, measurable
from xaifake.records import Attribution, Coalitions

Questions = Sequence[tuple[RegionGame, Coalitions]]


@dataclass(frozen=True, eq=False)
class Played:
    """The logits of each game's coalitions, in order, that were asked for one map, and what asking them took."""

    attribution: Attribution
    logits: Sequence[Values]
    calls: int
    saved: int


def played(
    engine: Engine, explained: Sequence[Explained], questions: Callable[[int, Attribution], Questions]
) -> list[list[Played]]:
    """For each picture, what came of the questions about each of its maps, in their order.

    Pictures share batches; methods take turns, so what they ask in common counts as known from the second on.

    Args:
        engine: the detector.
        explained: the pictures.
        questions: what to ask about a map of the picture of that index: coalitions (N, players) of games, none of which
            stands twice among all that are asked at once.
    """
    maps = [measurable(one) for one in explained]
    answers: list[dict[str, Played]] = [{} for _ in explained]
    for method in dict.fromkeys(each.method for mine in maps for each in mine):
        asked = [
            (index, each, questions(index, each))
            for index, mine in enumerate(maps)
            for each in mine
            if each.method == method
        ]
        known = [sum(game.saved for game, _ in pairs) for _, _, pairs in asked]
        together = [pair for _, _, pairs in asked for pair in pairs]
        logits = iter(play(engine, [game for game, _ in together], [coalitions for _, coalitions in together]))
        for (index, each, pairs), before in zip(asked, known, strict=True):
            saved = sum(game.saved for game, _ in pairs) - before
            calls = sum(len(coalitions) for _, coalitions in pairs)
            answers[index][method] = Played(each, [next(logits) for _ in pairs], calls, saved)
    return [[mine[each.method] for each in own] for mine, own in zip(answers, maps, strict=True)]
