"""Score-CAM: what each channel of a late layer, used as a mask on the picture, does to the logit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import NotADetectorError, UsageError
from xaifake.explainers._results import of_map
from xaifake.game import whole
from xaifake.game.region_game import RegionGame
from xaifake.game.soft_masks import Masks
from xaifake.interfaces import Engine
from xaifake.placing import place
from xaifake.records import Attribution, Omission


@dataclass(frozen=True)
class ScoreCAM:
    """Channels of one layer as masks: what each lets the logit rise above that of the hidden picture, laid where it shows.

    Source: Wang et al. 2020, section 3: a channel's activations, brought to 0..1 and drawn larger bilinearly, show a part of
    the picture; the score's increase over the baseline is the channel's weight. Deviations: the logit is explained; what a
    mask hides shows the game's fill, which is the baseline too, not black; weights pass no softmax and the map no ReLU, so
    a channel that lowers the logit counts for REAL; each channel's increase is divided among the cells in proportion to
    what it shows of them, and the map is the mean over channels, in logits; of more than ``channels`` channels, those whose
    activations vary most over the picture are asked.

    The map has the layer's own grid. Where the detector's layers see a transform of the picture and not the picture, no
    channel is a mask on it, and nothing is said.

    Attributes:
        channels: how many channels are asked at most, each of them one forward pass.
        layer: name or path of the layer; without it, the last layer that still has a grid.
    """

    title: ClassVar[str] = "Score-CAM"
    channels: int = 128
    layer: str | None = None

    def __post_init__(self) -> None:
        if self.channels < 1:
            raise UsageError(f"Score-CAM needs at least one channel. Received: channels {self.channels}")

    @property
    def calls(self) -> int:
        """Model calls a picture: the tapped view, the hidden picture, and one for each channel."""
        return self.channels + 2

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution | Omission]:  # noqa: ARG002 - nothing here is random
        """Maps on the layer's own grid, float32, in logits per cell.

        Nothing of a model none of whose layers has a grid, or whose score does not depend on the layer.
        """
        domain = engine.contract.domain_name
        if domain != "pixel":
            reason = f"this detector's layers see the picture's {domain} transform, so their grid is not the picture's"
            return [Omission("scorecam", reason) for _ in games]
        try:
            tapped = whole.tap(engine, games, self.layer)
        except NotADetectorError as error:
            return [Omission("scorecam", str(error)) for _ in games]
        return [
            self._one(engine, game, tapped.layer, activations)
            for game, activations in zip(games, tapped.activations, strict=True)
        ]

    def _one(self, engine: Engine, game: RegionGame, layer: str, activations: NDArray[np.float32]) -> Attribution:
        shows = shown(activations, self.channels)
        logits = game.score_masks(engine, _masks(shows, game.view.pixels.shape[:2], engine.batch))
        increases = logits[1:] - logits[0]
        shares = shows / shows.sum(axis=(1, 2), keepdims=True)
        values = np.tensordot(increases, shares, axes=1) / max(1, len(shows))
        return of_map(
            self,
            game,
            values,
            logits,
            unit="logit per cell",
            seed=None,
            calls=1 + logits.size,
            diagnostics={"layer": layer, "channels": len(shows), "fill": game.settings["fill"]},
        )


def shown(activations: NDArray[np.float32], most: int) -> Masks:
    """What channels show of each cell, (K, gh, gw) in 0..1: of (gh, gw, C), those that vary most; flat ones show nothing.

    >>> shown(np.float32([[[0, 1, 7], [3, 3, 7]]]), 1).tolist()
    [[[0.0, 1.0]]]
    """
    channels = np.moveaxis(activations, 2, 0).astype(np.float64)  # squares of large activations leave float32
    spread = np.ptp(channels, axis=(1, 2))
    chosen = np.argsort(-channels.var(axis=(1, 2)), kind="stable")[:most]
    chosen = chosen[spread[chosen] > 0]
    lowest = channels.min(axis=(1, 2))
    return np.asarray((channels[chosen] - lowest[chosen, None, None]) / spread[chosen, None, None], np.float32)


def _masks(shows: Masks, shape: tuple[int, int], batch: int) -> Iterator[Masks]:
    """Nothing, then what each channel shows, drawn at the size of the view, in batches."""
    nothing = np.zeros((1, *shows.shape[1:]), np.float32)
    cells = np.concatenate([nothing, shows])
    for start in range(0, len(cells), batch):
        yield np.stack([place(mask, (0, 0, *shape), shape, smooth=True) for mask in cells[start : start + batch]])
