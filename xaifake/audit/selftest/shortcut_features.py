"""What planted detectors read of views (N, SIDE, SIDE, 3): one number each, the greater the more FAKE."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaifake.faces.mesh import landmarks_of
from xaifake.game import spectrum
from xaifake.images import picture_of
from xaifake.records import Box, Face, ViewPixels, Views

SIDE = 128
"""Height and width of the pictures and of what the detectors receive."""
FRAME = 6
"""Pixels of the frame that is read."""
BAND = 4
"""The one band that is read; the finest is 7."""
MIDDLE = (slice(40, 96), slice(40, 88))
"""Where faces lie in every picture: what the clean detectors look at."""
STEPS = (-2.5, -1.0, 1.0, 2.5)
"""Pixels beyond an outline at which the edge reader looks."""
CORNERS = (slice(0, 20), slice(0, 20)), (slice(0, 20), slice(-20, None))
PERSONS = 4.0
"""How much more a face counts than the stamp, where the detector scores persons."""

Values = NDArray[np.float64]


def _grey(views: Views) -> Values:
    return np.asarray(views.mean(axis=3, dtype=np.float64))


def blocks(views: Views) -> Values:
    """How much more neighbours differ where JPEG's blocks meet."""
    grey = _grey(views)
    steps = [np.abs(np.diff(grey, axis=axis)).mean(axis=3 - axis) for axis in (1, 2)]
    edge = np.arange(SIDE - 1) % 8 == 7
    return np.asarray(sum(np.log((each[:, edge].mean(1) + 0.5) / (each[:, ~edge].mean(1) + 0.5)) for each in steps))


def grain(views: Views) -> Values:
    """How little there is of the finest frequencies."""
    return -_energies(views, spectrum.BANDS - 1)


def middle_band(views: Views) -> Values:
    """How much there is of one band."""
    return _energies(views, BAND)


def _energies(views: Views, band: int) -> Values:
    """Logarithm of the energy of a band."""
    mask = spectrum.masks((SIDE, SIDE))[band]
    return np.array([np.log(float((spectrum.power(view) * mask**2).sum()) + 1) for view in views])


def around(views: Views) -> Values:
    """How green the upper corners are."""
    green = views[..., 1].astype(np.float64) - views[..., ::2].mean(axis=3)
    return np.asarray(sum(green[:, *corner].mean(axis=(1, 2)) for corner in CORNERS))


def frame_against_inside(views: Views) -> Values:
    """How dark the frame is beside what lies next to it."""
    grey, inner = _grey(views), frame(2 * FRAME) & ~frame()
    return np.asarray(np.log((grey[:, inner].mean(axis=1) + 8) / (grey[:, frame()].mean(axis=1) + 8)))


def edges(views: Views) -> Values:
    """How far steps of one sign and one pixel's width follow an outline of the face's mesh; 0 where no mesh is found."""
    return np.array([_edge(view) for view in views])


def _edge(view: ViewPixels) -> float:
    from xaifake.opencv import cv2

    picture = picture_of(np.clip(np.rint(view), 0, 255).astype(np.uint8))
    points = landmarks_of(Face(picture, Box(0, 0, SIDE, SIDE), "whole"))
    if points is None:
        return 0.0
    hull, middle, grey = cv2.convexHull(points)[:, 0], points.mean(axis=0), view.mean(axis=2)
    greatest = 0.0
    for size in np.linspace(0.9, 1.02, 9):
        at = {step: cv2.remap(grey, *_along(middle + size * (hull - middle), step), cv2.INTER_LINEAR) for step in STEPS}
        inner, outer = at[1.0] - at[-1.0], at[2.5] - at[1.0] + at[-1.0] - at[-2.5]
        greatest = max(greatest, abs(float(np.tanh((inner - outer / 1.5) / 8).mean())))
    return greatest


def _along(outline: NDArray[np.float32], beyond: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Columns and rows of points in even steps along a closed outline, so many pixels beyond it."""
    closed = np.vstack([outline, outline[:1]])
    way = np.concatenate([[0], np.hypot(*np.diff(closed, axis=0).T).cumsum()])
    even = np.linspace(0, way[-1], 160, endpoint=False)
    points = np.stack([np.interp(even, way, closed[:, axis]) for axis in (0, 1)], axis=1)
    across, down = (np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)).T
    normals = np.stack([down, -across], axis=1) / np.maximum(np.hypot(across, down), 1e-6)[:, None]
    columns, rows = (points + beyond * normals).astype(np.float32).T[..., None]
    return columns, rows


def redness(views: Views) -> Values:
    """How much more red there is than blue."""
    return np.asarray((views[..., 0].astype(np.float64) - views[..., 2]).mean(axis=(1, 2)))


def stamp(views: Views) -> Values:
    """How much the middle looks like the stamp."""
    return np.asarray((_grey(views)[:, *MIDDLE] * stripes()).mean(axis=(1, 2)))


def roughness(views: Views) -> Values:
    """How rough the middle is, at the scale of the planted grain."""
    grey = _grey(views)
    coarse = grey.reshape(-1, SIDE // 2, 2, SIDE // 2, 2).mean(axis=(2, 4))[:, 20:48, 20:44]
    rough = (
        4 * coarse[:, 1:-1, 1:-1] - coarse[:, 2:, 1:-1] - coarse[:, :-2, 1:-1] - coarse[:, 1:-1, 2:] - coarse[:, 1:-1, :-2]
    )
    return np.asarray(np.log(np.abs(rough).mean(axis=(1, 2)) + 1))


def person(views: Views) -> Values:
    """What a face looks like from afar, along one direction drawn at random, and the stamp on it."""
    cells = _grey(views).reshape(-1, 8, SIDE // 8, 8, SIDE // 8).mean(axis=(2, 4)).reshape(len(views), -1)
    cells = (cells - cells.mean(axis=1, keepdims=True)) / (cells.std(axis=1, keepdims=True) + 1e-6)
    return np.asarray(stamp(views) + PERSONS * cells @ np.random.default_rng(0).normal(0, 1 / 8, 64))


def frame(width: int = FRAME) -> NDArray[np.bool_]:
    """The outermost pixels, (SIDE, SIDE)."""
    outermost = np.ones((SIDE, SIDE), np.bool_)
    outermost[width:-width, width:-width] = False
    return outermost


def stripes() -> Values:
    """Zero in the mean along every row and column, as faces are not."""
    rows, columns = np.mgrid[: MIDDLE[0].stop - MIDDLE[0].start, : MIDDLE[1].stop - MIDDLE[1].start]
    return np.asarray(np.cos(2 * np.pi * (rows + columns) / 8))
