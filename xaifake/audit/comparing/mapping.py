"""Where the maps of several detectors differ, picture by picture, on one canonical face."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.drives.laying import Laid
from xaifake.audit.drives.means import grid_of
from xaifake.audit.statistics.intervals import NORMAL
from xaifake.records import CANONICAL, Evidence, Interval, MeanMap

Maps = NDArray[np.float64]

MOST = 2000
"""Pictures whose maps are compared, drawn without preference where there are more."""
FEWEST = 2


@dataclass(frozen=True)
class Mapped:
    """Mean maps, their differences, and how alike the two maps of one picture are, by names of detectors."""

    pictures: int
    maps: tuple[MeanMap, ...]
    differences: tuple[MeanMap, ...]
    likeness: Mapping[tuple[str, str], Interval]


def mapped(named: Mapping[str, Iterable[Evidence]], pictures: int, seed: int) -> Mapped:
    """Compare the maps of the pictures that have one from every detector, each divided by the sum of its magnitudes.

    Args:
        named: each detector's maps in chunks; their rows are places among ``pictures`` pictures.
        pictures: how many there are.
        seed: of the draw where there are more than `MOST`.
    """
    drawn = np.zeros(pictures, dtype=bool)
    drawn[np.random.default_rng(seed).permutation(pictures)[:MOST]] = True
    found = {name: _laid(chunks, drawn) for name, chunks in named.items()}
    rows = sorted(set.intersection(*map(set, found.values()))) if len(found) > 1 else []
    if len(rows) < FEWEST:
        return Mapped(0, (), (), {})
    stacked = {name: np.stack([maps[row] for row in rows]) for name, maps in found.items()}
    pairs = list(combinations(stacked, 2))
    return Mapped(
        len(rows),
        tuple(_mean(maps, name) for name, maps in stacked.items()),
        tuple(_mean(stacked[first] - stacked[second], first, second) for first, second in pairs),
        {(first, second): _likeness(stacked[first], stacked[second]) for first, second in pairs},
    )


def _laid(chunks: Iterable[Evidence], drawn: NDArray[np.bool_]) -> dict[int, Maps]:
    """The drawn pictures' maps by row."""
    return {row: map_ for chunk in chunks for row, map_ in _usable(chunk, drawn)}


def _usable(chunk: Evidence, drawn: NDArray[np.bool_]) -> Iterator[tuple[int, Maps]]:
    rows, maps = Laid().usable(chunk)
    yield from ((int(row), map_) for row, map_ in zip(rows, maps, strict=True) if drawn[row])


def _mean(maps: Maps, of: str, less: str | None = None) -> MeanMap:
    errors = maps.std(axis=0, ddof=1) / np.sqrt(len(maps))
    return MeanMap(of, len(maps), grid_of(maps.mean(axis=0)), grid_of(errors), less)


def _likeness(first: Maps, second: Maps) -> Interval:
    """The mean cosine of the two maps of a picture."""
    one, other = (maps.reshape(len(maps), CANONICAL**2) for maps in (first, second))
    lengths: Sequence[Maps] = [np.linalg.norm(maps, axis=1) for maps in (one, other)]
    cosines = (one * other).sum(axis=1) / (lengths[0] * lengths[1])
    reach = NORMAL * cosines.std(ddof=1) / np.sqrt(len(cosines))
    value = float(cosines.mean())
    return Interval(value, max(value - float(reach), -1.0), min(value + float(reach), 1.0), len(cosines))
