"""Pictures, the faces in them, and each face as the detector receives it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.records.arrays import Pixels, ViewPixels, frozen


@dataclass(frozen=True)
class Box:
    """A half-open rectangle in a picture: rows top..bottom-1, columns left..right-1, in pixels."""

    top: int
    left: int
    bottom: int
    right: int

    def __post_init__(self) -> None:
        if self.bottom <= self.top or self.right <= self.left:
            raise ValueError(f"A box needs bottom > top and right > left. Received: {self}")

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def rows_and_columns(self) -> tuple[slice, slice]:
        """The box as an index: ``picture[box.rows_and_columns]``."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


@dataclass(frozen=True, eq=False)
class Picture:
    """One decoded picture: the SHA-256 of its file's bytes, or of its pixels where no file was read, and notes in words on
    what reading changed: an EXIF turn, a dropped alpha channel, 16 bits brought to 8.

    ``format`` is the file's (JPEG, PNG), None where there was none. ``jpeg_quality`` is the quality, 1 to 100, at which
    libjpeg writes its luminance table, or the nearest; None where it is no JPEG, or no quality comes near its table.
    """

    name: str
    pixels: Pixels
    sha256: str
    path: str | None = None
    notes: tuple[str, ...] = ()
    format: str | None = None
    jpeg_quality: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", frozen(self.pixels))

    @property
    def source(self) -> str:
        """How to call the picture to a person: its path, or its name where no file was read."""
        return self.path or self.name

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


@dataclass(frozen=True, eq=False)
class Face:
    """One face, or the whole picture where the contract says so: a box of a picture and who found it.

    Points are (x, y) in pixels of the picture, float32. ``keypoints`` (6, 2) are those of the locator, where it gives any:
    the eye on the image's left, the other eye, nose tip, mouth, the ear on the image's left, the other ear. ``landmarks``
    (468, 2) are those of the face mesh, where one was found.
    """

    picture: Picture
    box: Box
    locator: str
    keypoints: NDArray[np.float32] | None = None
    landmarks: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        for name in ("keypoints", "landmarks"):
            points = getattr(self, name)
            if points is not None:
                object.__setattr__(self, name, frozen(points))

    @property
    def pixels(self) -> Pixels:
        """The crop, (box.height, box.width, 3)."""
        return self.picture.pixels[self.box.rows_and_columns]


@dataclass(frozen=True, eq=False)
class Original:
    """The genuine picture, laid over the one that is explained.

    ``pixels`` (H, W, 3) are its own in the other's coordinates and tone; where it does not reach, the other's. ``edited``
    (H, W) is True where the two differ beyond noise. ``transform`` (2, 3) takes (x, y, 1) of the original to the other;
    it was fitted to ``matches`` pairs of features.
    """

    picture: Picture
    pixels: Pixels
    edited: NDArray[np.bool_]
    matches: int
    transform: NDArray[np.float64]

    def __post_init__(self) -> None:
        for name in ("pixels", "edited", "transform"):
            object.__setattr__(self, name, frozen(getattr(self, name)))


@dataclass(frozen=True, eq=False)
class View:
    """A face as the detector receives it, before scaling (see the package's conventions).

    ``original`` is the same face of the genuine picture, where that was given.
    """

    face: Face
    pixels: ViewPixels
    original: ViewPixels | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", frozen(self.pixels))
        if self.original is not None:
            object.__setattr__(self, "original", frozen(self.original))
