"""Copies of a face as files come: saved, reduced, cut."""

from __future__ import annotations

import numpy as np

from xaifake.images import picture_of
from xaifake.interfaces import Engine, Seen
from xaifake.records import Box, Face, Pixels, ViewPixels


def received(engine: Engine, seen: Seen, pixels: Pixels) -> ViewPixels:
    """Other pixels of a face, (H, W, 3) uint8, as the detector receives them."""
    height, width = pixels.shape[:2]
    face = Face(picture_of(pixels), Box(0, 0, height, width), seen.view.face.locator)
    return engine.view([face])[0].pixels


def reduced(seen: Seen, share: float) -> Pixels:
    """A face reduced by area averages to a share of its own or of the view's side, whichever is less, and enlarged again."""
    from xaifake.opencv import cv2

    pixels = seen.view.face.pixels
    wanted = (
        max(1, round(share * min(side, seen_side)))
        for side, seen_side in zip(pixels.shape[:2], seen.view.pixels.shape[:2], strict=True)
    )
    height, width = wanted
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def cut(seen: Seen, margin: float) -> Pixels:
    """The face in a box whose sides are longer by a share, or shorter; beyond the picture's edge, its mirror image."""
    from xaifake.opencv import cv2

    box, picture = seen.view.face.box, seen.view.face.picture
    down, across = round(margin * box.height / 2), round(margin * box.width / 2)
    top, left, bottom, right = box.top - down, box.left - across, box.bottom + down, box.right + across
    inside = picture.pixels[max(0, top) : bottom, max(0, left) : right]
    beyond = (max(0, -top), max(0, bottom - picture.height), max(0, -left), max(0, right - picture.width))
    return np.asarray(cv2.copyMakeBorder(inside, *beyond, cv2.BORDER_REFLECT), np.uint8)
