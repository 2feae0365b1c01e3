"""The whole record of one picture, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, overload

from xaifake.errors import UnknownNameError, XaifakeError
from xaifake.records.detectors import Assumption, Contract, ModelFile, Prediction
from xaifake.records.evidence import Attribution, Omission, Options
from xaifake.records.faces import Box, Face, Original, Picture
from xaifake.records.showing import Showing
from xaifake.records.trust import Check, Limit, Measure, Provenance, Review, Trial

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Case(Showing):
    """The whole record of one picture: what was asked, what the detector scored, what each explainer gave."""

    _shown_by: ClassVar[str] = "xaifake.report.notebook:show_case"
    _drawn_by: ClassVar[str] = "xaifake.report.plots:plot_case"

    face: Face
    prediction: Prediction
    detector: ModelFile
    contract: Contract
    assumptions: tuple[Assumption, ...]
    attributions: Mapping[str, Attribution]
    view_sha256: str
    """SHA-256 of the view's float32 bytes: the picture exactly as the detector received it, before scaling."""
    seed: int
    versions: Options
    faces: tuple[Box, ...] = ()
    """Every face that was found in the picture, largest first; `face` is one of them."""
    omissions: tuple[Omission, ...] = ()
    original: Original | None = None
    runtime: str = "tensorflow"
    """What ran the model's forward passes, by its name and version."""
    told: bool = False
    """Whether a method told the prediction on its way, so that it took no forward pass of its own."""
    checks: tuple[Check, ...] = ()
    measures: tuple[Measure, ...] = ()
    limits: tuple[Limit, ...] = ()
    robustness: tuple[Trial, ...] = ()
    provenance: Provenance | None = None
    reviews: tuple[Review, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributions", MappingProxyType(dict(self.attributions)))
        object.__setattr__(self, "versions", MappingProxyType(dict(self.versions)))

    @property
    def picture(self) -> Picture:
        return self.face.picture

    @property
    def asked(self) -> int:
        """Model calls that the prediction, methods, checks, limits and changed copies asked for, repeats included."""
        return 1 + len(self.robustness) + sum(one.calls for one in (*self._asking, *self.limits))

    @property
    def saved(self) -> int:
        """Of these, answers that were known already."""
        return self.told + sum(one.saved for one in self._asking)

    @property
    def _asking(self) -> tuple[Attribution | Check | Measure, ...]:
        return *self.attributions.values(), *self.checks, *self.measures

    @property
    def forwards(self) -> int:
        """Views that went through the model: what was asked less what was saved."""
        return self.asked - self.saved

    def attribution(self, method: str) -> Attribution:
        """What one method gave.

        Raises:
            UnknownNameError: the case holds no attribution of it.
        """
        if method not in self.attributions:
            raise UnknownNameError(
                f"The case of {self.picture.source} holds attributions of: {', '.join(self.attributions) or 'no method'}. "
                f"Received: {method}"
            )
        return self.attributions[method]

    @overload
    def plot(
        self, methods: str | Sequence[str] | None = None, *, ax: None = None, width: float = 6.9, captioned: bool = True
    ) -> Figure: ...

    @overload
    def plot(self, methods: str, *, ax: Axes, width: float = 6.9, captioned: bool = True) -> Axes: ...

    def plot(
        self,
        methods: str | Sequence[str] | None = None,
        *,
        ax: Axes | None = None,
        width: float = 6.9,
        captioned: bool = True,
    ) -> Figure | Axes:
        """The photograph and each method's map on it as a Matplotlib figure, in the report's colours and on its scales.

        Maps are drawn by their native cells; a map in frequencies stands alone. What is not settled is hatched.

        Args:
            methods: the methods to show, in this order; without it all.
            ax: axes of your own for the map of one method.
            width: of the figure in inches: 6.9 is two columns of a page, 3.3 is one. Text keeps its size.
            captioned: tell the prediction above and the caution below; without it, tell them in your own caption.

        Returns:
            The figure, which shows itself in a notebook and has ``savefig``; or ``ax``, where it was given.

        Raises:
            UnknownNameError: the case holds no map of a method.
            UsageError: several methods for one ``ax``, or no width that can be printed.
        """
        drawn: Figure | Axes = self._drawn(methods, ax=ax, width=width, captioned=captioned)
        return drawn


@dataclass(frozen=True)
class Failure:
    """A picture that could not be explained, and the refusal that says why."""

    image: str
    cause: XaifakeError

    @property
    def error(self) -> str:
        """The sentence for a person."""
        return str(self.cause)
