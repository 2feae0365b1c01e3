"""The masking game: regions of a view are shown or give way to a fill."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.game.game import Game, Painter
from xaifake.game.original import GenuinePixels
from xaifake.game.regions import superpixels
from xaifake.game.soft_masks import Masks, SoftMasks
from xaifake.interfaces import Engine, Fill
from xaifake.records import Coalitions, Labels, View, ViewPixels, Views
from xaifake.threads import one_blas_thread

SOFTNESS = 1 / 8
"""The feather's standard deviation as a share of a region's typical side: 4 pixels at 224 × 224 with 50 regions."""

DEFAULT_FILL = "median"
"""The best of the fills where true effects are known (docs/decisions/0009)."""


class RegionGame(Game):
    """One view, its regions and its fill.

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
        side = max(view.pixels.shape[:2])
        if feather is not None and not 0 <= feather <= side:
            raise UsageError(
                f"The feather is a number of pixels from 0 (hard edges) to {side}, the side of what the detector receives "
                f"(--feather). Received: {feather}"
            )
        super().__init__(view)
        self._regions = regions
        self._filler = filler
        self._feather = feather
        self._among: dict[tuple[bytes, float | None, str | None], RegionGame] = {}
        self._restored: RegionGame | None = None
        self._behind: dict[tuple[str, float], RegionGame] = {}

    def among(self, labels: Labels, filler: Fill | None = None, feather: float | None = None) -> RegionGame:
        """The game of the same view with other regions, (h, w), and with this game's fill where no other is given.

        Its edges are as soft as it was said for this game; where nothing was said, by ``feather``, or as usual. Asked again
        it is the same game, with all that it knows.
        """
        softness = feather if self._feather is None else self._feather
        key = labels.tobytes(), softness, None if filler is None else plugins.spec_of(filler)
        if key not in self._among:
            other = self._among[key] = RegionGame(self.view, lambda _: labels, filler or self._filler, softness)
            if filler is None:
                other.fill = self.fill
        return self._among[key].knowing(self)

    def behind(self, fill: str, feather: float | None = None) -> RegionGame:
        """The game of the same regions with the fill of that name, and with edges as soft as here unless it is said.

        Asked again it is the same game, with all that it knows: what one check has asked of it costs the next nothing.
        """
        softness = self.feather if feather is None else feather
        if (fill, softness) not in self._behind:
            other = RegionGame(self.view, lambda _: self.labels, plugins.make("fill", fill), softness)
            if softness == self.feather:
                other.soft_masks = self.soft_masks
            self._behind[fill, softness] = other
        return self._behind[fill, softness].knowing(self)

    def on(self, view: View) -> RegionGame:
        """The game of the same regions, fill and feather on another view of the same size: a copy of the same face."""
        return RegionGame(view, lambda _: self.labels, self._filler, self._feather)

    def restored(self) -> RegionGame | None:
        """The game of the same regions in which an absent one shows its genuine pixels; None where they are not at hand."""
        original = self.view.original
        if original is None:
            return None
        if self._restored is None:
            self._restored = RegionGame(self.view, lambda _: self.labels, GenuinePixels(original), self._feather)
        return self._restored.knowing(self)

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
        """How many regions there are, what hides them, and how soft their edges are."""
        return {"players": self.players, "fill": plugins.spec_of(self._filler), "feather": self.feather}

    @cached_property
    def soft_masks(self) -> SoftMasks:
        """How much each pixel belongs to each region. Kept for the next round: 2 MB at 224 × 224 with 39 regions."""
        return SoftMasks(self.labels, self.feather)

    def painter(self) -> Painter:
        """Blends view and fill by each coalition's share of each pixel; nothing and all are exact."""
        masks = self.soft_masks

        def paint(coalitions: Coalitions, views: Views) -> None:
            for rows, shares in masks.strips(coalitions):
                self._blend(shares, views, rows)
            views[coalitions.all(axis=1)] = self.view.pixels
            views[~coalitions.any(axis=1)] = self.fill

        return paint

    def score_masks(self, engine: Engine, masks: Iterable[Masks]) -> NDArray[np.float64]:
        """The FAKE logits (N,) of free masks: for methods whose masks are no coalitions of regions. Nothing is kept.

        Args:
            engine: the detector.
            masks: in batches (n, h, w) of any length, best ``engine.batch``; 1 shows the view, 0 the fill.
        """
        logits = []
        with one_blas_thread():
            for shares in masks:
                views = np.empty((*shares.shape, 3), np.float32)
                self._blend(shares, views)
                logits.append(engine.score(views))
        return np.concatenate([np.empty(0), *logits])

    def _blend(self, shares: Masks, views: Views, rows: slice = slice(None)) -> None:
        """Draw these rows of the views, by what each pixel shows of the view."""
        for channel in range(views.shape[3]):  # three long products are twice as fast as one that broadcasts over colours
            difference = self.view.pixels[rows, :, channel] - self.fill[rows, :, channel]
            np.multiply(shares, difference, out=views[:, rows, :, channel])
        views[:, rows] += self.fill[rows]


def new_game(view: View, *, regions: int = 50, fill: str | Fill = DEFAULT_FILL, feather: float | None = None) -> RegionGame:
    """The usual game of a view: about ``regions`` superpixels, and a fill by name or made with its own options.

    Raises:
        UnknownNameError: no fill of that name.
        UsageError: a count of regions below 1, or a negative feather.
    """
    if regions < 1:
        raise UsageError(f"A game needs at least one region; --regions sets how many. Received: {regions}")
    filler: Fill = plugins.make("fill", fill) if isinstance(fill, str) else fill
    return RegionGame(view, lambda pixels: superpixels(pixels, regions), filler, feather)
