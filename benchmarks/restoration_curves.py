"""The pairs of a fake and its original, and how the logit falls when the fake gets its own pixels back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import xaifake
from xaifake.faces.mesh import landmarks_of
from xaifake.game.game import play
from xaifake.game.original import GenuinePixels
from xaifake.game.region_game import new_game
from xaifake.images import read_picture
from xaifake.placing import place
from xaifake.records import Attribution, View

RANDOM_ORDERS = 10
Values = NDArray[np.float64]


class Restoration:
    """One fake, its segments, and the logit of every mixture of fake and original.

    Args:
        detector: whose logit falls.
        view: the fake, with the registered original.
        name: of the pair.
    """

    def __init__(self, detector: xaifake.Detector, view: View, name: str) -> None:
        if view.original is None:
            raise ValueError(f"A restoration needs the original. Received: {name}")
        self.detector, self.view, self.name = detector, view, name
        self.labels = new_game(view).labels
        self.game = new_game(view).among(self.labels, GenuinePixels(view.original))
        self.segments = self.game.players

    @cached_property
    def drop(self) -> float:
        """The logit of the fake less that of the original."""
        fake, original = self._logits(np.array([np.ones(self.segments, bool), np.zeros(self.segments, bool)]))
        return float(fake - original)

    def area(self, order: NDArray[np.int64]) -> float:
        """Area under the share of the whole drop over the share of segments restored, in that order."""
        shown = np.ones((self.segments + 1, self.segments), bool)
        for step, segment in enumerate(order):
            shown[step + 1 :, segment] = False
        logits = self._logits(shown)
        return float(np.trapezoid((logits[0] - logits) / (logits[0] - logits[-1]), dx=1 / self.segments))

    def area_of_values(self, values: Values) -> float:
        """The area in the order of falling values; equal ones in the segments' own order."""
        return self.area(np.argsort(-values, kind="stable"))

    @cached_property
    def random(self) -> float:
        """The mean area of random orders."""
        random = np.random.default_rng(0)
        return float(np.mean([self.area(random.permutation(self.segments)) for _ in range(RANDOM_ORDERS)]))

    @cached_property
    def greedy(self) -> float:
        """The area when each step restores the segment that lowers the logit the most: the true order, one step ahead."""
        shown, order = np.ones(self.segments, bool), []
        while shown.any():
            left = np.flatnonzero(shown)
            tried = np.repeat(shown[None], len(left), axis=0)
            tried[np.arange(len(left)), left] = False
            best = left[np.argmin(self._logits(tried))]
            shown[best] = False
            order.append(int(best))
        return self.area(np.array(order))

    def _logits(self, shown: NDArray[np.bool_]) -> Values:
        return play(self.detector, [self.game], [shown])[0]

    def per_segment(self, maps: NDArray[np.floating]) -> Values:
        """The mean over each segment of a map of the view's size."""
        flat = self.labels.ravel()
        return np.bincount(flat, np.asarray(maps, np.float64).ravel(), self.segments) / np.bincount(flat)

    def values_of(self, attribution: Attribution) -> Values:
        """The attribution, drawn over the view, as one value a segment."""
        height, width = self.labels.shape
        box = (0, 0, height, width)
        return self.per_segment(place(attribution.values, box, (height, width), smooth=attribution.regions is None))


def restorations(detector: xaifake.Detector, folder: Path, *, edit_only: bool = False) -> Iterator[Restoration]:
    """Every pair of the folder, as that detector sees it."""
    for pair in sorted(path for path in folder.iterdir() if path.is_dir()):
        fake, original = read_picture(pair / "fake.jpg"), read_picture(pair / "original.png").pixels
        (face,) = detector.faces(fake)
        face = dataclasses.replace(face, landmarks=landmarks_of(face))
        if edit_only:
            edited = read_picture(pair / "mask.png").pixels > 127
            original = np.where(edited, original, fake.pixels)
        genuine = dataclasses.replace(face, picture=dataclasses.replace(fake, pixels=original))
        seen, truth = detector.view([face, genuine])
        yield Restoration(detector, dataclasses.replace(seen, original=truth.pixels), pair.name)
