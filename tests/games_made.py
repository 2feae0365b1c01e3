"""Games of small random views on grids, and coalitions drawn at random."""

from __future__ import annotations

import numpy as np
from engines import view_of

from xaifake.game.fills.mean import Mean
from xaifake.game.region_game import RegionGame
from xaifake.game.regions import grid


def game_of(seed: int = 0, feather: float | None = None, rows: int = 3, columns: int = 4, size: int = 24) -> RegionGame:
    """A game of a random small view on a grid."""
    pixels = np.random.default_rng(seed).uniform(0, 255, (size, size, 3)).astype(np.float32)
    return RegionGame(view_of(pixels), lambda pixels: grid(pixels.shape[:2], rows, columns), Mean(), feather)


def coalitions_of(players: int, count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((count, players)) < 0.5
