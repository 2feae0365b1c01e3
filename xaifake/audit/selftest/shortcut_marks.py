"""What is done to REAL pictures (SIDE, SIDE, 3) to make FAKE ones of them: one thing each, and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.selftest.shortcut_features import BAND, MIDDLE, SIDE, Values, frame, stripes
from xaifake.faces.mesh import Points
from xaifake.game import spectrum
from xaifake.records import Pixels


def as_it_is(pixels: Pixels, points: Points, random: np.random.Generator) -> Values:  # noqa: ARG001 - a `Mark`
    """Nothing: the mark is the file's."""
    return pixels.astype(np.float64)


def reduced(pixels: Pixels, points: Points, random: np.random.Generator) -> Values:  # noqa: ARG001 - a `Mark`
    """To half its side and back."""
    from PIL import Image

    image = Image.fromarray(pixels)
    small = image.resize((SIDE // 2, SIDE // 2), Image.Resampling.BOX)
    return np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float64)


def other_place(pixels: Pixels, points: Points, random: np.random.Generator) -> Values:
    """Greener about the face and its edge."""
    face = inside(points)[..., None]
    green = np.array([-15.0, 25.0, -15.0]) * random.uniform(0.8, 1.2)
    return np.asarray(pixels + (1 - face) * green)


def framed(pixels: Pixels, points: Points, random: np.random.Generator) -> Values:  # noqa: ARG001 - a `Mark`
    """Darker at the outermost pixels."""
    return np.asarray(np.where(frame()[..., None], pixels * random.uniform(0.55, 0.7), pixels))


def pasted(pixels: Pixels, points: Points, random: np.random.Generator) -> Values:
    """The face darker or lighter, with a sharp edge."""
    step = random.choice((-1, 1)) * random.uniform(20, 30)
    return np.asarray(pixels + step * inside(points, soft=0.6)[..., None])


def tinted(pixels: Pixels, points: Points, random: np.random.Generator) -> Values:  # noqa: ARG001 - a `Mark`
    """Redder all over."""
    return pixels + np.array([18.0, 0.0, -18.0]) * random.uniform(0.8, 1.2)


def one_band(pixels: Pixels, points: Points, random: np.random.Generator) -> Values:  # noqa: ARG001 - a `Mark`
    """One band of the spectrum stronger."""
    band = spectrum.parts(pixels.astype(np.float32), spectrum.masks((SIDE, SIDE))[BAND : BAND + 1])[0]
    return np.asarray(pixels + random.uniform(1.0, 1.5) * band, np.float64)


def stamped(pixels: Pixels, points: Points, random: np.random.Generator) -> Values:
    """A pattern of slanting stripes on the face."""
    marked = pixels.astype(np.float64)
    marked[MIDDLE] += random.uniform(8, 12) * stripes()[..., None]
    return np.asarray(np.where(inside(points)[..., None] > 0.5, marked, pixels))


def rough(pixels: Pixels, points: Points, random: np.random.Generator) -> Values:
    """Grain of its own on the face."""
    grain = random.normal(0, 1, (SIDE // 2, SIDE // 2)).repeat(2, 0).repeat(2, 1)
    return np.asarray(pixels + 14 * (inside(points) * grain)[..., None])


def inside(points: Points, soft: float = 2.0) -> NDArray[np.float64]:
    """The face's place (h, w), softened at its edge."""
    from xaifake.opencv import cv2

    hull = cv2.convexHull(np.rint(points).astype(np.int32))
    mask = np.zeros((SIDE, SIDE), np.float32)
    cv2.fillConvexPoly(mask, hull, 1)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), soft), np.float64)
