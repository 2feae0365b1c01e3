"""Mean maps on the canonical face as pictures: one scale for all that are compared, hatched where chance may do as much."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.records import CANONICAL, Box, Cluster, MeanMap
from xaifake.records.drives import Grid
from xaifake.report import figures
from xaifake.report.audits.charts import Table, path
from xaifake.report.audits.intervals import MINUS
from xaifake.report.outlines import outline
from xaifake.report.sentences import where
from xaifake.report.strongest import Area
from xaifake.report.words import words

ERRORS = 2.0
"""Standard errors within which of none a cell is hatched."""
COARSE = 7
"""Rows and columns of the table of a map."""
BOX = Box(0, 0, CANONICAL, CANONICAL)


@dataclass(frozen=True)
class Picture:
    """One mean map as it is drawn: a transparent picture, hatching over it, and both in words and numbers."""

    id: str
    title: str
    sentence: str
    layer: str
    hatch: str
    table: Table


@dataclass(frozen=True)
class Pictures:
    """Maps on one scale: ``limit`` is the share of a map's evidence in a cell that takes the strongest colour."""

    pictures: tuple[Picture, ...]
    limit: float


def lines_of(strokes: Iterable[Sequence[tuple[float, float]]]) -> str:
    """The lines of the canonical face as a path on its cells."""
    return "".join(path((CANONICAL * x, CANONICAL * y) for x, y in stroke) for stroke in strokes)


def mean_maps(maps: Sequence[MeanMap], titles: Sequence[str], name: str) -> Pictures:
    """Mean maps, or their differences, on one scale; cells within two standard errors of none are hatched."""
    return _drawn(
        [_array(one.values) for one in maps],
        [np.abs(_array(one.values)) <= ERRORS * _array(one.errors) for one in maps],
        titles,
        name,
    )


def kinds(clusters: Sequence[Cluster], titles: Sequence[str]) -> Pictures:
    """The mean map of each kind of maps."""
    maps = [_array(one.values) for one in clusters]
    return _drawn(maps, [np.zeros(map_.shape, np.bool_) for map_ in maps], titles, "kind")


def _drawn(
    maps: Sequence[NDArray[np.float32]], hatched: Sequence[NDArray[np.bool_]], titles: Sequence[str], name: str
) -> Pictures:
    shown = [np.where(open_, np.float32(0), map_) for map_, open_ in zip(maps, hatched, strict=True)]
    limit = max((float(np.abs(map_).max()) for map_ in shown), default=0.0)
    pictures = (
        Picture(
            id=f"{name}-{place}",
            title=title,
            sentence=_sentence(map_),
            layer=figures.painted(map_, limit),
            hatch=outline(open_, BOX),
            table=_table(whole),
        )
        for place, (map_, open_, whole, title) in enumerate(zip(shown, hatched, maps, titles, strict=True))
    )
    return Pictures(tuple(pictures), limit)


def _array(values: Grid) -> NDArray[np.float32]:
    return np.asarray(values, np.float32)


def _sentence(map_: NDArray[np.float32]) -> str:
    say = words()
    if not map_.any():
        return str(say.evidence.nothing)
    told = []
    for label, side in (("FAKE", map_), ("REAL", -map_)):
        if side.max() > 0:
            down, across = np.unravel_index(int(side.argmax()), side.shape)
            place = where(Area(0.0, 0.0, (down + 0.5) / CANONICAL, (across + 0.5) / CANONICAL))
            told.append(say.audit.drives.strongest(label=label, place=place))
    return " ".join(told)


def _table(map_: NDArray[np.float32]) -> Table:
    """Sums over blocks of cells, each in percent of the map's evidence."""
    say, side = words(), CANONICAL // COARSE
    blocks = map_.reshape(COARSE, side, COARSE, side).sum(axis=(1, 3)).tolist()
    heads = (say.audit.drives.row, *(str(at + 1) for at in range(COARSE)))
    return Table(heads, tuple((str(at + 1), *map(_percent, row)) for at, row in enumerate(blocks)))


def _percent(value: float) -> str:
    return f"{round(100 * value, 1) + 0.0:.1f}".replace("-", MINUS)  # what rounds to none has no sign
