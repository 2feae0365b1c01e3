"""An audit's charts on Matplotlib axes: histograms, curves, and intervals row by row. All in ink: shapes tell them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xaifake.letters import in_a_text
from xaifake.records import Interval
from xaifake.report.audits.charts import Axis, Columns, Plot, Series, numbers
from xaifake.report.words import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, SOFT = "black", "0.55"
SHAPES = {"●": ("o", INK), "◆": ("D", INK), "○": ("o", "white")}
"""The report's marks: a shortcut that was seen is a diamond, one that was not a ring."""
ROOM = 0.03
"""Of an axis, beyond its ends: lines along an end are seen whole."""


@dataclass(frozen=True)
class Row:
    """One interval, in words, and its mark among `SHAPES`."""

    title: str
    interval: Interval
    mark: str = "●"


@dataclass(frozen=True)
class Forest:
    """Intervals below one another on one scale, beside a value that is marked in every row."""

    title: str
    label: str
    rows: tuple[Row, ...]
    reference: float

    @property
    def axis(self) -> Axis:
        """From one round number to another, over all of them."""
        ends = [end for row in self.rows for end in (row.interval.low, row.interval.high, row.interval.value)]
        return numbers(self.label, [*ends, self.reference], zero=False)


def draw(ax: Axes, chart: Columns | Plot | Forest) -> None:
    """One chart on axes of its own."""
    if isinstance(chart, Forest):
        _forest(ax, chart)
    elif isinstance(chart, Columns):
        _columns(ax, chart)
    else:
        _plot(ax, chart)
    ax.spines[["top", "right"]].set_visible(False)


def _columns(ax: Axes, chart: Columns) -> None:
    count = len(chart.counts)
    ax.bar([at / count for at in range(count)], chart.counts, 1 / count, align="edge", color=SOFT, ec="white", lw=0.4)
    if chart.level is not None:
        ax.axvline(chart.level, color=INK, linestyle="--", linewidth=0.8)
        told = f" {words().score.threshold} {chart.level:.2f}"
        ax.annotate(told, (chart.level, 1), xycoords=("data", "axes fraction"), va="top")
    ax.set(title=chart.title, xlabel=chart.label, ylabel=chart.table.heads[-1], xlim=(0, 1), ylim=(0, 1.15 * chart.most))


def _plot(ax: Axes, chart: Plot) -> None:
    if chart.diagonal:
        ax.plot([chart.x.low, chart.x.high], [chart.y.low, chart.y.high], color=SOFT, linestyle="--", linewidth=0.8)
    if chart.level is not None:
        ax.axhline(chart.level, color=SOFT, linestyle="--", linewidth=0.8)
    for series in chart.series:
        _series(ax, series)
    for x, y, told in chart.marks:
        ax.plot(x, y, "o", color=INK, markersize=4, markerfacecolor="white")
        aside, side = (5, "left") if x < (chart.x.low + chart.x.high) / 2 else (-5, "right")
        ax.annotate(told, (x, y), (aside, -4), textcoords="offset points", ha=side, va="top")
    _along(ax, chart.x, "x")
    _along(ax, chart.y, "y")
    ax.set(title=chart.title, aspect="equal")


def _series(ax: Axes, series: Series) -> None:
    xs, ys = zip(*series.points, strict=True)
    if series.look == "dots":
        below = [y - low for y, (low, _) in zip(ys, series.ranges, strict=True)]
        above = [high - y for y, (_, high) in zip(ys, series.ranges, strict=True)]
        ax.errorbar(xs, ys, (below, above), fmt="o", color=INK, markersize=3, linewidth=0.8)
    else:
        ax.plot(xs, ys, color=INK)


def _forest(ax: Axes, chart: Forest) -> None:
    ax.axvline(chart.reference, color=SOFT, linestyle="--", linewidth=0.8)
    for at, row in enumerate(chart.rows):
        one = row.interval
        ax.plot([one.low, one.high], [at, at], color=INK, linewidth=0.8)
        shape, inside = SHAPES[row.mark]
        ax.plot(one.value, at, shape, color=INK, markerfacecolor=inside, markersize=3.5)
    _along(ax, chart.axis, "x")
    ax.set_yticks(range(len(chart.rows)), [in_a_text(row.title) for row in chart.rows])
    ax.set_ylim(len(chart.rows) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.set_title(chart.title)


def _along(ax: Axes, axis: Axis, side: str) -> None:
    """One side of a plot as the report has it, with a little room."""
    room = ROOM * (axis.high - axis.low)
    values, told = zip(*axis.ticks, strict=True)
    if side == "x":
        ax.set_xticks(values, told)
        ax.set(xlabel=axis.label, xlim=(axis.low - room, axis.high + room))
    else:
        ax.set_yticks(values, told)
        ax.set(ylabel=axis.label, ylim=(axis.low - room, axis.high + room))
