"""The record of an audit: many pictures, one detector, and what all of it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, overload

import numpy as np
from numpy.typing import NDArray

from xaifake.records.arrays import Map, frozen
from xaifake.records.data import DataSet, Entry
from xaifake.records.detectors import Assumption, Contract, ModelFile
from xaifake.records.drives import Drives
from xaifake.records.evidence import Options
from xaifake.records.performance import Performance, Slice
from xaifake.records.shortcuts import Shortcut
from xaifake.records.showing import Showing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Scores:
    """What was found out about every picture of a data set, by columns: n entries, in order of their ids.

    A picture that could not be scored has its sentence in ``errors`` and NaN elsewhere. Maps are not here: they are read in
    chunks (see `Evidence`), so that memory does not grow with them.

    Attributes:
        entries: the pictures; of several with the same bytes, the first in order of their addresses.
        errors: why a picture has no score, or None.
        logits: (n,) float64.
        threshold: the probability from which a picture is called FAKE.
        facts: of the files, by name, (n,) each. Numbers are float64, NaN where unknown: bytes, width, height, jpeg_quality,
            faces, face_height. Words are str: format.
        fingerprints: (n,) uint64, of what each picture shows (see `xaifake.dataset`).
        evidence, signed, area: (n, 16) float32, each part's share of the Grad-CAM map's magnitude, of its sign and of the
            area (see `xaifake.faces.shares.Shares`); NaN where no mesh was found.
    """

    entries: tuple[Entry, ...]
    errors: tuple[str | None, ...]
    logits: NDArray[np.float64]
    threshold: float
    facts: Mapping[str, NDArray[Any]]
    fingerprints: NDArray[np.uint64]
    evidence: NDArray[np.float32]
    signed: NDArray[np.float32]
    area: NDArray[np.float32]

    def __post_init__(self) -> None:
        for name in ("logits", "fingerprints", "evidence", "signed", "area"):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        object.__setattr__(self, "facts", MappingProxyType({name: frozen(array) for name, array in self.facts.items()}))

    @property
    def scored(self) -> NDArray[np.bool_]:
        """(n,), True where there is a score."""
        return ~np.isnan(self.logits)

    @property
    def p_fake(self) -> NDArray[np.float64]:
        """(n,), the sigmoid of the logits; NaN where there is no score."""
        losses = np.full(self.logits.shape, np.nan)
        return np.asarray(np.exp(-np.logaddexp(0, -self.logits, where=self.scored, out=losses)))

    @property
    def called_fake(self) -> NDArray[np.bool_]:
        """(n,), the predictions; False where there is no score."""
        return np.asarray(self.p_fake >= self.threshold)

    @property
    def outcomes(self) -> tuple[str | None, ...]:
        """TP, FP, TN or FN of each picture that has label and score; without a label FAKE or REAL, as it was called."""
        return tuple(
            None if not scored else _outcome(entry.label, bool(called))
            for entry, scored, called in zip(self.entries, self.scored, self.called_fake, strict=True)
        )


def _outcome(label: str | None, called_fake: bool) -> str:
    if label is None:
        return "FAKE" if called_fake else "REAL"
    return ("T" if (label == "FAKE") == called_fake else "F") + ("P" if called_fake else "N")


@dataclass(frozen=True, eq=False)
class Evidence:
    """The Grad-CAM maps of some pictures: ``rows`` (m,) are their places in `Scores`; ``grids`` (m, gh, gw) float32 the
    maps, in logits per cell; ``canonical`` (m, 28, 28) float32 the same laid on the canonical face, NaN where there is no
    mesh.
    """

    rows: NDArray[np.int64]
    grids: NDArray[np.float32]
    canonical: NDArray[np.float32]


@dataclass(frozen=True)
class Stratum:
    """One kind of pictures of which some were looked at closely: how many there were and how many were drawn."""

    name: str
    population: int
    drawn: int


@dataclass(frozen=True)
class Trust:
    """How one check of one method came out over the sample; ``method`` is None where the check is a control."""

    check: str
    method: str | None
    outcomes: dict[str, int]


@dataclass(frozen=True)
class LimitCount:
    """How many pictures of the sample a knowledge limit puts out of scope."""

    name: str
    within: int
    outside: int
    not_known: int

    @property
    def pictures(self) -> int:
        """All that it was measured on."""
        return self.within + self.outside + self.not_known


@dataclass(frozen=True)
class SameScore:
    """The score for FAKE that most pictures share to the last digit of its logit, and how many do.

    Different pictures that score alike to the last digit are pictures on which the detector sees nothing.
    """

    score: float
    pictures: int


@dataclass(frozen=True)
class StageRun:
    """One stage of an audit: its key, how many pictures it was asked about, and which share of the work each error took."""

    name: str
    key: str
    pictures: int
    failed: int
    calls: int
    options: Options = field(default_factory=dict)


@dataclass(frozen=True)
class Audit(Showing):
    """The record of an audit. ``errors`` are sentences and how many pictures each stands for, the most frequent first."""

    _shown_by: ClassVar[str] = "xaifake.report.audits.notebook:show_audit"
    _drawn_by: ClassVar[str] = "xaifake.report.audits.plots:plot_audit"

    detector: ModelFile
    contract: Contract
    assumptions: tuple[Assumption, ...]
    data: DataSet
    stages: tuple[StageRun, ...]
    strata: tuple[Stratum, ...]
    scores: tuple[int, ...]
    """Counts of scores for FAKE in twenty equal bins of 0..1."""
    errors: dict[str, int]
    performance: Performance | None
    slices: tuple[Slice, ...]
    drives: Drives | None
    trust: tuple[Trust, ...]
    limits: tuple[LimitCount, ...]
    shortcuts: tuple[Shortcut, ...]
    seed: int
    versions: Options
    machine: Options
    runtime: str
    command: tuple[str, ...] = ()
    started: str | None = None
    same_score: SameScore | None = None
    """None where no two pictures score alike."""

    @property
    def scored(self) -> int:
        """How many pictures have a score."""
        return sum(self.scores)

    @overload
    def plot(self, kind: str | None = None, *, ax: None = None, width: float = 6.9) -> Figure: ...

    @overload
    def plot(self, kind: str, *, ax: Axes, width: float = 6.9) -> Axes: ...

    def plot(self, kind: str | None = None, *, ax: Axes | None = None, width: float = 6.9) -> Figure | Axes:
        """The audit's numbers as a Matplotlib figure, the same as in its report.

        Args:
            kind: ``scores`` (how many pictures scored how high, with the threshold), ``roc``, ``precision_recall``,
                ``reliability``, ``parts`` (the share of the evidence that each part of the face carries for its area) or
                ``shortcuts`` (the effect that each test hangs on: a diamond where a shortcut was seen, else a ring). Without
                it, all that the audit has. Intervals are those of the report.
            ax: axes of your own, for one kind.
            width: of the figure in inches: 6.9 is two columns of a page, 3.3 is one. Text keeps its size.

        Returns:
            The figure, which shows itself in a notebook and has ``savefig``; or ``ax``, where it was given.

        Raises:
            UnknownNameError: the audit has nothing of that kind, such as error rates without labels.
            UsageError: no kind for an ``ax``, nothing to draw, or no width that can be printed.
        """
        drawn: Figure | Axes = self._drawn(kind, ax=ax, width=width)
        return drawn


@dataclass(frozen=True, eq=False)
class Shown:
    """One map as the audit's report draws it: float32, native grid, at most 28 × 28; NaN where the sign is not settled.

    ``cells`` is true where nothing may be interpolated between cells: a map of regions, or of another domain than pixels.
    """

    method: str
    values: Map
    unit: str
    domain: str = "pixel"
    cells: bool = False


@dataclass(frozen=True, eq=False)
class Exhibit:
    """One picture as the audit's report shows it.

    ``image`` is a WebP display copy of the view, what the detector received. ``strata`` say why it was looked at closely,
    empty where it was not. ``risk`` orders the gallery: the larger, the more it needs eyes. ``checks`` are outcomes by
    method and check, those of controls, which have no method, under "". ``parts`` are the part table's values in logits.
    ``page`` is where its own report lies, relative to the audit's.
    """

    entry: Entry
    name: str
    error: str | None = None
    logit: float | None = None
    outcome: str | None = None
    image: bytes = b""
    facts: Options = field(default_factory=dict)
    strata: tuple[str, ...] = ()
    cluster: int | None = None
    top_part: str | None = None
    outside: float | None = None
    risk: float = 0.0
    maps: tuple[Shown, ...] = ()
    checks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    """Names of the knowledge limits that it is outside of."""
    parts: Mapping[str, float] = field(default_factory=dict)
    robustness: Mapping[str, float] = field(default_factory=dict)
    """Logits of changed copies, by kind and amount of the change: "jpeg 50"."""
    page: str | None = None
