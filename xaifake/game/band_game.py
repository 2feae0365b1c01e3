"""The band game: radial bands of a view's spectrum are shown or taken away, and the mean colour stays."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.game import spectrum
from xaifake.game.game import Game, Painter
from xaifake.records import Coalitions, Labels, Views
from xaifake.threads import one_blas_thread

LAYERS = {
    "overall shading": (0, 1),
    "face shape": (2, 3),
    "features": (4, 5),
    "fine texture": (6,),
    "pixel-level grain": (7,),
}
"""The bands as people see them, coarse to fine: five looks of one picture that add up to it."""
SECTORS = 4
"""Directions into which each band is cut for the control."""


class BandGame(Game):
    """One view, whose players are the `spectrum.BANDS` bands of its spectrum, coarse to fine.

    A coalition's view is the mean colour plus what its bands hold of the view. Values may leave 0..255 and are not
    clipped: clipping adds frequencies, at strong edges just those that were taken away. Every contract only scales and
    shifts, so a detector takes such values; `outside` says how many there are.
    """

    @property
    def players(self) -> int:
        """How many bands there are."""
        return spectrum.BANDS

    @property
    def settings(self) -> Mapping[str, Any]:
        """How many bands there are, where they meet in cycles per pixel, and what lies beyond the border."""
        return {"players": self.players, "edges": tuple(self.edges.tolist()), "border": "mirrored"}

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the view."""
        height, width = self.view.pixels.shape[:2]
        return height, width

    @property
    def edges(self) -> NDArray[np.float64]:
        """Where the bands meet, (players + 1,) in cycles per pixel."""
        return spectrum.edges(self.shape)

    @property
    def names(self) -> tuple[str, ...]:
        """Each band in cycles across the view's longer side, which is the face's or the picture's."""
        cycles = [f"{edge:.0f}" if edge >= 10 else f"{edge:.1f}" for edge in self.edges * max(self.shape)]
        return tuple(f"{low}–{high} cycles" for low, high in itertools.pairwise(cycles))

    @property
    def labels(self) -> Labels:
        """The band with the largest share of each frequency, (h, w): a quarter of the plane, the mean in the upper left
        corner, half a cycle per picture each step. The mean, which belongs to none, is labelled as the coarsest.
        """
        return np.asarray(spectrum.masks(self.shape).argmax(axis=0), np.int32)

    @cached_property
    def mean(self) -> NDArray[np.float32]:
        """The view's mean colour, (3,): what is shown when every band is absent."""
        return np.asarray(self.view.pixels.mean(axis=(0, 1), dtype=np.float64), np.float32)

    def painter(self) -> Painter:
        """Adds up each coalition's bands, one matrix product a batch; nothing and all are exact."""
        parts = spectrum.parts(self.view.pixels - self.mean, spectrum.masks(self.shape))
        mean = np.broadcast_to(self.mean, (1, *self.view.pixels.shape))
        addends = np.concatenate([parts, mean]).reshape(self.players + 1, -1)  # a product with the mean beats adding it

        def paint(coalitions: Coalitions, views: Views) -> None:
            with_mean = np.pad(coalitions.astype(np.float32), ((0, 0), (0, 1)), constant_values=1)
            np.matmul(with_mean, addends, out=views.reshape(len(views), -1))
            views[coalitions.all(axis=1)] = self.view.pixels
            views[~coalitions.any(axis=1)] = self.mean

        return paint

    def controls(self, draws: int, seed: int) -> Views:
        """Views that lack random frequencies of other bands in a band's stead, of the band's energy.

        Each band is cut into `SECTORS` directions with soft edges. Sectors of the other bands are taken away in random
        order, the last one only in part, until their energy is that of the band; where all of them have less than the band
        alone, its own follow. No frequency is turned over, and none is taken away twice.

        Args:
            draws: how many for each band.
            seed: of the orders.

        Returns:
            (players * draws, h, w, 3): the draws of the first band, then those of the next.
        """
        random = np.random.default_rng(seed)
        sectors = self._sectors()
        energy = spectrum.power(self.view.pixels).astype(np.float32).ravel()
        weights = []
        with one_blas_thread():
            products = ((sectors * energy) @ sectors.T).astype(np.float64)  # sectors overlap, so pairs of them have energies
            for band in range(self.players):
                own = np.arange(len(sectors)) // SECTORS == band
                wanted = float(products[own][:, own].sum())
                for _ in range(draws):
                    others, last = (random.permutation(np.flatnonzero(side)) for side in (~own, own))
                    weights.append(_until(products, np.concatenate([others, last]), wanted))
            removed = (np.stack(weights).astype(np.float32) @ sectors).reshape(-1, *self.shape, 1)
        whole = spectrum.analyse(self.view.pixels)
        return np.stack([spectrum.synthesise(whole * (1 - mask)) for mask in removed])

    def _sectors(self) -> NDArray[np.float32]:
        """The share of each frequency that each band has in each direction, (players * SECTORS, h * w)."""
        down, across = (np.arange(side) / side for side in self.shape)
        place = np.arctan2(down[:, None], across) / (np.pi / 2) * (SECTORS - 1)
        directions = np.cos(np.clip(np.abs(place - np.arange(SECTORS)[:, None, None]), 0, 1) * np.pi / 2) ** 2
        cells = spectrum.masks(self.shape)[:, None] * directions.astype(np.float32)
        return cells.reshape(self.players * SECTORS, -1)


def outside(game: BandGame) -> float:
    """The largest share of values beyond 0..255 in any view that lacks one band; the rounding of float32 does not count."""
    views = np.empty((game.players, *game.view.pixels.shape), np.float32)
    game.painter()(~np.eye(game.players, dtype=np.bool_), views)
    beyond = (views < -0.5) | (views > 255.5)
    return float(beyond.mean(axis=(1, 2, 3)).max())


def _until(products: NDArray[np.float64], order: NDArray[np.int64], energy: float) -> NDArray[np.float64]:
    """Weights in 0..1 of the sectors in that order: all of the first, a part of one, none of the rest, of that energy."""
    ordered = products[np.ix_(order, order)]
    sums = ordered.cumsum(axis=0).cumsum(axis=1).diagonal()  # energy of the first 1, 2, … sectors together
    last = min(int(np.searchsorted(sums, energy)), len(order) - 1)
    before = sums[last - 1] if last else 0.0
    shared, alone = ordered[:last, last].sum(), ordered[last, last]  # weight w adds 2 * w * shared + w**2 * alone
    weights = np.zeros(len(order))
    weights[order[:last]] = 1
    if alone > 0:
        weights[order[last]] = min(1.0, (np.sqrt(shared**2 + alone * (energy - before)) - shared) / alone)
    return weights
