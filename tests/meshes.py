"""A face mesh on pictures that show no face, so that what needs one can be tried on them. No TensorFlow."""

from __future__ import annotations

from functools import cache

import numpy as np
from synthetic import astronaut

from xaifake.faces.mesh import landmarks_of
from xaifake.images import picture_of
from xaifake.records import Box, Face


@cache
def astronaut_mesh() -> np.ndarray:
    """The mesh of the astronaut's face, (468, 2), in shares of the picture `synthetic.astronaut`."""
    pixels = astronaut()
    points = landmarks_of(Face(picture_of(pixels), Box(0, 0, *pixels.shape[:2]), "whole"))
    assert points is not None
    return points / np.array(pixels.shape[1::-1], np.float32)


def mesh_on(box: Box) -> np.ndarray:
    """The astronaut's mesh laid into a box of a picture, float32 (468, 2)."""
    return (astronaut_mesh() * (box.width, box.height) + (box.left, box.top)).astype(np.float32)
