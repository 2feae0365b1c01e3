"""RISE: how the logit and each place's share of the picture rise and fall together over random soft masks."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.explainers._budgeted import Budgeted
from xaifake.explainers._results import of_map
from xaifake.game.region_game import RegionGame
from xaifake.game.soft_masks import Masks
from xaifake.interfaces import Engine
from xaifake.records import Attribution

COIN = 1 / 4
"""The variance of a fair coin."""


@dataclass(frozen=True)
class Rise(Budgeted):
    """The covariance of the logit with what each cell shows, over smooth random masks, over that of a fair coin with itself.

    Source: Petsiuk, Das and Saenko 2018, section 3.2: coarse masks of fair coins, drawn larger bilinearly and shifted at
    random by parts of a cell. Deviations: the logit is explained; masks fade to the game's fill, not to black; the paper's
    mean of score times mask has no sign, so the covariance stands in its place; and every mask is scored beside its
    complement, so that what both score alike is no noise.

    In this unit an additive detector's values are its true effects, each smeared over the neighbouring cells but neither
    lost nor gained on the way, save beyond the picture's edge: in expectation they add up as SHAP's do. The map has the
    masks' own grid, since they cannot tell apart what lies closer than a cell.

    Attributes:
        cells: rows and columns of the grid; fewer on views of fewer pixels.
    """

    title: ClassVar[str] = "RISE"
    cells: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cells < 2:
            raise UsageError(f"RISE needs a grid of at least 2 cells a side. Received: cells {self.cells}")

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:
        """Maps on the masks' grid, float32, in logits per cell."""
        return [self._one(engine, game, seed) for game in games]

    def _one(self, engine: Engine, game: RegionGame, seed: int) -> Attribution:
        height, width = game.view.pixels.shape[:2]
        cells = min(self.cells, height, width)
        random = np.random.default_rng(seed)
        coins = random.integers(0, 2, (self.calls // 2, cells + 2, cells + 2)).astype(np.float32)
        shifts = random.random((2, len(coins)))
        parts = functools.partial(_parts, coins, shifts, (height, width), max(1, engine.batch // 2))
        logits = game.score_masks(engine, (_pairs(*part) for part in parts())).reshape(-1, 2)
        shown = np.concatenate(
            [_per_cell(rows, cells) @ those @ _per_cell(columns, cells).swapaxes(1, 2) for rows, those, columns in parts()]
        )
        products = ((logits[:, 0] - logits[:, 1]) / 2)[:, None, None] * (shown - 0.5) / COIN
        error = float(np.sqrt(products.var(axis=0).mean() / len(products)))
        return of_map(
            self,
            game,
            products.mean(axis=0),
            logits,
            unit="logit per cell",
            seed=seed,
            calls=logits.size,
            diagnostics={"standard_error": error, "fill": game.settings["fill"]},
        )


def _reach(shifts: NDArray[np.float64], cells: int, pixels: int) -> Masks:
    """How much each coin shows of each pixel along one axis, (N, pixels, cells + 2), for N grids shifted by 0..1 cell."""
    place = (np.arange(pixels) + 0.5) / pixels * cells + shifts[:, None]
    distance = np.abs(place[:, :, None] - np.arange(cells + 2))
    return np.asarray(np.maximum(0, 1 - distance), np.float32)


def _parts(
    coins: Masks, shifts: NDArray[np.float64], shape: tuple[int, int], pairs: int
) -> Iterator[tuple[Masks, Masks, Masks]]:
    """So many grids at a time: what their coins show of each row, the coins, and what they show of each column."""
    cells = coins.shape[1] - 2
    for start in range(0, len(coins), pairs):
        part = slice(start, start + pairs)
        rows, columns = (_reach(shift[part], cells, pixels) for shift, pixels in zip(shifts, shape, strict=True))
        yield rows, coins[part], columns


def _pairs(rows: Masks, coins: Masks, columns: Masks) -> Masks:
    """Each mask and its complement."""
    masks = np.asarray(rows @ coins @ columns.swapaxes(1, 2), np.float32)
    return np.stack([masks, 1 - masks], axis=1).reshape(-1, *masks.shape[1:])


def _per_cell(reach: Masks, cells: int) -> Masks:
    """How much each coin shows of each cell along one axis, (N, cells, cells + 2)."""
    pixels = reach.shape[1]
    starts = -(-np.arange(cells) * pixels // cells)
    sizes = np.diff(starts, append=pixels)
    return np.asarray(np.add.reduceat(reach, starts, axis=1) / sizes[:, None], np.float32)
