"""Charts as plain geometry: what a template draws as inline SVG, each with its sentence and its table.

A plot is drawn in a box of `WIDTH` × `HEIGHT` units, a unit a pixel, and never enlarged: its letters keep their size.
Sides and series differ by hue and by dashes or shape. Nothing is red or green.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from xaifake.records import Interval

WIDTH, HEIGHT = 340, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 328, 10, 250
"""Where the axes lie in that box."""
NOTHING = 1e-9
"""A span that no axis shows."""

Look = Literal["line", "curve", "dots"]
"""A curve is a line whose points are not marked."""


@dataclass(frozen=True)
class Table:
    """What a chart shows, in words and numbers: the first cell of a row names it."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Axis:
    """One side of a plot: from where to where, and the values that are written, each with its words."""

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def part(self, value: float) -> float:
        """Where a value lies, 0..1; what lies beyond the ends is drawn at the end."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


@dataclass(frozen=True)
class Series:
    """Points that belong together. ``kind`` is the class of style: fake, real, ink, or s1, s2, … for detectors.

    ``ranges`` are the ends of each point's interval, drawn as a band about a line and as a bar through a dot.
    """

    title: str
    points: tuple[tuple[float, float], ...]
    kind: str = "ink"
    look: Look = "line"
    ranges: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Plot:
    """Series over two axes."""

    id: str
    title: str
    sentence: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    table: Table
    diagonal: bool = False
    """Whether the line from corner to corner is drawn: chance, or a perfect match."""
    level: float | None = None
    """A value of the upright axis that is drawn across."""
    marks: tuple[tuple[float, float, str], ...] = ()
    """Points that are pointed out, each with its words."""

    @property
    def has_legend(self) -> bool:
        """Whether series have to be told apart."""
        return len(self.series) > 1

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        """Where a point is drawn."""
        x, y = point
        return LEFT + (RIGHT - LEFT) * self.x.part(x), BOTTOM - (BOTTOM - TOP) * self.y.part(y)

    def line(self, series: Series) -> str:
        """The path through a series' points."""
        return path(map(self.at, series.points))

    def band(self, series: Series) -> str:
        """The outline of the area between the ends of its intervals."""
        lows = [self.at((x, low)) for (x, _), (low, _) in zip(series.points, series.ranges, strict=True)]
        highs = [self.at((x, high)) for (x, _), (_, high) in zip(series.points, series.ranges, strict=True)]
        return path([*lows, *reversed(highs)]) + "Z"


def path(points: Iterable[tuple[float, float]]) -> str:
    """An SVG path through points.

    >>> path([(0, 1), (2.25, 3.0)])
    'M0 1L2.2 3'
    """
    return "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in points)


def shares(label: str) -> Axis:
    """An axis from 0 to 1."""
    return Axis(label, 0.0, 1.0, tuple((at / 4, f"{at / 4:g}") for at in range(5)))


def numbers(label: str, values: Iterable[float], *, zero: bool = True) -> Axis:
    """An axis over all values, from one round number to another; zero lies on it unless it is not asked for.

    >>> numbers("", [0.2, 1.7]).ticks
    ((0.0, '0'), (0.5, '0.5'), (1.0, '1'), (1.5, '1.5'), (2.0, '2'))
    """
    known = [value for value in values if math.isfinite(value)] + ([0.0] if zero else [])
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    step = _step(high - low if high - low > NOTHING else 1.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    ticks = tuple((at * step, f"{at * step:g}".replace("-", "\N{MINUS SIGN}")) for at in range(first, last + 1))
    return Axis(label, first * step, last * step, ticks)


@dataclass(frozen=True)
class Columns:
    """A histogram: how many lie between each two edges, 0..1 across."""

    id: str
    title: str
    sentence: str
    counts: tuple[int, ...]
    table: Table
    label: str
    level: float | None = None
    """Where a threshold is drawn, 0..1."""

    @property
    def most(self) -> int:
        """The highest column's count, at least one."""
        return max(1, *self.counts)


@dataclass(frozen=True)
class Ruler:
    """One scale for all intervals of a table's column, each drawn in its own row: percent of the cell's width."""

    axis: Axis
    reference: float | None = None
    """A value that is marked in every row: none, chance, or as much as the area."""

    def at(self, value: float) -> str:
        """Where a value lies, in percent of the width."""
        return f"{100 * self.axis.part(value):.2f}%"


def ruler(intervals: Iterable[Interval], *, reference: float | None = None, low: float | None = None) -> Ruler:
    """A ruler that all these intervals and the reference fit on; it begins at ``low`` where that is given."""
    values = [value for one in intervals for value in (one.low, one.high, one.value)]
    values += [value for value in (reference, low) if value is not None]
    return Ruler(numbers("", values, zero=False), reference)


@dataclass(frozen=True)
class Stack:
    """Counts side by side that make up a whole: each its class of style, its mark, its word and its number."""

    parts: tuple[tuple[str, str, str, int], ...]

    @property
    def total(self) -> int:
        """All of them together."""
        return sum(count for *_, count in self.parts)

    @property
    def drawn(self) -> Sequence[tuple[str, str, str]]:
        """Class, left edge and width of each part that there is, in percent."""
        made, before = [], 0
        for kind, _, _, count in self.parts:
            if count:
                made.append((kind, f"{100 * before / self.total:.2f}%", f"{100 * count / self.total:.2f}%"))
            before += count
        return made


def _step(span: float) -> float:
    """A round step of which the span holds about four."""
    size = 10.0 ** math.floor(math.log10(span / 4))
    return next(size * by for by in (1, 2, 2.5, 5, 10) if span / (size * by) <= 5)


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
