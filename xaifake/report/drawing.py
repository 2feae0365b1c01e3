"""Maps and photographs on Matplotlib axes, in the report's colours: what every figure of a case is put together from."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaifake.domains import has_sign
from xaifake.records import Attribution, Box, Pixels
from xaifake.report import paper
from xaifake.report.cards import card
from xaifake.report.colours import STEPS, ramp
from xaifake.report.numbers import signed
from xaifake.report.outlines import borders, enlarged
from xaifake.report.overlays import resized
from xaifake.report.scales import drawn
from xaifake.report.sentences import unit
from xaifake.report.words import words
from xaifake.settled import Settled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import ListedColormap
    from matplotlib.image import AxesImage

OPACITY = 0.6
"""Of the strongest evidence over a photograph, as in a report."""
ROWS = 640
"""Of a photograph at most: more than a panel of one column prints at 600 dots an inch, in few bytes."""
HATCH = "//////"
HALO, DARK = 1.0, 0.4
"""Widths in points: each stripe is dark on light, to be seen on any ground."""


def photograph(ax: Axes, pixels: Pixels, size: tuple[int, int] | None = None) -> None:
    """A photograph (H, W, 3), whose pixels a vector file holds, or a copy of `ROWS`.

    Args:
        ax: where to draw; in coordinates of the photograph's pixels, or of its source's where it is a copy of that ``size``.
        pixels: the photograph.
        size: height and width of the source.
    """
    height, width = size or pixels.shape[:2]
    image = _photograph()(ax, origin="upper", extent=(0, width, height, 0))
    image.set_data(resized(pixels, min(ROWS, len(pixels))))
    image.set_clip_path(ax.patch)
    ax.add_image(image)
    _framed(ax, Box(0, 0, height, width))
    for side in ax.spines.values():
        side.set_visible(False)


def evidence(ax: Axes, found: Settled, limit: float, box: Box | None = None, *, smooth: bool = False) -> AxesImage:
    """A map in its place on a photograph, or without a ``box`` alone on its native grid; hatched where not settled.

    Args:
        ax: where to draw.
        found: the map and what of it is not settled.
        limit: the magnitude that takes the strongest colour, in the unit of `xaifake.report.scales.drawn`.
        box: where the map lies on what ``ax`` shows already.
        smooth: interpolate between the middles of a grid's cells; regions and frequencies are never smoothed.

    Returns:
        What holds the values as they are drawn, their limits and their colours.
    """
    picture = drawn(found.attribution)
    place = box or Box(0, 0, *picture.grid)
    can_smooth = picture.regions is None and picture.domain == "pixel"
    sides = (-limit, limit) if has_sign(picture) else (0.0, limit)
    image = ax.imshow(
        picture.values,
        cmap=colours(picture),
        vmin=sides[0] if limit else -1.0,
        vmax=sides[1] if limit else 1.0,
        extent=(place.left, place.right, place.bottom, place.top),
        origin="upper",
        interpolation="bilinear" if smooth and can_smooth else "nearest",
        alpha=OPACITY if box else None,
    )
    if box is None:
        _framed(ax, place)
    if picture.domain != "pixel":
        _in_frequencies(ax)
    _hatched(ax, found.hatched, place)
    inches = ax.get_window_extent().width / ax.figure.dpi
    ax.set_title(title(picture, inches, ax.title.get_fontproperties().get_size_in_points()), parse_math=False)
    return image


def title(attribution: Attribution, inches: float, size: float = paper.TEXT) -> str:
    """The method's name, in lines no longer than that; an empty map says below it that it is empty."""
    told = [card(attribution.method).title, *([words().evidence.none] if attribution.is_empty else [])]
    return "\n".join(paper.lines(text, inches, size) for text in told)


def colours(attribution: Attribution) -> ListedColormap:
    """The report's ramp of evidence, or of sensitivity, for Matplotlib: from the strongest for REAL, or from none."""
    from matplotlib.colors import ListedColormap

    shades = ramp(has_sign=has_sign(attribution))
    return ListedColormap(shades[0 if has_sign(attribution) else STEPS :] / 255)


def bar(ax: Axes, picture: Attribution, limit: float, label: str) -> None:
    """All colours up to ``limit`` over the whole of ``ax``, in numbers, with what both ends mean above them."""
    say, is_signed = words(), has_sign(picture)
    low = -limit if is_signed else 0.0
    ends = (say.evidence.real, say.evidence.fake) if is_signed else (say.maps.no_effect, say.maps.most_sensitive)
    shades = np.linspace(low, limit, 2 * STEPS + 1)[None]
    ax.imshow(shades, cmap=colours(picture), extent=(low, limit, 0, 1), aspect="auto", interpolation="nearest")
    ax.set_yticks([])
    ticks = [low, 0.0, limit] if is_signed else [0.0, limit]
    ax.set_xticks(ticks, [signed(tick) if tick else "0" for tick in ticks])
    numbers = ax.get_xticklabels()
    numbers[0].set_horizontalalignment("left")
    numbers[-1].set_horizontalalignment("right")
    ax.set_xlabel(label, parse_math=False)
    small: Any = {"size": numbers[0].get_fontsize(), "va": "bottom"}
    ax.annotate(ends[0], (0, 1), (0, 1.5), "axes fraction", "offset points", ha="left", **small)
    ax.annotate(ends[1], (1, 1), (0, 1.5), "axes fraction", "offset points", ha="right", **small)


def bar_below(ax: Axes, picture: Attribution, limit: float) -> None:
    """The colours of a map under axes of somebody's own, in small; a map without evidence needs none."""
    from matplotlib import rc_context

    if limit:
        below = -0.16 if picture.domain == "pixel" else -0.3
        with rc_context({"xtick.labelsize": "x-small", "axes.labelsize": "x-small"}):
            bar(ax.inset_axes((0, below, 1, 0.045)), picture, limit, unit(picture.unit))


def _in_frequencies(ax: Axes) -> None:
    """What the sides of a map in frequencies mean; the upright one is read downwards, as detail grows finer."""
    say = words()
    ax.set_xlabel(say.maps.across)
    ax.set_ylabel(say.maps.down, rotation=270, va="top")


def _framed(ax: Axes, place: Box) -> None:
    ax.set(xticks=[], yticks=[], xlim=(place.left, place.right), ylim=(place.bottom, place.top), aspect="equal")


def _hatched(ax: Axes, mask: NDArray[np.bool_], place: Box) -> None:
    """Stripes over a mask on its grid."""
    if not mask.any():
        return
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    path = Path.make_compound_path(*(Path(line, closed=True) for line in map(_closed, borders(enlarged(mask), place))))
    for colour, width in (("white", HALO), ("black", DARK)):
        stripes = PathPatch(path, facecolor="none", edgecolor=colour, linewidth=0, hatch=HATCH)
        stripes.set_hatch_linewidth(width)
        ax.add_patch(stripes)


def _closed(line: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.vstack([line, line[:1]])


@cache
def _photograph() -> type[AxesImage]:
    """Matplotlib is imported when the first photograph is drawn, so the class is made then."""
    from matplotlib.image import AxesImage

    class Photograph(AxesImage):
        """Keeps its own pixels in a vector file; in a picture file it is resampled as pictures should be."""

        def draw(self, renderer: Any) -> None:
            wanted = "none" if renderer.option_scale_image() else "antialiased"
            if self.get_interpolation() != wanted:
                self.set_interpolation(wanted)
            super().draw(renderer)

    return Photograph
