"""Faces as knowledge limits look at them, and pictures whose sharpness is known. No TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from xaifake.images import picture_of
from xaifake.records import Box, Face, Pixels, View


@dataclass(frozen=True)
class Shown:
    view: View
    faces: tuple[Box, ...]


def shown(pixels: Pixels, box: Box | None = None, locator: str = "whole", faces: int = 1, **fields: Any) -> Shown:
    """A box of a picture, whole unless said, among so many faces."""
    box = box or Box(0, 0, *pixels.shape[:2])
    face = Face(picture_of(pixels), box, locator, **fields)
    return Shown(View(face, np.zeros((4, 4, 3), np.float32)), (box,) * faces)


def texture(height: int = 240, width: int = 260, seed: int = 0) -> Pixels:
    """Grain as photographs have it: strength falls as one over the frequency, down to the last pixel."""
    noise = np.fft.rfft2(np.random.default_rng(seed).normal(0, 1, (height, width)))
    frequencies = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    grain = np.fft.irfft2(noise / np.maximum(frequencies, 1 / width), (height, width))
    return np.repeat(np.clip(128 + 35 * grain / grain.std(), 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def disks(side: int = 256) -> Pixels:
    """Bright and dark disks with edges as sharp as a pixel lets them be."""
    rows, columns = np.mgrid[:side, :side] + 0.5
    picture = np.full((side, side), 90.0)
    for row, column, radius, level in np.random.default_rng(0).uniform((0, 0, 0.04, 20), (1, 1, 0.12, 230), (25, 4)):
        inside = np.clip(radius * side - np.hypot(rows - row * side, columns - column * side) + 0.5, 0, 1)
        picture += inside * (level - picture)
    return np.repeat(np.rint(picture).astype(np.uint8)[..., None], 3, axis=2)
