"""Bringing a map from its own grid to a place in a picture, without inventing more than the grid holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def place(
    values: NDArray[np.float32],
    box: tuple[float, float, float, float],
    shape: tuple[int, int],
    *,
    smooth: bool,
) -> NDArray[np.float32]:
    """Draw a grid into an empty canvas.

    Args:
        values: (gh, gw), the grid; its cells divide the box evenly.
        box: top, left, bottom, right in canvas pixels, half-open; may be fractional.
        shape: height and width of the canvas.
        smooth: interpolate bilinearly between cell centres (constant beyond the outermost ones), or take the nearest cell.

    Returns:
        float32 of the canvas' shape; zero for pixels whose centre lies outside the box.

    >>> place(np.float32([[1, 3]]), (0, 0, 1, 4), (1, 4), smooth=True).tolist()
    [[1.0, 1.5, 2.5, 3.0]]
    """
    top, left, bottom, right = box
    rows = _weights(values.shape[0], top, bottom, shape[0], smooth)
    columns = _weights(values.shape[1], left, right, shape[1], smooth)
    return np.asarray(rows @ values @ columns.T, np.float32)


def _weights(cells: int, start: float, stop: float, pixels: int, smooth: bool) -> NDArray[np.float32]:
    """(pixels, cells): how much of each cell each pixel takes along one axis."""
    centres = np.arange(pixels) + 0.5
    position = (centres - start) / (stop - start) * cells  # 0 at the first cell's edge, `cells` at the last one's
    inside = (position >= 0) & (position < cells)
    weights = np.zeros((pixels, cells), np.float32)
    if smooth:
        nearest = np.clip(position - 0.5, 0, cells - 1)
        low = np.minimum(nearest.astype(int), max(cells - 2, 0))
        share = nearest - low
        high = np.minimum(low + 1, cells - 1)
        np.add.at(weights, (np.arange(pixels), low), 1 - share)
        np.add.at(weights, (np.arange(pixels), high), share)
    else:
        cell = np.clip(position.astype(int), 0, cells - 1)
        weights[np.arange(pixels), cell] = 1
    return weights * inside[:, None]
