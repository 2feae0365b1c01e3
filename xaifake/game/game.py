"""The game: which FAKE logit does a view get when only some of its players are shown?

The players are regions of the view (`xaifake.game.region_game`) or bands of its spectrum (`xaifake.game.band_game`). Every
method that hides the same players plays the same game, so a coalition that one method has asked costs the next nothing.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from xaifake.interfaces import Engine
from xaifake.records import Coalitions, View, Views
from xaifake.threads import one_blas_thread

Painter = Callable[[Coalitions, Views], None]
"""Draws coalitions (n, players) into n views that are handed to it."""


class Game(ABC):
    """One view and its players, ready to be played; nothing is computed before it is asked for.

    Args:
        view: the face as the detector receives it.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.known: dict[bytes, float] = {}
        """Logit of each coalition scored so far, by its packed bits."""
        self.whole: float | None = None
        """Logit of the view with every player shown, where it was scored before the game: then it is not scored again."""
        self.told = False
        """Whether a method told that logit on its way, so that it was never scored by itself."""
        self.asked = 0
        """Coalitions asked so far, repeats included."""
        self.saved = 0
        """Of these, how many were known already."""

    def knowing(self, other: Game) -> Self:
        """This game, with what another one of the same view knows of it: the logit of the whole view."""
        self.whole = other.whole
        return self

    def remembered(self, coalitions: Coalitions) -> NDArray[np.float64]:
        """The logits of the first of these coalitions, up to the first that nobody has asked yet. Nothing is asked."""
        found = (self.known.get(name) for name in _names(coalitions))
        return np.array(list(itertools.takewhile(lambda logit: logit is not None, found)))

    @property
    def scored(self) -> int:
        """Coalitions whose logit is known so far: each was scored once, the whole one perhaps before the game."""
        return len(self.known)

    @property
    @abstractmethod
    def players(self) -> int:
        """How many there are."""

    @property
    @abstractmethod
    def settings(self) -> Mapping[str, Any]:
        """How this game hides its players, for the record."""

    @abstractmethod
    def painter(self) -> Painter:
        """What draws this game's coalitions. It may hold memory, and is dropped when the game has been played."""


def pixels_of(games: Sequence[Game]) -> Views:
    """The views of the games as one batch (N, h, w, 3)."""
    return np.stack([game.view.pixels for game in games])


def play(engine: Engine, games: Sequence[Game], coalitions: Sequence[Coalitions]) -> list[NDArray[np.float64]]:
    """Score coalitions of several games in full batches, none of them twice.

    Memory: one batch of views and the painter of one game at a time, whatever is asked. The order of games and of
    coalitions, and the size of batches, change nothing but the rounding of float32.

    Args:
        engine: the detector; it may not keep the batches that it is given, since each is drawn over the last.
        games: of views of one size.
        coalitions: for each game, (N, players), True where a player is shown.

    Returns:
        For each game the FAKE logits (N,) float64 of its coalitions, in order.
    """
    names = [_names(asked) for asked in coalitions]
    fresh: dict[Game, dict[bytes, NDArray[np.bool_]]] = {}
    for game, asked, called in zip(games, coalitions, names, strict=True):
        if game.whole is not None:
            game.known[_names(np.ones((1, game.players), np.bool_))[0]] = game.whole
        new = fresh.setdefault(game, {})
        before = len(new)
        new.update((name, row) for name, row in zip(called, asked, strict=True) if name not in game.known)
        game.asked += len(asked)
        game.saved += len(asked) - len(new) + before
    logits = (float(logit) for views in _painted(fresh, engine.batch) for logit in engine.score(views))
    with one_blas_thread():
        for game, rows in fresh.items():
            game.known.update(zip(rows, logits, strict=False))  # each game takes its share of one stream of logits
    return [np.array([game.known[name] for name in called]) for game, called in zip(games, names, strict=True)]


def _names(coalitions: Coalitions) -> list[bytes]:
    """Each coalition as its packed bits."""
    return [row.tobytes() for row in np.packbits(coalitions, axis=1)]


def _painted(fresh: Mapping[Game, Mapping[bytes, NDArray[np.bool_]]], batch: int) -> Iterator[Views]:
    """The views of all games' coalitions, end to end, in full batches (the last may be short) on one reused array."""
    views, filled = np.empty(0, np.float32), 0
    for game, rows in fresh.items():
        if not rows:
            continue
        if not views.size:
            views = np.empty((batch, *game.view.pixels.shape), np.float32)
        coalitions = np.stack(list(rows.values()))
        paint = game.painter()
        while len(coalitions):
            part, coalitions = np.split(coalitions, [batch - filled])
            paint(part, views[filled : filled + len(part)])
            filled += len(part)
            if filled == batch:
                yield views
                filled = 0
    if filled:
        yield views[:filled]
