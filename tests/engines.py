"""Detectors in plain NumPy whose evidence is known, and views that carry it. No TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xaifake.detector.resizing import resize
from xaifake.interfaces import BATCH, Tapped
from xaifake.records import Box, Contract, Face, Logits, Options, Picture, View, ViewPixels, Views

SIZE = 48
FAKE = Box(4, 4, 20, 20)
"""Where the planted view carries fine stripes that count for FAKE."""
REAL = Box(28, 26, 44, 42)
"""Where it carries fine stripes that count for REAL."""


class NumpyEngine:
    """An engine that scores by a function of one batch of views, and keeps the length of every batch it is given."""

    def __init__(
        self, logits: Callable[[Views], np.ndarray], size: tuple[int, int] = (SIZE, SIZE), batch: int = BATCH
    ) -> None:
        self.contract = Contract(size)
        self.batch = batch
        self.batches: list[int] = []
        self.notes: dict[str, Options] = {}
        self._logits = logits

    def score(self, views: Views) -> Logits:
        self.batches.append(len(views))
        return np.asarray(self._logits(views), np.float32)

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        raise NotImplementedError

    def plane(self, views: Views) -> np.ndarray:
        return views

    def gradient(self, views: Views) -> tuple[Logits, np.ndarray]:
        raise NotImplementedError

    def view(self, faces: Sequence[Face]) -> list[View]:
        """Each face at the contract's size."""
        return [View(face, resize(face.pixels, self.contract.size, self.contract.resize)) for face in faces]

    def randomised(self, share: float, seed: int) -> NumpyEngine | None:  # noqa: ARG002 - it has no weights
        return None


def planted(sign: float = 1.0) -> NumpyEngine:
    """The mean energy of fine horizontal stripes in FAKE less that in REAL: +1 and −1/2 on `planted_view`, before `sign`."""

    def logits(views: Views) -> np.ndarray:
        grey = views.mean(axis=3) / 40
        energy = (grey - (np.roll(grey, 1, axis=1) + np.roll(grey, -1, axis=1)) / 2) ** 2 / 4
        fake, real = (energy[:, *box.rows_and_columns].mean(axis=(1, 2)) for box in (FAKE, REAL))
        return sign * (fake - real / 2)

    return NumpyEngine(logits)


def linear(seed: int = 0, size: tuple[int, int] = (SIZE, SIZE), batch: int = BATCH) -> NumpyEngine:
    """A weighted sum of pixels: every masking game of it is additive."""
    weights = weights_of(seed, size)
    return NumpyEngine(lambda views: views.reshape(len(views), -1).astype(np.float64) @ weights.ravel(), size, batch)


def weights_of(seed: int, size: tuple[int, int]) -> np.ndarray:
    """The weights of `linear`, (h, w, 3)."""
    return np.random.default_rng(seed).normal(0, 1e-3, (*size, 3))


def constant(logit: float = 3.7) -> NumpyEngine:
    """The same score for everything."""
    return NumpyEngine(lambda views: np.full(len(views), logit))


def view_of(pixels: ViewPixels) -> View:
    """A view that is its own whole picture."""
    picture = Picture("planted", np.clip(np.rint(pixels), 0, 255).astype(np.uint8), "")
    return View(Face(picture, Box(0, 0, *pixels.shape[:2]), "whole"), np.asarray(pixels, np.float32))


def planted_view(seed: int = 0) -> View:
    """A smooth picture with fine stripes in FAKE and in REAL."""
    slope = np.random.default_rng(seed).uniform(0.5, 1.5, 3)
    rows, columns = np.mgrid[0:SIZE, 0:SIZE]
    pixels = 128 + 20 * np.sin((rows[..., None] * slope + columns[..., None]) / 20)
    stripes = 40 * (-1.0) ** rows[..., None]
    for box in (FAKE, REAL):
        pixels[box.rows_and_columns] += stripes[box.rows_and_columns]
    return view_of(pixels)
