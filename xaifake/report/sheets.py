"""The parts of a case's figure: rows of panels, and a colour bar for each scale beneath them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xaifake.records import Attribution, Pixels
from xaifake.report import drawing, sentences
from xaifake.report.figures import Panel
from xaifake.report.paper import MARGIN, height_of, lines, place
from xaifake.report.scales import drawn
from xaifake.report.words import words
from xaifake.settled import Settled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NARROWEST, WIDEST = 1.0, 2.2
"""Between which widths panels lie, in inches, as far as the page lets them."""
GAP = 0.05
"""Between a title and its panel."""
SIDE = 0.16
"""What the words beside a plane of frequencies take of its panel, left and below."""
BAR, ABOVE, BELOW = 0.08, 0.14, 0.16
"""A colour bar's height, and those of the words above it and the numbers below it."""
SHORTEST, LONGEST = 2.0, 3.2


def even(count: int, most: int) -> int:
    """Into how many columns, at most so many, things go in rows as even as can be.

    >>> even(7, 6), even(6, 6), even(0, 3)
    (4, 6, 1)
    """
    return math.ceil(count / math.ceil(count / most)) if count else 1


@dataclass(frozen=True)
class Rows:
    """The photograph and a panel for each method, as many beside each other as can be seen."""

    pixels: Pixels
    panels: Sequence[Panel]
    width: float

    @property
    def columns(self) -> int:
        return even(1 + len(self.panels), max(1, int((self.width - MARGIN) / (NARROWEST + MARGIN))))

    @property
    def across(self) -> float:
        """The width of a panel."""
        inner = self.width - 2 * MARGIN
        return min(WIDEST, (inner + MARGIN) / self.columns - MARGIN)

    @property
    def title(self) -> float:
        """The height of the titles of a row."""
        titles = [drawing.title(panel.attribution, self.across) for panel in self.panels]
        return max(map(height_of, [*titles, ""])) + GAP

    @property
    def step(self) -> float:
        """From the top of a row to that of the next."""
        rows, columns = map(int, self.pixels.shape[:2])
        return self.title + self.across * rows / columns + MARGIN

    @property
    def height(self) -> float:
        return self.step * math.ceil((1 + len(self.panels)) / self.columns)

    def draw(self, figure: Figure, top: float) -> None:
        for at, panel in enumerate((None, *self.panels)):
            row, column = divmod(at, self.columns)
            side = SIDE if panel is not None and panel.plane else 0.0
            left, upper = MARGIN + column * (self.across + MARGIN) + side, top + row * self.step + self.title
            ax = place(figure, left, upper, self.across - side, self.step - self.title - MARGIN - side)
            show(ax, self.pixels, panel)


@dataclass(frozen=True)
class Bar:
    """The colours of one scale, and whose it is: the maps that share it."""

    picture: Attribution
    limit: float
    methods: tuple[str, ...]
    """Titles; none where a figure has one scale."""
    length: float

    @property
    def label(self) -> str:
        told = [", ".join(self.methods), sentences.unit(drawn(self.picture).unit)]
        return "\n".join(lines(text, self.length) for text in told if text)

    @property
    def height(self) -> float:
        return ABOVE + BAR + BELOW + height_of(self.label) + MARGIN

    def draw(self, figure: Figure, top: float, left: float = MARGIN) -> None:
        drawing.bar(place(figure, left, top + ABOVE, self.length, BAR), drawn(self.picture), self.limit, self.label)


@dataclass(frozen=True)
class Bars:
    """Bars, as many beside each other as the page is wide."""

    bars: Sequence[Bar]
    columns: int

    @property
    def height(self) -> float:
        return sum(self._heights)

    @property
    def _heights(self) -> list[float]:
        return [
            max(bar.height for bar in self.bars[at : at + self.columns]) for at in range(0, len(self.bars), self.columns)
        ]

    def draw(self, figure: Figure, top: float) -> None:
        for at, bar in enumerate(self.bars):
            row, column = divmod(at, self.columns)
            bar.draw(figure, top + sum(self._heights[:row]), MARGIN + column * (bar.length + 4 * MARGIN))


def bars(panels: Sequence[Panel], width: float) -> Bars:
    """A bar for each scale of the panels' maps; a map without evidence needs none."""
    found: dict[frozenset[str], list[Panel]] = {}
    for panel in panels:
        if panel.scale.common:
            found.setdefault(frozenset((panel.id, *panel.scale.shared_with)), []).append(panel)
    columns = even(len(found), max(1, int(width / SHORTEST)))
    length = min(LONGEST, (width - 2 * MARGIN + 4 * MARGIN) / columns - 4 * MARGIN)
    return Bars([_bar(some, length, alone=len(found) == 1) for some in found.values()], columns)


def _bar(panels: Sequence[Panel], length: float, *, alone: bool) -> Bar:
    titles = () if alone else tuple(panel.title for panel in panels)
    return Bar(panels[0].attribution, panels[0].scale.common, titles, length)


def show(ax: Axes, pixels: Pixels, panel: Panel | None) -> None:
    """A panel's map on the photograph or in its plane; without a panel the photograph alone."""
    if panel is None or panel.plane is None:
        drawing.photograph(ax, pixels)
    if panel is None:
        ax.set_title(words().maps.photograph)
    else:
        place = panel.box if panel.plane is None else None
        drawing.evidence(ax, panel.unsettled, panel.scale.common, place)


@dataclass(frozen=True)
class Map:
    """One map alone on its native grid, or laid over a picture."""

    found: Settled
    limit: float
    pixels: Pixels | None
    width: float
    smooth: bool

    @property
    def _side(self) -> float:
        return 0.0 if self.found.attribution.domain == "pixel" else SIDE

    @property
    def _title(self) -> float:
        return height_of(drawing.title(self.found.attribution, self.width)) + GAP

    @property
    def _down(self) -> float:
        rows, columns = map(int, self.found.attribution.grid if self.pixels is None else self.pixels.shape[:2])
        return (self.width - 2 * MARGIN - self._side) * rows / columns

    @property
    def height(self) -> float:
        return self._title + self._down + self._side

    def draw(self, figure: Figure, top: float) -> None:
        left = MARGIN + self._side
        self.show(place(figure, left, top + self._title, self.width - left - MARGIN, self._down))

    def show(self, ax: Axes) -> None:
        """The same on axes of somebody's own."""
        attribution = self.found.attribution
        if self.pixels is not None:
            drawing.photograph(ax, self.pixels, attribution.picture_size)
        place = None if self.pixels is None else attribution.box
        drawing.evidence(ax, self.found, self.limit, place, smooth=self.smooth)
