"""A case and an attribution as Matplotlib figures, fit for a paper: one scale, the report's colours, text that is text."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

from xaifake.errors import UsageError
from xaifake.records import Attribution, Case, Picture, Pixels
from xaifake.report import drawing, paper, sentences
from xaifake.report.figures import Panel, panels
from xaifake.report.overlays import close_up
from xaifake.report.scales import drawn, limit_of
from xaifake.report.sheets import Bar, Map, Rows, bars, show
from xaifake.report.words import words
from xaifake.settled import settled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SETTINGS = Lock()
"""Matplotlib's settings are those of the whole process: whoever changes them for a while is alone."""


def png_of_case(case: Case) -> bytes:
    """The figure of a case over two columns as a PNG file of 300 dots an inch; the same case gives the same bytes.

    It may be asked for from several threads at once.
    """
    from matplotlib import style

    with _SETTINGS, style.context("default"):  # whatever the user's own settings are
        return paper.png(_figure_of_case(case, panels(close_up(case)), paper.DOUBLE, captioned=True))


def plot_case(
    case: Case,
    methods: str | Sequence[str] | None = None,
    *,
    ax: Axes | None = None,
    width: float = paper.DOUBLE,
    captioned: bool = True,
) -> Figure | Axes:
    """See `xaifake.records.Case.plot`."""
    shown = _chosen(case, methods)
    if ax is None:
        return _figure_of_case(case, shown, width, captioned=captioned)
    if len(shown) != 1:
        raise UsageError(f"One ax takes the map of one method: name it. Received: {len(shown)} methods")
    (panel,) = shown
    show(ax, close_up(case).picture.pixels, panel)
    drawing.bar_below(ax, drawn(panel.attribution), panel.scale.common)
    return ax


def _chosen(case: Case, methods: str | Sequence[str] | None) -> list[Panel]:
    """Panels in the order in which they were asked for, on the scales that the whole case gives them."""
    names = [methods] if isinstance(methods, str) else list(case.attributions if methods is None else methods)
    for name in names:
        case.attribution(name)
    found = {panel.id: panel for panel in panels(close_up(case))}
    return [found[name] for name in names]


def _figure_of_case(case: Case, shown: Sequence[Panel], width: float, *, captioned: bool) -> Figure:
    say, pixels = words(), close_up(case).picture.pixels
    notes = [say.maps.hatched_short] if any(panel.unsettled.count for panel in shown) else []
    blocks: list[paper.Block] = [Rows(pixels, shown, width), bars(shown, width)]
    if captioned:
        blocks.insert(0, paper.Words(sentences.prediction_sentence(case), width))
        notes.append(say.page.status)
    if notes:
        blocks.append(paper.Words(" ".join(notes), width, paper.SMALL))
    return paper.stacked(blocks, width)


def plot_attribution(
    attribution: Attribution,
    ax: Axes | None = None,
    *,
    over: Picture | Pixels | None = None,
    scale: float | None = None,
    smooth: bool = False,
    width: float = paper.SINGLE,
) -> Figure | Axes:
    """See `xaifake.records.Attribution.plot`."""
    pixels = over.pixels if isinstance(over, Picture) else over
    if pixels is not None:
        attribution.lies_on("a picture")
        _same_picture(pixels, attribution.picture_size)
    if scale is not None and not scale > 0:
        raise UsageError(f"The scale is the magnitude that takes the strongest colour, above 0. Received: {scale}")
    found = settled(attribution)
    limit = limit_of([drawn(found.attribution).values]) if scale is None else scale
    map_ = Map(found, limit, pixels, width, smooth)
    if ax is None:
        bar = [Bar(attribution, limit, (), width - 2 * paper.MARGIN)] if limit else []
        return paper.stacked([map_, *bar], width)
    map_.show(ax)
    drawing.bar_below(ax, drawn(attribution), limit)
    return ax


def _same_picture(pixels: Pixels, size: tuple[int, int]) -> None:
    """Refuse a picture of other proportions than the one that was explained."""
    height, width = pixels.shape[:2]
    if abs(height * size[1] - width * size[0]) > max(size):
        raise UsageError(
            f"The map lies on a picture of {size[0]} × {size[1]} pixels, or on a copy of the same proportions. "
            f"Received: {height} × {width} pixels"
        )
