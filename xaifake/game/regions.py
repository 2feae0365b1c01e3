"""The players: label maps that cut a view into regions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.records import Labels, ViewPixels

LEAST_PIXELS = 16
"""A region of fewer pixels than this on average is too small to mean anything: tiny views get fewer regions."""
COMPACTNESS = 10.0
"""SLIC's balance of closeness against likeness of colour (CIELAB), as its authors advise."""


def superpixels(pixels: ViewPixels, count: int = 50) -> Labels:
    """Cut a view into about ``count`` connected regions of like colour.

    SLIC (Achanta et al. 2012) as scikit-image has it. Deviation: where SLIC keeps fewer than half of the regions asked for,
    as on noise, where it merges nearly all, the view is cut into a grid instead.

    Args:
        pixels: the view, (h, w, 3) in 0..255.
        count: about how many regions; fewer on views of less than ``16 * count`` pixels, and at least two on any view of
            two pixels.

    Returns:
        (h, w) int32, read-only, labels 0..players-1, each one connected region. The same view gives the same labels.
    """
    from skimage.segmentation import slic

    area = pixels.shape[0] * pixels.shape[1]
    wanted = min(count, max(2, area // LEAST_PIXELS), area)
    labels = slic(pixels / np.float32(255), n_segments=wanted, compactness=COMPACTNESS, start_label=0, channel_axis=-1)
    if labels.max() + 1 < min(wanted, max(2, wanted // 2)):
        return _grid_of(pixels.shape[:2], wanted)
    return _sealed(labels)


def grid(shape: tuple[int, int], rows: int, columns: int) -> Labels:
    """Cut a view of that height and width into ``rows × columns`` rectangles, numbered row by row.

    Raises:
        UsageError: more rows or columns than pixels, or none.

    >>> grid((2, 4), 1, 2).tolist()
    [[0, 0, 1, 1], [0, 0, 1, 1]]
    """
    height, width = shape
    if not (1 <= rows <= height and 1 <= columns <= width):
        raise UsageError(
            f"A grid has 1 to {height} rows and 1 to {width} columns on this view. Received: {rows} × {columns}"
        )
    row = np.arange(height) * rows // height
    column = np.arange(width) * columns // width
    return _sealed(row[:, None] * columns + column)


def neighbours(labels: Labels) -> NDArray[np.bool_]:
    """Which regions share an edge, (players, players), symmetric; none is its own neighbour.

    >>> neighbours(grid((1, 3), 1, 3)).astype(int).tolist()
    [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    """
    touching = np.zeros((int(labels.max()) + 1,) * 2, np.bool_)
    for one, other in ((labels[1:], labels[:-1]), (labels[:, 1:], labels[:, :-1])):
        touching[one, other] = True
    np.fill_diagonal(touching, False)
    return touching | touching.T


def _grid_of(shape: tuple[int, int], count: int) -> Labels:
    """About ``count`` rectangles, as square as they can be."""
    height, width = shape
    rows = min(height, count, max(1, round((count * height / width) ** 0.5)))
    return grid(shape, rows, min(width, round(count / rows)))


def _sealed(labels: NDArray[Any]) -> Labels:
    result = np.ascontiguousarray(labels, np.int32)
    result.setflags(write=False)
    return result
