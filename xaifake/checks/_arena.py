"""One picture as the checks that mask see it: its superpixels behind two fills, what maps call strongest, random places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xaifake.checks import _places
from xaifake.checks._places import Members, Numbers
from xaifake.domains import has_sign
from xaifake.errors import UsageError
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Explained
from xaifake.records import Attribution, Coalitions

FEWEST = 20
"""With how many random places elsewhere a place is compared at least: more than all of them by chance once in 21."""
OVERLAP = 1 / 2
"""A random place lies elsewhere where it shares no more than this much of a place."""
LARGEST = 0.15
"""The largest share of the view that a place may cover: larger ones leave too few others to compare with."""
FLAT = 1e-6
"""Evidence that varies by less than this share of its greatest is the same everywhere."""


@dataclass(frozen=True, eq=False)
class Arena:
    """One picture; all checks that mask ask the same of it, so each question is scored once.

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

    def questions(self, *, hides: bool) -> Coalitions:
        """Nothing, all, then every random place, hidden or shown alone: (N + 2, players)."""
        ends = np.array([[False], [True]]).repeat(self.game.players, axis=1)
        return np.vstack([ends, ~self.random if hides else self.random])

    def evidence_of(self, attribution: Attribution) -> Evidence | str:
        """What a map says of the superpixels, or the reason why it says nothing that could be tested."""
        if attribution.domain != "pixel":
            return "other_domain"
        if attribution.is_empty:
            return "empty"
        if len(self.random) < FEWEST:
            return "few_regions"
        densities = _places.densities_on(self.game.labels, attribution)
        if np.ptp(densities) <= FLAT * np.abs(densities).max():
            return "flat"
        return Evidence(self, densities, has_sign(attribution))


@dataclass(frozen=True, eq=False)
class Evidence:
    """A map's evidence per area on each superpixel, (players,), and whether it tells FAKE from REAL."""

    arena: Arena
    densities: Numbers
    signed: bool

    def strongest(self, side: int | None = None) -> Place | str:
        """The place of the densest evidence for a side, 1 for FAKE, −1 for REAL; without it, for that which has more.

        Or the reason why there is none that could be tested.
        """
        sides = [0] if not self.signed else [1, -1] if side is None else [side]
        found = [Place(self.arena, self._densest(each), each) for each in sides]
        place = max(found, key=lambda one: float((self._toward(one.side) * self.arena.sizes)[one.members].sum()))
        if (self._toward(place.side)[place.members] <= 0).all():
            return "other_side"
        return place if place.is_fair else "few_regions"

    def _toward(self, side: int) -> Numbers:
        return side * self.densities if side else np.abs(self.densities)

    def _densest(self, side: int) -> Members:
        return _places.densest(self._toward(side), self.arena.sizes, self.arena.area)


@dataclass(frozen=True, eq=False)
class Place:
    """Superpixels that a map calls the strongest.

    Attributes:
        arena: of which picture.
        members: which of its superpixels, (players,).
        side: what the map says they support: 1 for FAKE, −1 for REAL, 0 where it does not tell.
    """

    arena: Arena
    members: Members
    side: int

    @cached_property
    def area(self) -> float:
        """The share of the view that it covers."""
        return float(self.members @ self.arena.sizes)

    @cached_property
    def elsewhere(self) -> Members:
        """Which of the random places share no more than half of this one, (N,)."""
        return np.asarray((self.arena.random & self.members) @ self.arena.sizes <= OVERLAP * self.area)

    @property
    def is_fair(self) -> bool:
        """Whether there are enough random places elsewhere, and of about the same area."""
        about = _places.is_about(self.members[None], self.arena.sizes, self.arena.area)
        return bool(about.all() and self.elsewhere.sum() >= FEWEST)

    def questions(self, *, hides: bool) -> Coalitions:
        """Nothing, all, then this place and every random place, hidden or shown alone: (N + 3, players)."""
        ends, places = np.split(self.arena.questions(hides=hides), [2])
        return np.vstack([ends, ~self.members if hides else self.members, places])


@dataclass(frozen=True)
class Masking:
    """What the checks that mask have in common.

    Attributes:
        share: about how much of the view a place covers.
        areas: how many random places are asked; those that lie elsewhere than a tested one are compared with it.
    """

    share: float = 0.1
    areas: int = 28

    def __post_init__(self) -> None:
        if self.areas < FEWEST or not 0 < self.share <= LARGEST:
            raise UsageError(
                f"The checks that mask compare {FEWEST} areas or more, each of a share of the picture above 0, up to "
                f"{LARGEST}. Received: areas {self.areas}, share {self.share}"
            )

    def arena(self, one: Explained, seed: int) -> Arena:
        """A picture as this check sees it."""
        return Arena(one.game, self.share, self.areas, seed)


def cost(games: Sequence[RegionGame]) -> NDArray[np.int64]:
    """Coalitions asked of the games so far, and how many of them were known: (2,)."""
    return np.array([sum(game.asked for game in games), sum(game.saved for game in games)])
