"""What explainers under other packages' signatures share: inputs become games, and maps of the inputs' size come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from xaifake import plugins
from xaifake.detector.engine import Detector
from xaifake.detector.loading import wrap_model
from xaifake.errors import UsageError
from xaifake.game.region_game import DEFAULT_FILL, RegionGame
from xaifake.game.regions import grid, superpixels
from xaifake.interfaces import Explainer, Fill
from xaifake.interop.inputs import Floats, inputs_of, signs_of, views_of
from xaifake.records import Box, Contract, Face, Labels, Omission, Picture, View, ViewPixels, Views

Segments = Callable[[Floats, ViewPixels], Labels]
"""The regions (H, W) of an input (H, W, C) and of its view (H, W, 3)."""
TOGETHER = 16
"""Inputs explained together: enough to fill batches, few enough to hold their games in memory."""


@dataclass(frozen=True)
class _Colour:
    """A fill of one colour, RGB in 0..255."""

    colour: tuple[float, ...]

    def fill(self, pixels: ViewPixels) -> ViewPixels:
        return np.broadcast_to(np.asarray(self.colour, np.float32), pixels.shape).copy()


class Method:
    """What all explainers share: inputs become views, views become games, and signed maps of the inputs' size come back.

    ``output_layer`` and ``batch_size`` are kept, as Xplique keeps them, and have no effect.
    """

    def __init__(
        self,
        model: Any,
        explainer: str,
        options: Mapping[str, Any],
        batch_size: int | None,
        operator: Any,
        *,
        output_layer: str | int | None = None,
        segments: Segments | None = None,
        value: Any = None,
        reducer: str = "sum",
        seed: int = 0,
        regions: int = 50,
        fill: str = DEFAULT_FILL,
        **stated: Any,
    ) -> None:
        known = [field.name for field in fields(Contract) if field.name != "size"]
        if other := sorted(set(stated) - set(known)):
            raise UsageError(
                f"{type(self).__name__} has no such argument here: leave it out, or say it by seed, regions, fill or a "
                f"field of the contract: {', '.join(known)}. Received: {', '.join(other)}"
            )
        if str(getattr(operator, "name", operator)).upper() not in ("NONE", "CLASSIFICATION"):
            raise UsageError(f"What is explained is a classifier's FAKE logit; leave out operator. Received: {operator}")
        if reducer not in ("mean", "sum"):
            raise UsageError(f"Channels are brought to one value by mean or sum (reducer). Received: {reducer}")
        self.model, self.output_layer, self.batch_size = model, output_layer, batch_size
        self._explainer: Explainer = plugins.find("explainer", explainer)(**options)
        self._segments: Segments = segments or (lambda _, view: superpixels(view, regions))
        self._value, self._fill = value, plugins.make("fill", fill)
        self._reducer, self._seed, self._stated = reducer, seed, stated
        self._detectors: dict[tuple[int, ...], Detector] = {}

    def __call__(self, inputs: Any, targets: Any = None) -> Floats:
        """The same as `explain`."""
        return self.explain(inputs, targets)

    def explain(self, inputs: Any, targets: Any = None) -> Floats:
        """Maps (N, H, W, 1) float32 of inputs (N, H, W, C); without targets, of the FAKE logit.

        Raises:
            UsageError: inputs or targets of another shape, or nothing that the method could say.
            ContractError: inputs that were not made of pictures as the contract says.
        """
        fed = inputs_of(inputs)
        detector = self._detector(fed.shape[1:3])
        signs = signs_of(targets, len(fed), detector.contract)
        views = views_of(fed, detector.contract)
        parts = [slice(start, start + TOGETHER) for start in range(0, len(fed), TOGETHER)]
        maps = np.concatenate([self._maps(detector, fed[part], views[part]) for part in parts])
        channels = fed.shape[3] if self._reducer == "mean" else 1
        return np.asarray((maps * signs[:, None, None] / channels)[..., None], np.float32)

    def _detector(self, size: tuple[int, ...]) -> Detector:
        """The model as a detector, traced once for each size."""
        if size not in self._detectors:
            self._detectors[size] = wrap_model(self.model, size=size, **self._stated)
        return self._detectors[size]

    def _game(self, fed: Floats, pixels: ViewPixels, contract: Contract) -> RegionGame:
        filler: Fill = self._fill
        if self._value is not None:
            value = np.broadcast_to(np.asarray(self._value, np.float32), (1, 1, 1, fed.shape[2]))
            filler = _Colour(tuple(views_of(value, contract)[0, 0, 0].tolist()))
        picture = Picture("input", np.clip(np.rint(pixels), 0, 255).astype(np.uint8), "")
        view = View(Face(picture, Box(0, 0, *pixels.shape[:2]), "given"), pixels)
        return RegionGame(view, lambda view: self._segments(fed, view), filler)

    def _maps(self, detector: Detector, fed: Floats, views: Views) -> Floats:
        """The maps of some inputs and their views, (n, H, W); their games are given up with them."""
        games = [self._game(*each, detector.contract) for each in zip(fed, views, strict=True)]
        maps = []
        for answer in self._explainer.explain(detector, games, self._seed):
            if isinstance(answer, Omission):
                raise UsageError(answer.reason)
            maps.append(answer.on(*detector.contract.size))
        return np.stack(maps)


def squares(side: int) -> Segments:
    """A grid of so many rows and columns."""
    return lambda _, view: grid(view.shape[:2], side, side)


def patches(size: int | tuple[int, int]) -> Segments:
    """As many patches, of so many rows and columns of pixels, as fit side by side."""
    height, width = (size, size) if isinstance(size, int) else size
    return lambda _, view: grid(view.shape[:2], max(1, view.shape[0] // height), max(1, view.shape[1] // width))


def given_by(function: Callable[[Floats], Any]) -> Segments:
    """What the user's own function makes of an input, numbered from 0."""

    def labels(fed: Floats, view: ViewPixels) -> Labels:
        given = np.asarray(function(fed))
        if given.shape != view.shape[:2]:
            raise UsageError(
                f"Regions are one label for each of the {view.shape[0]} × {view.shape[1]} pixels (map_to_interpret_space). "
                f"Received: labels of shape {given.shape}"
            )
        return np.unique(given, return_inverse=True)[1].reshape(given.shape).astype(np.int32)

    return labels
