"""Changed copies of pictures, explained again: by the same coalitions of the same regions, or by the method itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from xaifake.checks import _likeness as likeness
from xaifake.checks._likeness import Numbers
from xaifake.checks._sampling import Answers
from xaifake.faces.copies import copy_of
from xaifake.game import whole
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine, Explained
from xaifake.records import Attribution, Change, View


@dataclass(frozen=True, eq=False)
class Pair:
    """What a method says of a picture and of its copy, (players,) each, and how far the logit is from the picture's."""

    picture: Numbers
    copy: Numbers
    moved: float


@dataclass(eq=False)
class Copies:
    """The copies of one picture. Methods that play the same game play the same game of each copy."""

    engine: Engine
    explained: Explained
    changes: Sequence[Change]
    _games: dict[tuple[RegionGame, Change], RegionGame] = field(default_factory=dict)

    @cached_property
    def views(self) -> dict[Change, View]:
        """What the detector receives of each."""
        faces = [copy_of(self.explained.game.view.face, change) for change in self.changes]
        return dict(zip(self.changes, self.engine.view(faces), strict=True))

    def map_of(self, method: str) -> Attribution:
        """What a method gave the picture itself."""
        return self.explained.attributions[method]

    def game(self, game: RegionGame, change: Change) -> RegionGame:
        """The game with the regions of this one on a copy."""
        if (game, change) not in self._games:
            other = self._games[game, change] = game.on(self.views[change])
            known = [mine.whole for (_, like), mine in self._games.items() if like == change and mine.whole is not None]
            other.whole = known[0] if known else None
        return self._games[game, change]


@dataclass(eq=False)
class Tested:
    """One map, and what came of explaining the copies of its picture.

    Attributes:
        copies: of its picture.
        attribution: the map.
        answers: what is known of the game that its method played; None for methods outside the sequence.
        pairs: the map beside that of each copy, in the order of the changes.
        way: what the picture adds to the logit of its fill.
        calls: model calls asked.
        saved: of these, known already.
    """

    copies: Copies
    attribution: Attribution
    answers: Answers | None
    pairs: list[Pair] = field(default_factory=list)
    way: float = 0.0
    calls: int = 0
    saved: int = 0

    def count(self, games: Sequence[RegionGame], before: Sequence[tuple[int, int]]) -> None:
        """Add what these games were asked since."""
        for game, (asked, saved) in zip(games, before, strict=True):
            self.calls += game.asked - asked
            self.saved += game.saved - saved


def ask_again(engine: Engine, tested: Sequence[Tested], change: Change) -> None:
    """Ask of each copy what its method's estimate needs: the first coalitions of the sequence. Pictures share batches."""
    games = [each.copies.game(answers.game, change) for each in tested if (answers := each.answers)]
    before = [(game.asked, game.saved) for game in games]
    asked = [answers.asked[: answers.fewest] for each in tested if (answers := each.answers)]
    for each, game, counted, logits in zip(tested, games, before, play(engine, games, asked), strict=True):
        if each.answers:
            rows = slice(len(logits))
            values, again = each.answers.values(rows), each.answers.values(rows, logits)
            empty, full = each.answers.logits[:2].tolist()
            each.pairs.append(Pair(values, again, float(logits[1]) - full))
            each.way = full - empty
            each.count([game], [counted])


def explain_again(engine: Engine, tested: Sequence[Tested], change: Change, seed: int) -> None:
    """Explain each copy by the method itself, with the seed that it had. Pictures share batches."""
    if not tested:
        return
    method, first = tested[0].copies.explained.explainers[tested[0].attribution.method], tested[0].attribution
    games = [each.copies.game(each.copies.explained.game, change) for each in tested]
    again = method.explain(engine, games, seed if first.seed is None else first.seed)
    unknown = [game.whole is None for game in games]
    moved = [
        logit - each.copies.explained.prediction.logit
        for each, logit in zip(tested, whole.score(engine, games), strict=True)
    ]
    for each, other, scored, difference in zip(tested, again, unknown, moved, strict=True):
        labels = each.copies.explained.game.labels
        values = likeness.values_of(each.attribution, labels)
        if isinstance(other, Attribution):
            each.calls += other.calls
            each.saved += other.saved
            each.pairs.append(Pair(values, likeness.values_of(other, labels), difference))
        else:
            each.pairs.append(Pair(values, np.zeros_like(values), difference))
        each.calls += scored


def find_ways(engine: Engine, tested: Sequence[Tested]) -> None:
    """What each picture adds to the logit of its fill."""
    games = [each.copies.explained.game for each in tested]
    before = [(game.asked, game.saved) for game in games]
    ends = [np.array([[False], [True]]).repeat(game.players, axis=1) for game in games]
    for each, game, counted, (empty, full) in zip(tested, games, before, play(engine, games, ends), strict=True):
        each.way = float(full - empty)
        each.count([game], [counted])
