"""Where places of a picture are hidden or shown alone: its superpixels behind two fills, and random places beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xaifake.checks import _places
from xaifake.checks._places import Members, Numbers, Place
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine
from xaifake.records import Attribution, Coalitions

FEWEST = 20
"""With how many random places elsewhere a place is compared at least: more than all of them by chance once in 21."""
OVERLAP = 1 / 2
"""A random place lies elsewhere where it shares no more than this much of a place."""
LARGEST = 0.25
"""The largest share of the view that leaves enough of it to compare with."""
FLAT = 1e-6
"""Evidence that varies by less than this share of its greatest is the same everywhere."""


@dataclass(frozen=True, eq=False)
class Contrast:
    """FAKE logits behind one fill: of the view, of the fill alone, of a place, and of each random place elsewhere, (N,)."""

    fill: str
    full: float
    empty: float
    place: float
    others: Numbers


@dataclass(frozen=True, eq=False)
class Answer:
    """What both fills say of a place, how many calls that took, and how many of them were known."""

    contrasts: tuple[Contrast, Contrast]
    calls: int
    saved: int


@dataclass(frozen=True, eq=False)
class Arena:
    """One picture as the checks that mask see it; all of them ask the same questions, so each is scored once.

    Attributes:
        game: the superpixels, behind the fill that the methods used.
        share: of the view that a place is to cover.
        areas: how many random places are asked.
        seed: theirs.
    """

    game: RegionGame
    share: float
    areas: int
    seed: int

    @cached_property
    def games(self) -> tuple[RegionGame, RegionGame]:
        """The regions behind the methods' fill, and behind another: the blur, or the median where that was the blur."""
        fill = str(self.game.settings["fill"])
        return self.game, self.game.behind("median" if fill.startswith("blur") else "blur")

    @cached_property
    def sizes(self) -> Numbers:
        """The share of the view that each region covers."""
        return _places.sizes_of(self.game.labels)

    @cached_property
    def area(self) -> float:
        """The share of the view that places cover: the largest region's where that is more, so that each region fits."""
        largest = float(self.sizes.max())
        return largest if self.share < largest <= LARGEST else self.share

    @cached_property
    def random(self) -> Coalitions:
        """Random places, (N, players): the same for all methods and checks of a picture."""
        return _places.random_places(self.game.labels, self.area, self.areas, self.seed)

    def place_of(self, attribution: Attribution) -> Place | str:
        """The place that a map calls the strongest, or the reason why none can be tested."""
        if attribution.domain != "pixel":
            return "other_domain"
        if attribution.is_empty:
            return "empty"
        evidence = _places.evidence_on(self.game.labels, attribution)
        if np.ptp(evidence) <= FLAT * np.abs(evidence).max():
            return "flat"
        place = _places.strongest(evidence, self.sizes, self.area, signed=_places.has_sign(attribution))
        about = _places.is_about(place.members[None], self.sizes, self.area)[0]
        return place if about and self.elsewhere(place).sum() >= FEWEST else "few_regions"

    def elsewhere(self, place: Place) -> Members:
        """Which of the random places share no more than half of this one, (N,)."""
        shared = (self.random & place.members) @ self.sizes
        return np.asarray(shared <= OVERLAP * float(place.members @ self.sizes))

    def questions(self, place: Place, *, hides: bool) -> Coalitions:
        """Nothing, all, then the place and every random place, hidden or shown alone: (N + 3, players)."""
        places = np.vstack([place.members, self.random])
        ends = np.array([[False], [True]]).repeat(self.game.players, axis=1)
        return np.vstack([ends, ~places if hides else places])


def ask(engine: Engine, asked: Sequence[tuple[Arena, Place]], *, hides: bool) -> list[Answer]:
    """What comes of hiding a place of each picture, or of showing it alone; the pictures, each once, share batches."""
    games = [game for arena, _ in asked for game in arena.games]
    before = [(game.asked, game.saved) for game in games]
    questions = [arena.questions(place, hides=hides) for arena, place in asked for _ in arena.games]
    logits = play(engine, games, questions)
    costs = [(game.asked - calls, game.saved - saved) for game, (calls, saved) in zip(games, before, strict=True)]
    answers = []
    for index, (arena, place) in enumerate(asked):
        both = slice(2 * index, 2 * index + 2)
        calls, saved = np.sum(costs[both], axis=0).tolist()
        elsewhere = arena.elsewhere(place)
        first, second = (
            Contrast(str(game.settings["fill"]), full, empty, one, np.array(others)[elsewhere])
            for game, mine in zip(arena.games, logits[both], strict=True)
            for empty, full, one, *others in [mine.tolist()]
        )
        answers.append(Answer((first, second), calls, saved))
    return answers
