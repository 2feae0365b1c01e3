"""Pictures with and without the trace that the demo's detector sees, from one photograph that it was not trained on.

The edit stands for what a generator leaves behind: a soft-edged region loses its finest detail and gains the faint
checkerboard of a decoder's upsampling (Odena et al. 2016, "Deconvolution and Checkerboard Artifacts").
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
SIDE, INPUT = 256, 128
"""Pixels along a picture that is edited, and along what the detector receives of it."""
TRACE = 6.0
"""The checkerboard's height in grey levels: every other square of 2 × 2 pixels is so much lighter, the rest darker."""
FACE = (112, 222)
"""Row and column of the middle of the astronaut's face."""


def write_labelled(folder: Path, pairs: int = 40, seed: int = 0) -> None:
    """Write PNG of 128 × 128 pixels into ``folder/real`` and ``folder/fake``, ``pairs`` in each; same seed, same pixels.

    All show one face, cut out, mirrored and lit in different ways: NASA's photograph of Eileen Collins (public domain).
    FAKE ones bear the trace at a place of their own; every other REAL one is smoothed there, without the trace.
    """
    import skimage.data
    from PIL import Image

    photograph = skimage.data.astronaut()
    random = np.random.default_rng(seed)
    for label in ("real", "fake"):
        (folder / label).mkdir(parents=True, exist_ok=True)
        for number in range(pairs):
            picture = varied(photograph, _about_the_face(random), random)
            if label == "fake":
                picture = edited(picture, somewhere(random), trace=random.uniform(4, 12))
            elif number % 2:
                picture = edited(picture, somewhere(random), trace=0)
            Image.fromarray(seen(picture)).save(folder / label / f"{number:02}.png")


def _about_the_face(random: np.random.Generator) -> tuple[int, int, int]:
    """Top, left and side of a square of the astronaut that holds the face."""
    side = int(random.integers(200, 400))
    middle = np.add(FACE, random.integers((-25, -45), (40, 45)))
    top, left = np.clip(middle - side // 2, 0, 512 - side)
    return int(top), int(left), side


def varied(photograph: Pixels, square: tuple[int, int, int], random: np.random.Generator) -> Pixels:
    """A square of a photograph, brought to 256 × 256 pixels, perhaps mirrored, a little brighter or darker."""
    from PIL import Image

    top, left, side = square
    cut = Image.fromarray(photograph[top : top + side, left : left + side]).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    pixels = np.asarray(cut, np.float32)[:, :: random.choice((-1, 1))]
    bright = (pixels - 128) * random.uniform(0.7, 1.2) + 128 + random.uniform(-25, 25)
    rounded: Pixels = np.clip(bright, 0, 255).round().astype(np.uint8)
    return rounded


def edited(picture: Pixels, ellipse: tuple[float, float, float, float], trace: float = TRACE) -> Pixels:
    """The picture with a feathered ellipse reduced to a third and enlarged again, and a checkerboard laid over it.

    Args:
        picture: (256, 256, 3).
        ellipse: row and column of its middle, half its height and half its width, in pixels.
        trace: the checkerboard's height in grey levels; 0 smooths alone.
    """
    from PIL import Image

    image = Image.fromarray(picture)
    small = image.resize((SIDE // 3, SIDE // 3), Image.Resampling.BOX)
    smooth = np.asarray(small.resize(image.size, Image.Resampling.BICUBIC), np.float32)
    row, column, half_height, half_width = ellipse
    rows, columns = np.ogrid[:SIDE, :SIDE]
    squares = 1 - 2 * ((rows // 2 + columns // 2) % 2)[..., None]
    distance = np.hypot((rows - row) / half_height, (columns - column) / half_width)
    weight = np.clip((1.15 - distance) / 0.3, 0, 1)[..., None]
    mixed = picture + weight * (smooth + trace * squares - picture)
    rounded: Pixels = np.clip(mixed, 0, 255).round().astype(np.uint8)
    return rounded


def somewhere(random: np.random.Generator) -> tuple[float, float, float, float]:
    """An ellipse to edit, of any place and of a face part's size."""
    return (*random.uniform(50, SIDE - 50, 2), *random.uniform(26, 64, 2))


def seen(picture: Pixels) -> Pixels:
    """The picture as the detector receives it, (128, 128, 3): each pixel the mean of four."""
    from PIL import Image

    return np.asarray(Image.fromarray(picture).resize((INPUT, INPUT), Image.Resampling.BOX), np.uint8)
