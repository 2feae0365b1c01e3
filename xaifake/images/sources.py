"""Whatever stands for a picture: a path, an array, a `Picture`."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import PictureError
from xaifake.images.reading import read_picture
from xaifake.records import Picture


def as_picture(image: object) -> Picture:
    """The picture that a path, an array or a `Picture` stands for."""
    if isinstance(image, Picture):
        return image
    if isinstance(image, str | os.PathLike):
        return read_picture(Path(image))
    if isinstance(image, np.ndarray):
        return picture_of(image)
    raise PictureError(f"A picture is a path, a uint8 array or a Picture. Received: {type(image).__name__}")


def picture_of(array: NDArray[Any], name: str = "array") -> Picture:
    """A picture from memory: uint8 (H, W, 3) RGB, (H, W) or (H, W, 1) grey, or (H, W, 4) whose alpha is dropped.

    ``sha256`` is of shape and pixels. Floats are refused: whether their white is 1 or 255 is for their owner to say.

    Raises:
        PictureError: another shape or dtype, or no pixels.
    """
    pixels = np.asarray(array)
    if (
        pixels.dtype != np.uint8
        or pixels.ndim not in (2, 3)
        or pixels.size == 0
        or pixels.shape[2:] not in ((), (1,), (3,), (4,))
    ):
        raise PictureError(
            "A picture in memory is uint8 of 0 to 255, (height, width, 3) in RGB; bring floats to it yourself, for instance "
            f"by (x * 255).round().astype('uint8'). Received: {pixels.dtype} of shape {pixels.shape}"
        )
    notes = ("alpha channel dropped",) if pixels.shape[2:] == (4,) else ()
    if pixels.shape[2:] in ((), (1,)):
        pixels = np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    pixels = np.array(pixels[..., :3])  # a copy: what the caller does with the array later is no longer this picture
    digest = hashlib.sha256(repr(pixels.shape).encode())
    digest.update(pixels.data)
    return Picture(name, pixels, digest.hexdigest(), notes=notes)


def name_of(image: object) -> str:
    """How to call an image that may not even be readable."""
    if isinstance(image, Picture):
        return image.source
    return str(image) if isinstance(image, str | os.PathLike) else type(image).__name__
