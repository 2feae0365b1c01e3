"""Bringing a face to the detector's size exactly as its training pipeline did: by the very library that did it.

``[opencv:|pil:|tf:]nearest|bilinear|bicubic|area[+antialias]``; without a library it is tf.image, Keras' own.
OpenCV never antialiases (its area filter averages instead). Pillow always does when it shrinks, but for nearest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaifake.detector.runtime import tensorflow
from xaifake.errors import ContractError
from xaifake.opencv import cv2
from xaifake.records import Pixels, ViewPixels

LIBRARIES = ("tf", "opencv", "pil")
FILTERS = ("nearest", "bilinear", "bicubic", "area")


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

    tf.image neither rounds nor clips: its bicubic filters may leave 0..255 by a little at sharp edges.
    """
    way = parse_spec(spec)
    if pixels.shape[:2] == size:
        return pixels.astype(np.float32)
    resized = {"tf": _by_tensorflow, "opencv": _by_opencv, "pil": _by_pillow}[way.library](pixels, size, way)
    return np.asarray(resized, np.float32)


def _by_tensorflow(pixels: Pixels, size: tuple[int, int], way: Resize) -> object:
    return tensorflow().image.resize(pixels, size, method=way.filter, antialias=way.antialias).numpy()


def _by_opencv(pixels: Pixels, size: tuple[int, int], way: Resize) -> object:
    filters = {
        "nearest": cv2.INTER_NEAREST,
        "bilinear": cv2.INTER_LINEAR,
        "bicubic": cv2.INTER_CUBIC,
        "area": cv2.INTER_AREA,
    }
    return cv2.resize(pixels, size[::-1], interpolation=filters[way.filter])


def _by_pillow(pixels: Pixels, size: tuple[int, int], way: Resize) -> object:
    from PIL import Image

    filters = {"nearest": "NEAREST", "bilinear": "BILINEAR", "bicubic": "BICUBIC", "area": "BOX"}
    return np.asarray(Image.fromarray(pixels).resize(size[::-1], Image.Resampling[filters[way.filter]]))
