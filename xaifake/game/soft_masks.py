"""Soft masks: how much each pixel of a view belongs to each region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Labels

Masks = NDArray[np.float32]
"""Shares of the view that pixels show, (n, h, w) in 0..1; the rest is the fill's."""
STRIP = 4096
"""Pixels that are summed at once: few enough to stay in a processor's cache."""


class SoftMasks:
    """Every pixel's shares in its regions: in 0..1, summing to 1 over the regions.

    A pixel lies near few regions, so only shares above zero are kept: five a pixel with the usual feather. That is 2 MB at
    224 × 224 with 39 regions, and 15 MB at 600 × 600 with 124, where all shares would take 179 MB.

    Args:
        labels: region of each pixel, (h, w), values 0..players-1.
        feather: standard deviation, in pixels, of the Gaussian that softens the regions' edges; 0 is hard.
    """

    def __init__(self, labels: Labels, feather: float) -> None:
        from scipy.sparse import csr_array

        height, self._width = labels.shape
        places, values = _shares(labels, feather)
        starts = np.cumsum([0, *(len(each) for each in places)])
        by_region = csr_array(
            (np.concatenate(values), np.concatenate(places), starts), shape=(len(places), labels.size), dtype=np.float32
        )
        by_pixel = by_region.T.tocsr()
        step = max(1, STRIP // self._width)
        tops = range(0, height, step)
        self._strips: list[tuple[slice, Any]] = [
            (slice(top, top + step), by_pixel[top * self._width : (top + step) * self._width]) for top in tops
        ]

    def strips(self, weights: NDArray[Any]) -> Iterator[tuple[slice, Masks]]:
        """The sums of all shares by their regions' weights, for a few rows of pixels after the others.

        Args:
            weights: (n, players): a coalition, or any weights of the regions.

        Yields:
            The rows of the view, and their sums (n, rows, w).
        """
        columns = np.asarray(weights, np.float32).T
        for rows, shares in self._strips:
            yield rows, (shares @ columns).T.reshape(columns.shape[1], -1, self._width)

    def summed(self, weights: NDArray[Any]) -> Masks:
        """The same for all rows at once: (n, h, w)."""
        return np.concatenate([sums for _, sums in self.strips(weights)], axis=1)


def _shares(labels: Labels, feather: float) -> tuple[list[NDArray[np.int32]], list[Masks]]:
    """For each region, the pixels that have a share in it, and the shares."""
    from xaifake.opencv import cv2

    places, values = [], []
    total = np.zeros(labels.size, np.float32)
    for region in range(int(labels.max()) + 1):
        mask = (labels == region).astype(np.float32)
        if feather > 0:
            cv2.GaussianBlur(mask, (0, 0), feather, dst=mask, borderType=cv2.BORDER_REFLECT)
        shares = mask.ravel()
        places.append(np.flatnonzero(shares).astype(np.int32))
        values.append(shares[places[-1]])
        total += shares
    return places, [shares / total[place] for place, shares in zip(places, values, strict=True)]
