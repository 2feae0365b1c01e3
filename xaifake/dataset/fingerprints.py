"""What a picture shows in 64 bits, so that copies of it are found however they were compressed or resized."""

from __future__ import annotations

import numpy as np

from xaifake.records import Picture

SIDE = 32
"""Pixels a side of the small grey picture whose frequencies are taken."""
KEPT = 8
"""Frequencies a side that are kept, the lowest."""
BITS = 1 << np.arange(KEPT * KEPT, dtype=np.uint64)


def fingerprint(picture: Picture) -> int:
    """The picture's perceptual hash: the signs of the 64 lowest frequencies of its brightness.

    pHash (C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, section 3.2.1): grey,
    32 × 32, DCT-II, the lowest 8 × 8 coefficients. Deviation: each is compared with 0 and not with their median, which for
    frequencies other than the mean is near it; on faces that brings half as many different ones near each other at equal
    recall (``docs/data.md``).

    Returns:
        64 bits, of which the lowest, the mean's, is 1 unless all is black. Pictures whose bits differ in few places show the
        same; see `xaifake.dataset.duplicates`.
    """
    from xaifake.opencv import cv2

    grey = cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    lowest = cv2.dct(small)[:KEPT, :KEPT].ravel()
    return int(BITS[lowest > 0].sum())
