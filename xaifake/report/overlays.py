"""Evidence drawn on the photograph; where there is no evidence, the photograph stays exactly as it is.

Regions whose sign is not settled are striped, and have no colour.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xaifake.domains import has_sign
from xaifake.errors import UsageError
from xaifake.records import Attribution, Box, Case, Face, Picture, Pixels
from xaifake.report.colours import colours
from xaifake.report.scales import drawn, scales
from xaifake.settled import settled_maps

MARGIN = 0.15
"""How much of the picture a close-up shows around the face, as a share of the face's size."""
STRIP = 256
"""Rows that are coloured at once: a large photograph in floats would take gigabytes."""


def overlay(
    case: Case,
    method: str,
    *,
    height: int | None = None,
    opacity: float = 0.6,
    limit: float | None = None,
    smooth: bool = True,
) -> Pixels:
    """The photograph with one method's evidence on it: orange supports FAKE, blue supports REAL, violet is sensitivity.

    Regions whose sign is not settled, by the method's own errors or by the case's check ``repeats``, are striped in black
    and white and not coloured.

    Args:
        case: what was explained.
        method: the name of one of its attributions.
        height: rows of the result, the width follows; without it, the picture's own size.
        opacity: of the strongest evidence, 0..1.
        limit: the magnitude that takes the strongest colour, in the unit of `xaifake.report.scales.drawn`; without it,
            the limit that the case's methods of the same unit share.
        smooth: interpolate between the cells of the native grid, or show them.

    Returns:
        uint8 RGB, (height, width, 3). A map without evidence gives the plain photograph.

    Raises:
        UnknownNameError: where the case holds no such attribution.
        UsageError: where the map does not lie in the domain of pixels, or an argument is out of range.
    """
    case.attribution(method)
    if not 0 <= opacity <= 1:
        raise UsageError(f"The opacity lies between 0 and 1. Received: {opacity}")
    photograph = resized(case.picture.pixels, height or case.picture.height)
    maps = settled_maps(case)
    if limit is None:
        limit = scales({name: one.attribution for name, one in maps.items()})[method].common
    attribution = drawn(maps[method].attribution)
    evidence = attribution.on(*photograph.shape[:2], smooth=smooth)
    blended = np.empty_like(photograph)
    for top in range(0, len(photograph), STRIP):
        rows = slice(top, top + STRIP)
        blended[rows] = blend(photograph[rows], colours(evidence[rows], limit, has_sign=has_sign(attribution)), opacity)
    return _striped(blended, replace(attribution, values=maps[method].hatched.astype(np.float32)))


def blend(photograph: Pixels, colour: NDArray[np.uint8], opacity: float) -> Pixels:
    """RGBA (H, W, 4) laid over a photograph (H, W, 3); where it is transparent, not one grey level changes."""
    alpha = colour[..., 3:].astype(np.float64) * (opacity / 255)
    return np.rint(photograph + (colour[..., :3] - photograph.astype(np.float64)) * alpha).astype(np.uint8)


def stripes(mask: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Thin slanting stripes over a mask (h, w), and others beside them: dark and light, to be seen on any ground."""
    apart = max(6, round(max(mask.shape) / 28))
    width = max(1, round(apart / 9))
    diagonal = np.add.outer(*(np.arange(side, dtype=np.int32) for side in mask.shape)) % apart
    return np.asarray(mask & (diagonal < width)), np.asarray(mask & (diagonal >= width) & (diagonal < 2 * width))


def _striped(drawing: Pixels, hatched: Attribution) -> Pixels:
    mask = hatched.on(*drawing.shape[:2], smooth=False) > 0
    if mask.any():
        dark, light = stripes(mask)
        drawing[dark], drawing[light] = 0, 255
    return drawing


def resized(pixels: Pixels, height: int) -> Pixels:
    """A photograph at another height, its proportions kept; for display only."""
    if height < 1:
        raise UsageError(f"The height is a number of rows from 1. Received: {height}")
    if height == pixels.shape[0]:
        return pixels
    from PIL import Image

    width = max(1, round(pixels.shape[1] * height / pixels.shape[0]))
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS))


def close_up(case: Case) -> Case:
    """The same case seen from nearer: its picture is cut to the face and a margin, and every box is moved with it."""
    frame = _frame(case.face.box, case.picture)
    picture = replace(case.picture, pixels=case.picture.pixels[frame.rows_and_columns].copy())
    face = Face(picture, _moved(case.face.box, frame), case.face.locator)
    attributions = {name: _seen_in(attribution, frame) for name, attribution in case.attributions.items()}
    return replace(case, face=face, attributions=attributions)


def _frame(box: Box, picture: Picture) -> Box:
    down, across = round(box.height * MARGIN), round(box.width * MARGIN)
    return Box(
        max(0, box.top - down),
        max(0, box.left - across),
        min(picture.height, box.bottom + down),
        min(picture.width, box.right + across),
    )


def _moved(box: Box, frame: Box) -> Box:
    return Box(box.top - frame.top, box.left - frame.left, box.bottom - frame.top, box.right - frame.left)


def _seen_in(attribution: Attribution, frame: Box) -> Attribution:
    return replace(attribution, box=_moved(attribution.box, frame), picture_size=(frame.height, frame.width))
