"""Which regions belong together: a binary tree that merges neighbours of like colour, one pair after another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaifake.game.regions import neighbours
from xaifake.records import Coalitions, Labels, ViewPixels


def merge_tree(pixels: ViewPixels, labels: Labels) -> tuple[NDArray[np.int64], Coalitions]:
    """Merge the two neighbouring regions of most like colour, again and again, until one is left.

    Source: the binary partition tree of Salembier and Garrido 2000, on which ShapBPT (Rashid and others 2026) plays.
    Deviations: its leaves are regions, not pixels; how unlike two neighbours are is what merging adds to the squared error
    of the regions' mean colours (Ward 1963) in CIELAB, as scikit-learn has it, where every region counts alike.

    Args:
        pixels: (h, w, 3) in 0..255.
        labels: region of each pixel, (h, w), 0..n-1.

    Returns:
        The two children of each merged node, (n - 1, 2): node n + k is the k-th merged, the root the last. And the regions
        of each node, (2n - 1, n), True where the node holds the region; the first n are the regions themselves.

    >>> columns = np.array([[0, 1, 2, 3]], np.int32)
    >>> children, members = merge_tree(np.array([[[0.0] * 3, [2.0] * 3, [200.0] * 3, [255.0] * 3]], np.float32), columns)
    >>> children.tolist(), members[4:].astype(int).tolist()
    ([[0, 1], [2, 3], [4, 5]], [[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]])
    """
    count = int(labels.max()) + 1
    members = np.eye(2 * count - 1, count, dtype=np.bool_)
    if count == 1:
        return np.empty((0, 2), np.int64), members
    from skimage.color import rgb2lab
    from sklearn.cluster import ward_tree

    sizes = np.bincount(labels.ravel())
    lab = rgb2lab(pixels / np.float32(255)).reshape(-1, 3)
    colours = np.stack([np.bincount(labels.ravel(), channel, count) / sizes for channel in lab.T], axis=1)
    children = np.sort(ward_tree(colours, connectivity=neighbours(labels))[0], axis=1).astype(np.int64)
    for node, (left, right) in enumerate(children, count):
        members[node] = members[left] | members[right]
    return children, members
