"""How strongly a JPEG was compressed, by the tables that it carries."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Pixels

LUMINANCE = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
"""Steps of brightness at quality 50, by rows of frequencies (ITU-T T.81, 1992, annex K.1)."""
COARSEST = 255
"""The largest step of a table of bytes."""
ALIKE = 0.4
"""Tables whose steps differ by more than a factor of exp(0.4) = 1.5, in the geometric mean, are of no quality. Those of
Photoshop's levels in the test data differ by 1.13 to 1.25 from the nearest."""


MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
"""Anything but a stuffed byte, a restart and a fill byte."""
START_OF_IMAGE, END_OF_IMAGE, START_OF_SCAN, TEMPORARY = 0xD8, 0xD9, 0xDA, 0x01


def scans_of(data: bytes, most: int) -> int:
    """How many scans the first picture of a JPEG has; counted as far as one beyond ``most``.

    Every scan of a progressive picture goes over all its pixels, and needs no more than some ten bytes to do so.
    """
    scans = place = 0
    while scans <= most and (found := MARKER.search(data, place)):
        kind, place = found[1][0], found.end()
        if kind == END_OF_IMAGE:
            break
        scans += kind == START_OF_SCAN
        if kind not in (START_OF_IMAGE, TEMPORARY):
            place += int.from_bytes(data[place : place + 2], "big")
    return scans


def quality_of(steps: Sequence[int]) -> int | None:
    """The quality, 1 to 100, at which libjpeg writes these luminance steps, or the nearest; None where none is near.

    Cameras, phones and Photoshop have tables of their own: for those the quality is an estimate, of pictures that libjpeg
    would have compressed about as strongly.

    Args:
        steps: the 64 of a table in rows of frequencies, as Pillow gives them.

    >>> quality_of([1] * 64), quality_of(np.ravel(LUMINANCE)), quality_of([255, 1] * 32)
    (100, 50, None)
    """
    logarithms = np.log(np.clip(np.asarray(steps, np.float64), 1, COARSEST))
    differences = np.abs(logarithms - _logarithms()).mean(axis=1)
    nearest = int(differences.argmin())
    return nearest + 1 if differences[nearest] <= ALIKE else None


@cache
def _logarithms() -> NDArray[np.float64]:
    """Of the steps at each quality from 1 to 100, scaled as ``jpeg_quality_scaling`` of libjpeg does, (100, 64)."""
    qualities = np.arange(1, 101)[:, None]
    percent = np.where(qualities < 50, 5000 // qualities, 200 - 2 * qualities)
    steps: NDArray[np.int64] = np.clip((np.ravel(LUMINANCE) * percent + 50) // 100, 1, COARSEST)
    return np.log(steps)


def recompressed(pixels: Pixels, quality: int) -> Pixels:
    """A picture (H, W, 3) as it comes out of a JPEG of that quality, 1 to 100 (4:2:0, as Pillow writes it)."""
    from PIL import Image

    memory = io.BytesIO()
    Image.fromarray(pixels).save(memory, "JPEG", quality=quality)
    with Image.open(memory) as image:
        return np.array(image)
