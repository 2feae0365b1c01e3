"""Figures as papers want them: set for one column or two, vector files whose text is text, the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol

from xaifake.errors import UsageError
from xaifake.letters import in_a_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SINGLE, DOUBLE = 3.3, 6.9
"""Widths of a figure in inches: one column of a page, and both."""
NARROWEST, WIDEST = 2.0, 40.0
"""Widths in inches that a figure may have: from where a colour bar has its words to a poster."""
MARGIN = 0.06
"""Inches around a figure and between its parts."""
DPI = 300
"""Of a picture file, and of what a vector file holds as pictures unless it keeps its own pixels."""
SCREEN = 96
"""CSS pixels an inch: how large a notebook shows a figure."""
TEXT = 7.0
"""Points of most text; ticks are `SMALL`."""
SMALL = 6.0
LINE = 1.2
"""Height of a line of text, in its own size."""
HINTED = 1.08
"""How much wider than it is a text may come out in a coarse picture, where letters are fitted to pixels."""
LOOK: Any = {
    "font.size": TEXT,
    "axes.titlesize": TEXT,
    "axes.labelsize": TEXT,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.0,
    "ytick.major.size": 2.0,
    "xtick.major.pad": 2.0,
    "ytick.major.pad": 2.0,
    "axes.labelpad": 2.0,
    "axes.titlepad": 3.0,
    "lines.linewidth": 1.0,
    "figure.dpi": 2 * SCREEN,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "text.parse_math": False,
}
"""Of matplotlib: sizes that can be read in print. Families of fonts are the reader's own; a $ in a file's name is a $."""
FILES: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "xaifake",
    "pdf.fonttype": 42,
    "image.composite_image": False,
}
"""Text stays text, ids come from a salt and not by chance, and a picture keeps apart from the map on it."""
DATES = {"svg": "Date", "pdf": "CreationDate"}
"""What a file's format calls the time at which it was made, which is left out."""


def figure(width: float, height: float) -> Figure:
    """An empty figure of that size in inches, which shows itself in a notebook and knows nothing of pyplot.

    Raises:
        UsageError: the width is none that can be printed.
    """
    if not NARROWEST <= width <= WIDEST:
        raise UsageError(
            f"A figure is from {NARROWEST:g} to {WIDEST:g} inches wide; {SINGLE} is one column of a page, {DOUBLE} is two. "
            f"Received: {width}"
        )
    return _kind()(figsize=(width, height), facecolor="white")


class Block(Protocol):
    """A part of a figure over its whole width: how high it is, and how it is drawn from ``top`` on, in inches."""

    @property
    def height(self) -> float: ...

    def draw(self, figure: Figure, top: float) -> None: ...


def stacked(blocks: Sequence[Block], width: float) -> Figure:
    """Blocks one below the other, the figure as high as they are; see `figure`."""
    from matplotlib import rc_context

    with rc_context(LOOK):
        made, top = figure(width, sum(block.height for block in blocks) + 2 * MARGIN), MARGIN
        for block in blocks:
            block.draw(made, top)
            top += block.height
    return made


def place(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes of that place and size in inches, from the figure's upper left corner."""
    across, down = figure.get_size_inches()
    return figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down))


def lines(text: str, width: float, size: float = TEXT) -> str:
    """A text broken into lines of at most that many inches, between words where that can be."""
    import textwrap

    text = in_a_line(" ".join(text.split()))
    count = int(len(text) * width / _length(text, size)) + 1 if text else 1
    broken = textwrap.wrap(text, count)
    while count > 1 and any(_length(line, size) > width for line in broken):
        count -= 1
        broken = textwrap.wrap(text, count)
    return "\n".join(broken)


def _length(text: str, size: float) -> float:
    """How wide a text is on one line at most, in inches, in the font that is set."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    across, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(size=size), ismath=False)
    return HINTED * float(across) / 72


def height_of(text: str, size: float = TEXT) -> float:
    """How high a broken text is, in inches."""
    return (text.count("\n") + 1) * LINE * size / 72


@dataclass(frozen=True)
class Words:
    """A text over the whole width."""

    text: str
    width: float
    size: float = TEXT

    @property
    def broken(self) -> str:
        return lines(self.text, self.width - 2 * MARGIN, self.size)

    @property
    def height(self) -> float:
        return height_of(self.broken, self.size) + MARGIN

    def draw(self, figure: Figure, top: float) -> None:
        across, down = figure.get_size_inches()
        at = (MARGIN / across, 1 - top / down)
        figure.text(*at, self.broken, va="top", size=self.size, linespacing=LINE, parse_math=False)


def png(figure: Figure, dpi: float = DPI) -> bytes:
    """The figure as a PNG file."""
    memory = io.BytesIO()
    figure.savefig(memory, format="png", dpi=dpi, metadata={"Software": None})
    return memory.getvalue()


@cache
def _kind() -> type[Figure]:
    """Matplotlib is imported when the first figure is asked for, so the class is made then."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    class PaperFigure(Figure):
        """A figure that shows itself in a notebook, and whose files are as `FILES` says."""

        def savefig(self, fname: Any, **options: Any) -> None:
            kind = str(options.get("format") or PurePath(str(fname)).suffix.removeprefix("."))
            undated = {DATES[kind]: None} if kind in DATES else {}
            about = {**undated, **(options.pop("metadata", None) or {})}
            with rc_context(FILES):
                super().savefig(fname, **{"dpi": DPI, **options, "metadata": about})

        def _repr_png_(self) -> tuple[bytes, dict[str, float]]:
            return png(self, 2 * SCREEN), {"width": SCREEN * self.get_size_inches()[0]}

    return PaperFigure
