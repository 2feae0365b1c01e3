"""The masking game: which FAKE logit does a view get when only some of its regions are shown?

Every method that hides parts of a face plays the game of that face, so a coalition that one method has asked costs the
next one nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.game.regions import superpixels
from xaifake.interfaces import BATCH, Engine, Fill
from xaifake.records import Coalitions, Labels, View, ViewPixels, Views

SOFTNESS = 1 / 8
"""The feather's standard deviation as a share of a region's typical side: 4 pixels at 224 × 224 with 50 regions."""

Masks = NDArray[np.float32]


class Game:
    """One view, its regions and its fill, ready to be played.

    Nothing is computed before it is asked for: a method that masks nothing pays for no regions.

    Args:
        view: the face as the detector receives it.
        regions: gives the label map of a view: (h, w, 3) → (h, w) with the values 0..players-1.
        filler: gives what absent regions show.
        feather: standard deviation, in pixels, of the Gaussian that softens the edges between regions: hard edges look
            like compositing, which is what many detectors look for. 0 gives hard edges; without it, an eighth of a
            region's typical side.
    """

    def __init__(
        self, view: View, regions: Callable[[ViewPixels], Labels], filler: Fill, feather: float | None = None
    ) -> None:
        if feather is not None and feather < 0:
            raise UsageError(f"The feather is a number of pixels from 0 (hard edges). Received: {feather}")
        self.view = view
        self._regions = regions
        self._filler = filler
        self._feather = feather
        self.known: dict[bytes, float] = {}
        """Logit of each coalition scored so far, by its packed bits."""
        self.asked = 0
        """Coalitions asked so far, repeats included."""

    @property
    def scored(self) -> int:
        """Coalitions scored so far: each of them once."""
        return len(self.known)

    @cached_property
    def labels(self) -> Labels:
        """Region of each pixel, (h, w)."""
        return self._regions(self.view.pixels)

    @cached_property
    def players(self) -> int:
        """How many regions there are."""
        return int(self.labels.max()) + 1

    @cached_property
    def fill(self) -> ViewPixels:
        """What the view shows when every region is absent, (h, w, 3) in 0..255."""
        filled = self._filler.fill(self.view.pixels)
        filled.setflags(write=False)
        return filled

    @cached_property
    def feather(self) -> float:
        """Standard deviation of the regions' soft edges, in pixels."""
        if self._feather is not None:
            return self._feather
        return float(SOFTNESS * np.sqrt(self.labels.size / self.players))

    @property
    def settings(self) -> Mapping[str, Any]:
        """How this game hides regions, for the record."""
        return {"players": self.players, "fill": repr(self._filler), "feather": self.feather}

    def soft_masks(self) -> Masks:
        """How much each pixel belongs to each region: (players, h, w) in 0..1, summing to 1 over the players.

        Not kept: ``4 * players * h * w`` bytes, 10 MB at 224 × 224 with 50 regions, 86 MB at 600 × 600 with 60.
        """
        masks = np.empty((self.players, *self.labels.shape), np.float32)
        for player, mask in enumerate(masks):
            mask[...] = self.labels == player
        if self.feather > 0:
            from xaifake.opencv import cv2

            for mask in masks:
                cv2.GaussianBlur(mask, (0, 0), self.feather, dst=mask, borderType=cv2.BORDER_REFLECT)
            masks /= masks.sum(axis=0)
        return masks


def new_game(view: View, *, regions: int = 50, fill: str | Fill = "blur", feather: float | None = None) -> Game:
    """The usual game of a view: about ``regions`` superpixels, and a fill by name or made with its own options.

    Raises:
        UnknownNameError: no fill of that name.
        UsageError: a count of regions below 1, or a negative feather.
    """
    if regions < 1:
        raise UsageError(f"A game needs at least one region; --regions sets how many. Received: {regions}")
    filler: Fill = plugins.find("fill", fill)() if isinstance(fill, str) else fill
    return Game(view, lambda pixels: superpixels(pixels, regions), filler, feather)


def pixels_of(games: Sequence[Game]) -> Views:
    """The views of the games as one batch (N, h, w, 3)."""
    return np.stack([game.view.pixels for game in games])


def play(
    engine: Engine, games: Sequence[Game], coalitions: Sequence[Coalitions], *, batch: int = BATCH
) -> list[NDArray[np.float64]]:
    """Score coalitions of several games in full batches, none of them twice.

    Memory: one batch of views and the soft masks of one game at a time, whatever is asked: 0.25 GB at 600 × 600 with 60
    regions. The order of games and of coalitions, and the size of batches, change nothing but the rounding of float32.

    Args:
        engine: the detector; it may not keep the batches that it is given, since each is drawn over the last.
        games: of views of one size.
        coalitions: for each game, (N, players), True where a region shows the view.
        batch: masked views scored at once.

    Returns:
        For each game the FAKE logits (N,) float64 of its coalitions, in order.
    """
    names = [_names(asked) for asked in coalitions]
    fresh: dict[Game, dict[bytes, NDArray[np.bool_]]] = {}
    for game, asked, called in zip(games, coalitions, names, strict=True):
        game.asked += len(asked)
        unknown = ((name, row) for name, row in zip(called, asked, strict=True) if name not in game.known)
        fresh.setdefault(game, {}).update(unknown)
    logits = (float(logit) for views in _masked(fresh, batch) for logit in engine.score(views))
    with threadpool_limits(1, user_api="blas"):  # BLAS' idle threads spin, and would take the detector's cores
        for game, rows in fresh.items():
            game.known.update(zip(rows, logits, strict=False))  # each game takes its share of one stream of logits
    return [np.array([game.known[name] for name in called]) for game, called in zip(games, names, strict=True)]


def _names(coalitions: Coalitions) -> list[bytes]:
    """Each coalition as its packed bits."""
    return [row.tobytes() for row in np.packbits(coalitions, axis=1)]


def _masked(fresh: Mapping[Game, Mapping[bytes, NDArray[np.bool_]]], batch: int) -> Iterator[Views]:
    """The masked views of all games, end to end, in full batches (the last may be short) on one reused array."""
    views, filled = np.empty(0, np.float32), 0
    for game, rows in fresh.items():
        if not rows:
            continue
        if not views.size:
            views = np.empty((batch, *game.view.pixels.shape), np.float32)
        coalitions = np.stack(list(rows.values()))
        masks = game.soft_masks()
        while len(coalitions):
            part, coalitions = np.split(coalitions, [batch - filled])
            _paint(game, masks, part, views[filled : filled + len(part)])
            filled += len(part)
            if filled == batch:
                yield views
                filled = 0
    if filled:
        yield views[:filled]


def _paint(game: Game, masks: Masks, coalitions: Coalitions, views: Views) -> None:
    """Blend view and fill by each coalition's share of each pixel, into ``views``; nothing and all are exact."""
    shares = (coalitions.astype(np.float32) @ masks.reshape(len(masks), -1)).reshape(views.shape[:3])
    for channel in range(views.shape[3]):  # three long products are twice as fast as one that broadcasts over colours
        difference = game.view.pixels[..., channel] - game.fill[..., channel]
        np.multiply(shares, difference, out=views[..., channel])
    views += game.fill
    views[coalitions.all(axis=1)] = game.view.pixels
    views[~coalitions.any(axis=1)] = game.fill
