"""All pairs of 64-bit numbers that differ in few bits, without comparing every number with every other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BANDS, WIDTH = 4, 16
"""Stretches that numbers are cut into, and their bits."""
AT_ONCE = 1 << 20
"""Pairs that are compared at once."""


class Near(NamedTuple):
    """Pairs that were found: places of the first and the second number, in how many bits they differ, (pairs,) each."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    distance: NDArray[np.uint8]


def near(numbers: NDArray[np.uint64], bound: int) -> Iterator[Near]:
    """Every pair of places whose numbers differ in at most ``bound`` bits, once, in portions.

    Numbers that differ in at most ``bound`` bits differ in at most ``bound // 4`` bits of one of their four bands, so each
    is compared only with those that have such a band: M. Norouzi, A. Punjani, D. Fleet, "Fast Search in Hamming Space with
    Multi-Index Hashing", CVPR 2012, section 2. Nothing is missed.

    >>> [pair.tolist() for pair in next(near(np.uint64([0, 0xFF00, 0b111]), 3))]
    [[0], [2], [3]]
    """
    share = bound // BANDS
    masks = np.flatnonzero(np.bitwise_count(np.arange(1 << WIDTH, dtype=np.uint64)) <= share)
    bands = [((numbers >> np.uint64(WIDTH * band)) & np.uint64((1 << WIDTH) - 1)).astype(np.int64) for band in range(BANDS)]
    for band, keys in enumerate(bands):
        order = np.argsort(keys, kind="stable")
        starts = np.searchsorted(keys[order], np.arange((1 << WIDTH) + 1))
        for mask in masks:
            others = keys ^ mask
            for first, second in _candidates(starts[others], starts[others + 1], order):
                distance = np.bitwise_count(numbers[first] ^ numbers[second])
                fits = distance <= bound
                for earlier in bands[:band]:  # found there already
                    fits &= np.bitwise_count(earlier[first] ^ earlier[second]) > share
                if fits.any():
                    yield Near(first[fits], second[fits], distance[fits])


def _candidates(
    starts: NDArray[np.int64], stops: NDArray[np.int64], order: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Each place with those in its stretch of ``order`` that stand after it, in portions of about `AT_ONCE`."""
    counts = stops - starts
    ends = np.cumsum(counts)
    cuts = np.searchsorted(ends, np.arange(0, ends[-1] if len(ends) else 0, AT_ONCE), side="right").tolist()
    for low, high in pairwise([*cuts, len(counts)]):
        some = counts[low:high]
        first = np.repeat(np.arange(low, high), some)
        within = np.arange(len(first)) - np.repeat(np.cumsum(some) - some, some)
        second = order[starts[first] + within]
        later = second > first
        yield first[later], second[later]
