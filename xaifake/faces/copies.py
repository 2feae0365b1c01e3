"""Copies of a face as they come about on the way from hand to hand: compressed, reduced, blurred, noisy, shifted."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from xaifake.images import picture_of
from xaifake.images.jpeg import recompressed
from xaifake.records import Box, Change, Face, Pixels
from xaifake.records.trust import Kind

BLOCK = 16
"""JPEG's largest unit: what lies a whole one beyond the face changes nothing of it."""
NOISE_SEED = 0


def copy_of(face: Face, change: Change) -> Face:
    """The face in a changed copy of its picture: without landmarks, in the part of the picture around it.

    That part reaches from 16 to 32 pixels beyond the face, on JPEG's grid, so that the face comes out as it would of the
    whole picture, and a large picture costs no more than its face. By ``resize``, which has a grid of its own, the two
    differ by parts of a pixel; by a ``blur`` of more than 5 pixels, in the border.

    Args:
        face: of any picture.
        change: ``jpeg`` with a quality of 1 to 100 (4:2:0, as Pillow writes it), ``resize`` by a factor up to 1 (area
            averages), ``blur`` and ``noise`` by standard deviations in pixels and in grey levels, ``shift`` by whole
            pixels down and to the right. A shifted picture lies under a box that stays: beyond the picture's edge, its
            border is repeated, which makes no edge that was not there.
    """
    box, pixels = face.box, face.picture.pixels
    top, left = (max(0, (edge // BLOCK - 1) * BLOCK) for edge in (box.top, box.left))
    around = pixels[top : (box.bottom // BLOCK + 2) * BLOCK, left : (box.right // BLOCK + 2) * BLOCK]
    changed = CHANGES[change.kind](around, change.amount)
    rows = _scaled(box.top - top, box.bottom - top, around.shape[0], changed.shape[0])
    columns = _scaled(box.left - left, box.right - left, around.shape[1], changed.shape[1])
    said = f"{change.kind} {change.amount:g}"
    picture = picture_of(changed, f"{face.picture.name}, {said}")
    picture = dataclasses.replace(picture, notes=(*face.picture.notes, f"part around the face, changed: {said}"))
    return Face(picture, Box(rows[0], columns[0], rows[1], columns[1]), face.locator)


def _scaled(start: int, end: int, size: int, to: int) -> tuple[int, int]:
    """The same stretch of a side that has another size now, at least one pixel of it."""
    first = min(round(start * to / size), to - 1)
    return first, max(round(end * to / size), first + 1)


def _resized(pixels: Pixels, factor: float) -> Pixels:
    from xaifake.opencv import cv2

    height, width = (max(1, round(side * factor)) for side in pixels.shape[:2])
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _blurred(pixels: Pixels, deviation: float) -> Pixels:
    from xaifake.opencv import cv2

    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), deviation), np.uint8)


def _noisy(pixels: Pixels, deviation: float) -> Pixels:
    noise = np.random.default_rng(NOISE_SEED).standard_normal(pixels.shape, np.float32)
    return np.clip(np.rint(pixels + np.float32(deviation) * noise), 0, 255).astype(np.uint8)


def _shifted(pixels: Pixels, by: float) -> Pixels:
    step = round(by)
    grown = np.pad(pixels, ((step, 0), (step, 0), (0, 0)), mode="edge")
    return np.ascontiguousarray(grown[: pixels.shape[0], : pixels.shape[1]])


CHANGES: Mapping[Kind, Callable[[Pixels, float], Pixels]] = {
    "jpeg": lambda pixels, quality: recompressed(pixels, round(quality)),
    "resize": _resized,
    "blur": _blurred,
    "noise": _noisy,
    "shift": _shifted,
}
