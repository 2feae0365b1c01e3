"""Bringing a face to the detector's size as its training pipeline did: by the very library that did it, or its equal.

``[opencv:|pil:|tf:]nearest|bilinear|bicubic|area[+antialias]``; without a library it is tf.image, Keras' own.
OpenCV never antialiases (its area filter averages instead). Pillow always does when it shrinks, but for nearest.
TensorFlow takes seconds to import, so most filters of tf.image are asked of a library that gives the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.detector.runtime import tensorflow
from xaifake.errors import ContractError
from xaifake.records import Pixels, ViewPixels

LIBRARIES = ("tf", "opencv", "pil")
FILTERS = ("nearest", "bilinear", "bicubic", "area")

Grid = NDArray[np.uint8] | NDArray[np.float32]
"""A picture (H, W, 3), or one channel of it (H, W)."""


@dataclass(frozen=True)
class Resize:
    """One way to resize."""

    library: str
    filter: str
    antialias: bool


def parse_spec(spec: str) -> Resize:
    """Read a contract's ``resize``.

    >>> parse_spec("opencv:area")
    Resize(library='opencv', filter='area', antialias=False)

    Raises:
        ContractError: another form, or an antialiased filter of OpenCV, which has none.
    """
    library, rest = spec.split(":", 1) if ":" in spec else ("tf", spec)
    name, plus, suffix = rest.partition("+")
    if library not in LIBRARIES or name not in FILTERS or (plus and suffix != "antialias"):
        raise ContractError(
            "A resize filter is nearest, bilinear, bicubic or area, with opencv:, pil: or tf: before it and +antialias "
            f"after it where needed (--resize). Received: {spec}"
        )
    if library == "opencv" and plus:
        raise ContractError(
            f"OpenCV's filters do not antialias; its averaging one is opencv:area (--resize). Received: {spec}"
        )
    return Resize(library, name, bool(plus))


def resize(pixels: Pixels, size: tuple[int, int], spec: str) -> ViewPixels:
    """Resize (H, W, 3) uint8 to size (h, w): float32 (h, w, 3) in 0..255, with the library's own rounding or none.

    tf.image neither rounds nor clips: its bicubic filters may leave 0..255 by a little at sharp edges. It also reckons in
    float32 where it samples, so on noise it lies up to 0.03 grey levels for each 1,000 pixels of a side from what is given
    here; its nearest, its plain bicubic and its enlarging area filter are met to the last bit.
    """
    way = parse_spec(spec)
    if pixels.shape[:2] == size:
        return pixels.astype(np.float32)
    resized = {"tf": _as_tensorflow, "opencv": _by_opencv, "pil": _by_pillow}[way.library](pixels, size, way)
    return np.asarray(resized, np.float32)


def _as_tensorflow(pixels: Pixels, size: tuple[int, int], way: Resize) -> NDArray[Any]:
    """tf.image.resize, by another library where one equals it; antialias means nothing to nearest and area."""
    shrinks = size[0] <= pixels.shape[0] and size[1] <= pixels.shape[1]
    if way.filter == "nearest":
        return pixels[np.ix_(_nearest(pixels.shape[0], size[0]), _nearest(pixels.shape[1], size[1]))]
    if way.antialias and way.filter != "area":
        return _unrounded(_by_pillow, pixels, size, way)
    if way.filter == "bilinear" or (way.filter == "area" and shrinks):
        return _unrounded(_by_opencv, pixels, size, way)
    resized: NDArray[Any] = tensorflow().image.resize(pixels, size, method=way.filter, antialias=way.antialias).numpy()
    return resized


def _nearest(length: int, wanted: int) -> NDArray[np.intp]:
    """The pixel under each centre, in float32: where a centre lies on an edge, OpenCV and Pillow turn the other way."""
    centres = (np.arange(wanted, dtype=np.float32) + np.float32(0.5)) * (np.float32(length) / np.float32(wanted))
    return np.minimum(centres.astype(np.intp), length - 1)


def _unrounded(
    by: Callable[[Grid, tuple[int, int], Resize], NDArray[Any]], pixels: Pixels, size: tuple[int, int], way: Resize
) -> NDArray[Any]:
    """Plane by plane in float32, which no library rounds, and of which a whole picture would take much memory."""
    planes = (pixels[..., channel].astype(np.float32) for channel in range(pixels.shape[-1]))
    return np.stack([by(plane, size, way) for plane in planes], axis=-1)


def _by_opencv(pixels: Grid, size: tuple[int, int], way: Resize) -> NDArray[Any]:
    from xaifake.opencv import cv2

    filters = {
        "nearest": cv2.INTER_NEAREST,
        "bilinear": cv2.INTER_LINEAR,
        "bicubic": cv2.INTER_CUBIC,
        "area": cv2.INTER_AREA,
    }
    return np.asarray(cv2.resize(pixels, size[::-1], interpolation=filters[way.filter]))


def _by_pillow(pixels: Grid, size: tuple[int, int], way: Resize) -> NDArray[Any]:
    from PIL import Image

    filters = {"nearest": "NEAREST", "bilinear": "BILINEAR", "bicubic": "BICUBIC", "area": "BOX"}
    return np.asarray(Image.fromarray(pixels).resize(size[::-1], Image.Resampling[filters[way.filter]]))
