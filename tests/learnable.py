"""A data set from which a small detector learns in seconds: smooth pictures, of which FAKE ones bear a checkered square."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 32
TRACE = 12
"""Pixels along the side of a picture, and of the square in a FAKE one."""


def picture(seed: int, *, fake: bool) -> NDArray[np.uint8]:
    """(32, 32, 3): a slope of colour with noise; where FAKE, a checkered square at a place of its own."""
    random = np.random.default_rng(seed)
    slope = np.linspace(0, 1, SIDE)[:, None, None] * random.uniform(-60, 60, 3)
    pixels = 128 + random.uniform(-40, 40, 3) + slope + random.normal(0, 6, (SIDE, SIDE, 3))
    if fake:
        top, left = random.integers(0, SIDE - TRACE, 2)
        checks = np.indices((TRACE, TRACE)).sum(axis=0) % 2 * 2 - 1
        pixels[top : top + TRACE, left : left + TRACE] += 30 * checks[..., None]
    return np.clip(pixels, 0, 255).astype(np.uint8)


def folder_of(root: Path, count: int) -> Path:
    """``count`` pictures of each class, in folders fake and real."""
    for number in range(count):
        for fake in (True, False):
            path = root / ("fake" if fake else "real") / f"{number:03}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture(2 * number + fake, fake=fake)).save(path)
    return root
