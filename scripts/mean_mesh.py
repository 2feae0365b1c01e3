"""Compute the mean mesh that `xaifake/faces/_mean_mesh.py` holds, from folders of pictures of faces; print its numbers.

    python scripts/mean_mesh.py FOLDER...

Meshes turned by little are brought onto each other by shift, turn and scale (generalised Procrustes analysis, Gower 1975),
averaged, and made the same on both sides. Printed are thousandths of the canonical square, x and y of each point in turn.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import PictureError
from xaifake.faces.mesh import OUTER_CORNERS, landmarks_of, levelling
from xaifake.images import read_picture
from xaifake.records import Box, Face

HEIGHT, CHIN = 0.6, 0.87
"""Of the canonical face and of its lowest point, in sides of the square: hair above it, neck and ground about it."""
SIDES, NOSE_TIP, FRONTAL = (234, 454), 1, 0.06
"""A face is frontal whose nose lies so near to the middle of its sides, in its widths."""
ROUNDS = 5

Mesh = NDArray[np.float64]


def meshes(folders: list[str]) -> Iterator[Mesh]:
    for path in sorted(path for folder in folders for path in Path(folder).iterdir()):
        try:
            picture = read_picture(path)
        except PictureError as error:
            print(error, file=sys.stderr)
            continue
        found = landmarks_of(Face(picture, Box(0, 0, picture.height, picture.width), "whole"))
        if found is not None:
            points = found.astype(np.float64)
            level = (points - points.mean(axis=0)) @ levelling(*found[list(OUTER_CORNERS)]).T
            yield level / np.sqrt((level**2).sum())


def is_frontal(mesh: Mesh) -> bool:
    left, right = mesh[list(SIDES), 0]
    return bool(abs(mesh[NOSE_TIP, 0] - (left + right) / 2) < FRONTAL * (right - left))


def mirror_of(mean: Mesh) -> NDArray[np.int64]:
    """Which point each becomes in a mirror."""
    from scipy.optimize import linear_sum_assignment

    apart = ((mean[:, None] - mean * [-1, 1]) ** 2).sum(axis=2)
    return np.asarray(linear_sum_assignment(apart)[1])


def mean_of(found: list[Mesh]) -> Mesh:
    mean = np.mean(found, axis=0)
    mirrored = mirror_of(mean)
    for _ in range(ROUNDS):
        mean = (mean + mean[mirrored] * [-1, 1]) / 2
        mean = np.mean([_onto(mesh, mean) for mesh in found], axis=0)
    return np.asarray((mean + mean[mirrored] * [-1, 1]) / 2)


def _onto(mesh: Mesh, mean: Mesh) -> Mesh:
    left, scales, right = np.linalg.svd(mean.T @ mesh)
    return mesh @ (left @ right).T * scales.sum() / (mesh**2).sum()


if __name__ == "__main__":
    frontal = [mesh for mesh in meshes(sys.argv[1:]) if is_frontal(mesh)]
    mean = mean_of(frontal)
    mean *= HEIGHT / np.ptp(mean[:, 1])
    mean += [0.5, CHIN - mean[:, 1].max()]
    print(f"{len(frontal)} faces", file=sys.stderr)
    print(*np.rint(mean.ravel() * 1000).astype(int))
