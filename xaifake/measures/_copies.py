"""Explaining noisy copies of a view again: what measures of stability share."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.game import whole
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine, Explained
from xaifake.measures._maps import measurable
from xaifake.records import Attribution


@dataclass(frozen=True, eq=False)
class Again:
    """A map of a view, what the same method gives copies of it, and the calls that were asked and saved for that."""

    attribution: Attribution
    copies: list[Attribution]
    calls: int
    saved: int


def noisy(game: RegionGame, noise: NDArray[np.float64]) -> RegionGame:
    """The game of the same regions on the view with noise (h, w, 3) in grey levels added, within 0..255."""
    pixels = np.clip(game.view.pixels + noise, 0, 255).astype(np.float32)
    return game.on(dataclasses.replace(game.view, pixels=pixels))


def affordable(one: Explained, copies: int, budget: int) -> list[Attribution]:
    """The maps whose methods are at hand, and explain so many copies within so many model calls."""
    asked = (each for each in measurable(one) if each.method in one.explainers)
    return [each for each in asked if one.explainers[each.method].calls * copies <= budget]


def explained_again(
    engine: Engine, one: Explained, maps: Sequence[Attribution], games: Sequence[RegionGame], tried: int, seed: int
) -> Iterator[Again]:
    """Each map's method on copies whose scores are known; methods of the same players share what they ask.

    Args:
        engine: the detector.
        one: the picture.
        maps: of it.
        games: of its copies.
        tried: how many copies were scored to choose these: calls of the first map, and known to the others.
        seed: of the methods.
    """
    whole.score(engine, games)
    known = 0
    for each in maps:
        told = one.explainers[each.method].explain(engine, games, seed)
        copies = [copy for copy in told if isinstance(copy, Attribution)]
        yield Again(each, copies, tried + sum(copy.calls for copy in copies), known + sum(copy.saved for copy in copies))
        known = tried
