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
    """The picture's perceptual hash: which of the 64 lowest frequencies of its brightness are above their median.

    pHash: C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, section 3.2.1, as in
    the library ImageHash: grey, 32 × 32, DCT-II, the lowest 8 × 8 coefficients.

    Returns:
        64 bits. Pictures whose bits differ in few places show the same, see `duplicates`.
    """
    from xaifake.opencv import cv2

    grey = cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    lowest = cv2.dct(small)[:KEPT, :KEPT].ravel()
    return int(BITS[lowest > np.median(lowest)].sum())
