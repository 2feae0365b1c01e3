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
    spent: int = 0
    """Model calls for each copy that methods outside the sequence have taken."""
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

    def count(self, game: RegionGame, before: tuple[int, int]) -> None:
        """Add what a game was asked since, and how much of it it knew."""
        self.calls += game.asked - before[0]
        self.saved += game.saved - before[1]


def find_ways(engine: Engine, tested: Sequence[Tested]) -> None:
    """What each picture adds to the logit of its fill: known already, but where no method has hidden all of it."""
    games = [each.answers.game if each.answers else each.copies.explained.game for each in tested]
    before = [(game.asked, game.saved) for game in games]
    ends = [np.array([[False], [True]]).repeat(game.players, axis=1) for game in games]
    for each, game, counted, (empty, full) in zip(tested, games, before, play(engine, games, ends), strict=True):
        each.way = float(full - empty)
        each.count(game, counted)


def ask_again(engine: Engine, tested: Sequence[Tested], change: Change) -> None:
    """Ask of each copy what its method's estimate needs: the first coalitions of the sequence. Pictures share batches."""
    known = [(each, each.answers) for each in tested if each.answers]
    games = [each.copies.game(answers.game, change) for each, answers in known]
    before = [(game.asked, game.saved) for game in games]
    played = play(engine, games, [answers.asked[: answers.fewest] for _, answers in known])
    for (each, answers), game, counted, logits in zip(known, games, before, played, strict=True):
        rows = slice(len(logits))
        moved = float(logits[1] - answers.logits[1])
        each.pairs.append(Pair(answers.values(rows), answers.values(rows, logits), moved))
        each.count(game, counted)


def explain_again(engine: Engine, tested: Sequence[Tested], change: Change, seed: int) -> None:
    """Explain each copy by the method itself, with the seed that it had. Pictures share batches."""
    if not tested:
        return
    first = tested[0].attribution
    method = tested[0].copies.explained.explainers[first.method]
    games = [each.copies.game(each.copies.explained.game, change) for each in tested]
    again = method.explain(engine, games, seed if first.seed is None else first.seed)
    unknown = [game.whole is None for game in games]
    logits = whole.score(engine, games)
    for each, other, scored, logit in zip(tested, again, unknown, logits, strict=True):
        labels = each.copies.explained.game.labels
        values = likeness.values_of(each.attribution, labels)
        copied = np.zeros_like(values)
        if isinstance(other, Attribution):
            copied = likeness.values_of(other, labels)
            each.calls += other.calls
            each.saved += other.saved
        each.calls += scored
        each.copies.spent += method.calls if change == each.copies.changes[-1] else 0
        each.pairs.append(Pair(values, copied, logit - each.copies.explained.prediction.logit))
