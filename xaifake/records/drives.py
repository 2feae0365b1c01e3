"""What drives a detector's scores over many pictures: mean maps on one canonical face, its parts, kinds of maps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from xaifake.records.performance import Interval

Grid = tuple[tuple[float, ...], ...]
"""Rows of a map, as plain numbers."""
OutcomeName = Literal["TP", "FP", "TN", "FN", "FAKE", "REAL", "all"]
"""Pictures by label and prediction; by prediction alone where there are no labels; or all of them."""

CANONICAL = 28
"""Rows and columns of the canonical face."""


def _whole(grid: Grid) -> None:
    if [len(row) for row in grid] != [CANONICAL] * CANONICAL:
        raise ValueError(f"A map on the canonical face has {CANONICAL} rows and columns. Received: {len(grid)} rows")


@dataclass(frozen=True)
class MeanMap:
    """The mean of maps on the canonical face, each map divided by the sum of its absolute values before.

    ``errors`` are standard errors of the mean, cell by cell. Of a difference, ``less`` says what was taken off, and ``n`` is
    of the smaller side.
    """

    outcome: str
    n: int
    values: Grid
    errors: Grid
    less: str | None = None

    def __post_init__(self) -> None:
        _whole(self.values)
        _whole(self.errors)


@dataclass(frozen=True)
class PartShare:
    """One part of the face: its mean share of the area, and by outcome its mean share of the evidence."""

    part: str
    area: float
    evidence: dict[str, Interval]


@dataclass(frozen=True)
class Place:
    """The share of the evidence that lies where no evidence is expected, by outcome: ``name`` is outside_face or frame.

    ``area`` is the share that evidence spread evenly would have. ``labels`` has the same by what the data set says, where it
    says anything.
    """

    name: str
    area: float
    evidence: dict[str, Interval]
    labels: dict[str, Interval] = field(default_factory=dict)


@dataclass(frozen=True)
class BandShare:
    """One band of the spectrum, 0 the coarsest: by outcome, what its removal changed the logit by, and its control of equal
    energy likewise.
    """

    band: int
    low: float
    high: float
    change: dict[str, Interval]
    control: dict[str, Interval]


@dataclass(frozen=True)
class Tie:
    """How much a file's property tells of the cluster that its map is in.

    ``information`` is adjusted mutual information, 0 for none and 1 for all; ``p_value`` how often properties dealt out at
    random tell as much, the most of all properties taken each time.
    """

    fact: str
    information: float
    p_value: float


@dataclass(frozen=True)
class Cluster:
    """Maps that are alike: how many, their mean, the ids of those nearest to it, and their outcomes."""

    number: int
    n: int
    values: Grid
    medoids: tuple[str, ...]
    outcomes: dict[str, int]

    def __post_init__(self) -> None:
        _whole(self.values)


@dataclass(frozen=True)
class Clusters:
    """Kinds of maps among ``n`` of them; ``silhouette`` -1..1 says how far apart they lie.

    One cluster alone says that there is one kind of map: then ``silhouette`` is 0 and there are no ties.
    """

    n: int
    silhouette: float
    clusters: tuple[Cluster, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True)
class Drives:
    """What the maps of one method say over all pictures that have one; hypotheses, which shortcut tests put to the detector.

    Of a detector whose maps lie in frequencies nothing can be laid on a face: then ``n`` is 0 and only bands are told.
    Outcomes of fewer than two pictures have no mean. Beside the outcomes, shares are told of ``all`` pictures.

    ``outline`` are the lines of the canonical face, each a tuple of (x, y) in 0..1, to be drawn under the maps.
    """

    method: str
    n: int
    empty: int
    """Maps without any evidence, which are in no mean."""
    without_face: int
    """Pictures in which no mesh was found: nothing of theirs can be laid on the canonical face."""
    maps: tuple[MeanMap, ...]
    differences: tuple[MeanMap, ...]
    parts: tuple[PartShare, ...]
    places: tuple[Place, ...]
    bands: tuple[BandShare, ...] = ()
    clusters: Clusters | None = None
    outline: tuple[tuple[tuple[float, float], ...], ...] = ()
