"""Copies of a face as they come about on the way from hand to hand: compressed, reduced, blurred, noisy, shifted."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np

from xaifake.images import picture_of
from xaifake.records import Box, Change, Face, Pixels
from xaifake.records.trust import Kind

BLOCK = 16
"""JPEG's largest unit: what lies a whole one beyond the face changes nothing of it."""
NOISE_SEED = 0


def copy_of(face: Face, change: Change) -> Face:
    """The face in a changed copy of its picture: without landmarks, in the part of the picture around it.

    Args:
        face: of any picture.
        change: ``jpeg`` with a quality of 1 to 100 (4:2:0, as Pillow writes it), ``resize`` by a factor up to 1 (area
            averages), ``blur`` and ``noise`` by standard deviations in pixels and in grey levels, ``shift`` by whole
            pixels down and to the right, the border repeated.
    """
    box, pixels = face.box, face.picture.pixels
    top, left = (max(0, (edge // BLOCK - 1) * BLOCK) for edge in (box.top, box.left))
    around = pixels[top : (box.bottom // BLOCK + 2) * BLOCK, left : (box.right // BLOCK + 2) * BLOCK]
    changed = CHANGES[change.kind](around, change.amount)
    down, across = (np.array(changed.shape[:2]) / around.shape[:2]).tolist()
    place = Box(
        round((box.top - top) * down),
        round((box.left - left) * across),
        max(round((box.bottom - top) * down), round((box.top - top) * down) + 1),
        max(round((box.right - left) * across), round((box.left - left) * across) + 1),
    )
    name = f"{face.picture.name}, {change.kind} {change.amount:g}"
    return Face(picture_of(changed, name), place, face.locator)


def _jpeg(pixels: Pixels, quality: float) -> Pixels:
    from PIL import Image

    memory = io.BytesIO()
    Image.fromarray(pixels).save(memory, "JPEG", quality=round(quality))
    with Image.open(memory) as image:
        return np.array(image)


def _resized(pixels: Pixels, factor: float) -> Pixels:
    from xaifake.opencv import cv2

    height, width = (max(1, round(side * factor)) for side in pixels.shape[:2])
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _blurred(pixels: Pixels, deviation: float) -> Pixels:
    from xaifake.opencv import cv2

    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), deviation), np.uint8)


def _noisy(pixels: Pixels, deviation: float) -> Pixels:
    noise = np.random.default_rng(NOISE_SEED).normal(0, deviation, pixels.shape)
    return np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8)


def _shifted(pixels: Pixels, by: float) -> Pixels:
    step = round(by)
    grown = np.pad(pixels, ((step, 0), (step, 0), (0, 0)), mode="edge")
    return np.ascontiguousarray(grown[: pixels.shape[0], : pixels.shape[1]])


CHANGES: Mapping[Kind, Callable[[Pixels, float], Pixels]] = {
    "jpeg": _jpeg,
    "resize": _resized,
    "blur": _blurred,
    "noise": _noisy,
    "shift": _shifted,
}
