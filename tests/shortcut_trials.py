"""Trials and scores by hand, for what shortcut tests say of them. No TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from synthetic import astronaut

from xaifake.records import Box, Entry, Face, Picture, Scores, Trials, Truth, View


@dataclass(frozen=True, eq=False)
class Shown:
    """A view as a shortcut test sees it."""

    view: View
    faces: tuple[Box, ...] = ()


def seen(pixels: np.ndarray | None = None, landmarks: np.ndarray | None = None) -> Shown:
    """A whole picture as its own view."""
    pixels = astronaut() if pixels is None else pixels
    face = Face(Picture("shown", pixels, ""), Box(0, 0, *pixels.shape[:2]), "whole", landmarks=landmarks)
    return Shown(View(face, pixels.astype(np.float32)))


def labels_of(real: int, fake: int, unlabelled: int = 0) -> tuple[Truth | None, ...]:
    return ("REAL",) * real + ("FAKE",) * fake + (None,) * unlabelled


def trials(
    after: Mapping[str, Sequence[float] | np.ndarray], labels: Sequence[Truth | None], before: np.ndarray | None = None
) -> Trials:
    """Shifts of each change, added to logits about -2 for REAL and +2 for FAKE."""
    means = np.array([{"REAL": -2.0, "FAKE": 2.0}.get(str(label), 0.0) for label in labels])
    before = means + np.random.default_rng(0).normal(0, 0.5, len(labels)) if before is None else before
    moved = {name: before + np.asarray(shift, np.float64) for name, shift in after.items()}
    return Trials(tuple(f"{n:03}" for n in range(len(labels))), tuple(labels), before, moved, 0.0)


def noisy(mean: float, count: int, seed: int = 1, spread: float = 0.3) -> np.ndarray:
    """Shifts about a mean."""
    return np.random.default_rng(seed).normal(mean, spread, count)


def scores(
    labels: Sequence[Truth | None],
    logits: np.ndarray | None = None,
    identities: Sequence[str | None] | None = None,
    splits: Sequence[str | None] | None = None,
    **facts: np.ndarray,
) -> Scores:
    """Scores of a data set of so many pictures, PNG of 128 × 128 unless the facts say otherwise."""
    count = len(labels)
    nobody = [None] * count
    named = zip(labels, identities or nobody, splits or nobody, strict=True)
    entries = tuple(
        Entry(f"{n:03}", f"{n}.png", label, identity=identity, split=split)
        for n, (label, identity, split) in enumerate(named)
    )
    told = {
        "bytes": np.full(count, 20_000.0),
        "width": np.full(count, 128.0),
        "height": np.full(count, 128.0),
        "jpeg_quality": np.full(count, np.nan),
        "format": np.full(count, "PNG", object),
    } | facts
    logits = np.zeros(count) if logits is None else logits
    nothing = np.full((count, 16), np.nan, np.float32)
    return Scores(entries, (None,) * count, logits, 0.5, told, np.zeros(count, np.uint64), nothing, nothing, nothing)
