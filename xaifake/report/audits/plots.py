"""What an audit says in figures, fit for a paper: the same charts and the same numbers as its report has."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from xaifake.errors import UnknownNameError, UsageError
from xaifake.records import Audit, Drives, Performance
from xaifake.report import paper
from xaifake.report.audits import drives, intervals, shortcuts, summary
from xaifake.report.audits.charts import Columns, Plot
from xaifake.report.audits.drawing import Forest, Row, draw
from xaifake.report.audits.rate_plots import plots_of
from xaifake.report.words import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Chart = Columns | Plot | Forest
RATES = {"roc": "auc", "precision-recall": "average_precision", "reliability": "calibration_error"}
"""What each curve is told by in one number."""
COLUMN = 3.0
"""The width of a chart at least, in inches."""
HEIGHT = 2.5
AROUND, APART = 0.6, 0.08
"""Inches for what stands about intervals, and between them."""
BESIDE = 1.3
"""Inches at most for what stands beside an interval."""


def plot_audit(
    audit: Audit, kind: str | None = None, *, ax: Axes | None = None, width: float = paper.DOUBLE
) -> Figure | Axes:
    """See `xaifake.records.Audit.plot`."""
    found = dict(_charts(audit))
    if kind is not None and kind not in found:
        raise UnknownNameError(f"This audit can draw: {', '.join(found) or 'nothing'}. Received: {kind}")
    if not found:
        raise UsageError("This audit has nothing to draw: no picture has a score. Received: an audit without scores")
    if ax is None:
        return _figure(list(found.values()) if kind is None else [found[kind]], width)
    if kind is None:
        raise UsageError(f"One ax takes one kind of chart: name one of {', '.join(found)}. Received: no kind")
    draw(ax, found[kind])
    return ax


def _figure(charts: list[Chart], width: float) -> Figure:
    """Charts side by side as far as the width goes, each row as high as its highest."""
    from matplotlib import rc_context

    columns = max(1, min(len(charts), int(width / COLUMN)))
    rows = math.ceil(len(charts) / columns)
    heights = [max(map(_height, charts[row * columns : (row + 1) * columns])) for row in range(rows)]
    with rc_context(paper.LOOK):
        figure = paper.figure(width, sum(heights))
        figure.set_layout_engine("constrained")
        cells = figure.subfigures(rows, columns, height_ratios=heights, squeeze=False)  # margins of their own
        for cell, chart in zip(cells.flat, charts, strict=False):
            draw(cell.add_subplot(), chart)
    return figure


def _height(chart: Chart) -> float:
    if not isinstance(chart, Forest):
        return HEIGHT
    return AROUND + sum(paper.height_of(row.title, paper.SMALL) + APART for row in chart.rows)


def _charts(audit: Audit) -> Iterator[tuple[str, Chart]]:
    """Everything that this audit can draw, by its kind."""
    if scores := summary.scores(audit):
        yield scores.id, scores
    if audit.performance:
        for plot in plots_of(audit.performance):
            yield plot.id.replace("-", "_"), _told(plot, audit.performance)
    if audit.drives and (parts := _parts(audit.drives)).rows:
        yield "parts", parts
    if (effects := _shortcuts(audit)).rows:
        yield "shortcuts", effects


def _told(plot: Plot, found: Performance) -> Plot:
    """The curve's own number with its interval under its title."""
    name = RATES[plot.id]
    if name not in found.rates:
        return plot
    title = getattr(words().audit.rates.names, name).title
    return replace(plot, title=f"{plot.title}\n{title} {intervals.number(found.rates[name])}")


def _parts(found: Drives) -> Forest:
    """What each part carries for its size, over all pictures."""
    say = words()
    cells = [(row.title, row.cells[0]) for row in drives.parts_of(found, ["all"])]
    rows = tuple(Row(title, cell[0]) for title, cell in cells if cell)
    return Forest(say.audit.drives.parts, say.audit.drives.parts_axis, rows, reference=1.0)


def _shortcuts(audit: Audit) -> Forest:
    """The effect that each test hangs on; full where a shortcut was seen."""
    say, section = words(), shortcuts.section(audit)
    rows = tuple(
        Row(_broken(test.title, f"{test.leading.change}, {test.leading.whom}"), test.leading.shift, test.mark)
        for test in (section.tests if section else ())
        if test.leading
    )
    return Forest(say.audit.shortcut.title, say.audit.shortcut.shift, rows, reference=0.0)


def _broken(*texts: str) -> str:
    return "\n".join(paper.lines(text, BESIDE, paper.SMALL) for text in texts)
