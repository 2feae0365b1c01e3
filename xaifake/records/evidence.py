"""What an explainer gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, overload

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.placing import place
from xaifake.records.arrays import Labels, Map, Pixels, frozen
from xaifake.records.faces import Box, Picture
from xaifake.records.showing import Showing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Options = Mapping[str, Any]

SETTLED = 1.96
"""From so many standard errors on a value's sign is settled: 95 of 100 normal errors are smaller."""


@dataclass(frozen=True)
class Interaction:
    """What two players do together beyond what each does alone, in logits (the Shapley interaction index).

    ``error`` is its standard error, or None where the value is exact.
    """

    first: int
    second: int
    value: float
    error: float | None = None


@dataclass(frozen=True)
class Omission:
    """What an explainer gives in place of an attribution where it cannot speak for a picture: the sentence that says why."""

    method: str
    reason: str


@dataclass(frozen=True, eq=False)
class Attribution(Showing):
    """What one explainer gave one face: signed evidence for FAKE on its native grid, and how it was made.

    ``values`` is (gh, gw) float32 over the box of ``face``, in ``unit``. Where the players were regions, ``regions`` is
    their label map (h, w) and ``region_values`` (players,) holds one value each; ``values`` paints them.
    Players that people know by name, such as the parts of a face, have ``names``; where values are estimates whose error is
    known, ``region_errors`` (players,) are their standard errors. ``interactions`` are the strongest pairs, where the method
    tells. ``stopped`` is the sentence that says why a method that could have asked more did not. ``diagnostics`` holds what
    the method can say of itself: SHAP's additivity gap, LIME's fit R², Grad-CAM's layer.
    """

    _shown_by: ClassVar[str] = "xaifake.report.notebook:show_attribution"
    _drawn_by: ClassVar[str] = "xaifake.report.plots:plot_attribution"

    method: str
    values: Map
    unit: str
    domain: str
    box: Box
    picture_size: tuple[int, int]
    options: Options
    seed: int | None
    calls: int
    """Model calls asked: pictures whose score or gradient the method asked for, repeats included."""
    saved: int = 0
    """Of these, answers that were known already: asked twice, or by another method of the same picture."""
    seconds: float = 0.0
    target: str = "FAKE logit"
    regions: Labels | None = None
    region_values: NDArray[np.float32] | None = None
    region_errors: NDArray[np.float32] | None = None
    names: tuple[str, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    stopped: str | None = None
    diagnostics: Options = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("values", "regions", "region_values", "region_errors"):
            array = getattr(self, name)
            if array is not None:
                object.__setattr__(self, name, frozen(array))
        object.__setattr__(self, "options", MappingProxyType(dict(self.options)))
        object.__setattr__(self, "diagnostics", MappingProxyType(dict(self.diagnostics)))

    def require_sound(self) -> None:
        """Refuse arrays that no explainer gives; whoever reads a map from a file looks first.

        Raises:
            ValueError: other numbers, not finite, or regions that do not go with the map or with their values.
        """
        players = None if self.region_values is None else len(self.region_values)
        told = [array for array in (self.values, self.region_values) if array is not None]
        if self.values.ndim != 2 or not self.values.size or any(array.dtype != np.float32 for array in told):
            raise ValueError(f"the map of {self.method} is no grid of float32")
        if not all(np.isfinite(array).all() for array in told):
            raise ValueError(f"the map of {self.method} is not finite")
        if any(array is not None and array.shape != (players,) for array in (self.region_values, self.region_errors)):
            raise ValueError(f"the regions of {self.method} do not go with their values")
        if (self.regions is None) != (players is None):
            raise ValueError(f"the regions of {self.method} lack, or their values")
        if self.regions is not None and players is not None:
            numbered = self.regions.dtype == np.int32 and 0 <= self.regions.min() <= self.regions.max() < players
            if self.regions.shape != self.values.shape or not numbered:
                raise ValueError(f"the regions of {self.method} do not go with its map")

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the native grid."""
        return int(self.values.shape[0]), int(self.values.shape[1])

    @property
    def is_empty(self) -> bool:
        """Whether the map is all zero: no evidence above noise."""
        return not bool(np.any(self.values))

    @property
    def unsettled(self) -> NDArray[np.bool_] | None:
        """Regions whose sign more calls may turn, (players,): their value is within `SETTLED` of its own standard errors.

        A value of exactly 0 has no sign that could turn. None where the method tells no errors: values are exact, or nothing
        of the method says how far they are off.
        """
        if self.region_values is None or self.region_errors is None:
            return None
        magnitudes = np.abs(self.region_values)
        return np.asarray((magnitudes > 0) & (magnitudes < SETTLED * self.region_errors))

    def density(self, height: int, width: int) -> Map:
        """What the map gives each pixel of a view of that height and width, (h, w), up to a factor for grids.

        A grid is interpolated between the middles of its cells. Where the method gave regions one value each, each is shared
        out evenly over its region's pixels, which sum to it.
        """
        values = self.values
        if self.regions is not None:
            values = values / np.bincount(self.regions.ravel()).astype(np.float32)[self.regions]
        return place(values, (0, 0, height, width), (height, width), smooth=self.regions is None)

    def lies_on(self, what: str) -> None:
        """Refuse, by a `UsageError`, a map of another domain than pixels: it has no place on a picture and what it shows."""
        if self.domain != "pixel":
            raise UsageError(f"Only a map of the pixel domain lies on {what}. Received: {self.method} in {self.domain}")

    def on(self, height: int, width: int, *, smooth: bool = True) -> Map:
        """The map in the coordinates of the source picture drawn at (height, width); zero outside the face's box.

        Grids are interpolated bilinearly between cell centres, or cell by cell with ``smooth=False``; region maps always
        by nearest neighbour: no value between two regions is invented. A map of another domain than pixels has no place
        in the picture and is refused.
        """
        self.lies_on("the picture")
        down, across = height / self.picture_size[0], width / self.picture_size[1]
        box = (self.box.top * down, self.box.left * across, self.box.bottom * down, self.box.right * across)
        return place(self.values, box, (height, width), smooth=smooth and self.regions is None)

    @overload
    def plot(
        self,
        ax: None = None,
        *,
        over: Picture | Pixels | None = None,
        scale: float | None = None,
        smooth: bool = False,
        width: float = 3.3,
    ) -> Figure: ...

    @overload
    def plot(
        self,
        ax: Axes,
        *,
        over: Picture | Pixels | None = None,
        scale: float | None = None,
        smooth: bool = False,
        width: float = 3.3,
    ) -> Axes: ...

    def plot(
        self,
        ax: Axes | None = None,
        *,
        over: Picture | Pixels | None = None,
        scale: float | None = None,
        smooth: bool = False,
        width: float = 3.3,
    ) -> Figure | Axes:
        """The map as a Matplotlib figure: alone on its native grid, or laid over a picture, with its colours in numbers.

        Regions whose sign the method's own errors leave open are hatched; `Case.plot` hatches what its checks found, too.

        Args:
            ax: axes of your own.
            over: the picture that was explained, or a copy of it in any size, (H, W, 3) uint8.
            scale: the magnitude that takes the strongest colour, in the unit of the colour bar; without it the map's own.
            smooth: interpolate between the cells of a grid. Regions and frequencies are never smoothed.
            width: of the figure in inches: 3.3 is one column of a page, 6.9 is two.

        Returns:
            The figure, which shows itself in a notebook and has ``savefig``; or ``ax``, where it was given.

        Raises:
            UsageError: a map in frequencies over a picture, another picture than the one explained, a scale without
                colours, or no width that can be printed.
        """
        drawn: Figure | Axes = self._drawn(ax, over=over, scale=scale, smooth=smooth, width=width)
        return drawn
