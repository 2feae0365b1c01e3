"""Several detectors on the same pictures: how often each is right, and where and how they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from xaifake.records.audits import StageRun
from xaifake.records.data import DataSet, Truth
from xaifake.records.detectors import Assumption, Contract, ModelFile
from xaifake.records.drives import MeanMap, PartShare, Place
from xaifake.records.evidence import Options
from xaifake.records.performance import Interval, Performance

EnsembleName = Literal["mean", "vote", "stacked"]


@dataclass(frozen=True)
class Contestant:
    """One detector of a comparison.

    Attributes:
        name: what tells it from the others.
        model, contract, assumptions: what it is and how it was fed.
        stage: the rows of its scores.
        errors: why pictures have no score from it, and how many each sentence stands for.
        performance: over all labelled pictures that it scored; None where there are none.
        parts, places: which share of its maps' evidence lies where, over all pictures.
    """

    name: str
    model: ModelFile
    contract: Contract
    assumptions: tuple[Assumption, ...]
    stage: StageRun
    errors: dict[str, int]
    performance: Performance | None
    parts: tuple[PartShare, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Ensemble:
    """What all detectors say together, over the pictures that every one of them scored.

    ``mean`` is the mean of their logits, each less its own threshold's; ``vote`` the share of detectors that call a picture
    FAKE, of which half is enough; ``stacked`` a logistic regression on their logits, fitted on four fifths of these pictures
    and asked about the last fifth, five times. Scores of mean and vote are no probabilities: nothing is said of their
    calibration.
    """

    name: EnsembleName
    performance: Performance


@dataclass(frozen=True)
class Pair:
    """Two detectors, or an ensemble and a detector, on the pictures that both scored.

    Attributes:
        first, second: their names.
        pictures: that both scored; ``labelled`` of them bear a label; ``left_out`` were scored by one alone.
        auc: how much larger the first one's area under the ROC curve is.
        auc_p: DeLong's p-value of no difference, ``auc_p_all`` after Holm over all pairs of that kind.
        only_first, only_second: labelled pictures on which it alone was right.
        right_p: McNemar's exact p-value of no difference, ``right_p_all`` likewise.
        same: the share of pictures that both call the same.
        kappa: Cohen's, of the two calls: agreement beyond what chance gives; None where neither ever calls otherwise.
        ranks: Spearman's correlation of the scores; None where one is constant.
        maps: the mean likeness (cosine) of the two maps of one picture; None where maps cannot be compared.
    """

    first: str
    second: str
    pictures: int
    labelled: int
    left_out: int
    auc: Interval | None
    auc_p: float | None
    auc_p_all: float | None
    only_first: int
    only_second: int
    right_p: float | None
    right_p_all: float | None
    same: Interval | None
    kappa: float | None
    ranks: float | None
    maps: Interval | None = None


@dataclass(frozen=True)
class Disagreement:
    """A picture on which detectors disagree: each one's score for FAKE and what it calls the picture, in their order."""

    id: str
    uri: str
    label: Truth | None
    scores: tuple[float, ...]
    called_fake: tuple[bool, ...]

    @property
    def spread(self) -> float:
        """How far the lowest score lies from the highest."""
        return max(self.scores) - min(self.scores)


@dataclass(frozen=True)
class Comparison:
    """The record of a comparison.

    Attributes:
        data: the data set.
        contestants: the detectors, as they were named.
        ensembles: of all of them.
        common: how many pictures every detector scored.
        pairs: each detector with each other one, then each ensemble with each detector.
        maps: each detector's mean map on the canonical face, all over the same ``map_pictures``; ``outcome`` is its name.
        map_differences: of each two detectors, picture by picture; ``outcome`` and ``less`` are their names.
        outline: of the canonical face, as `Drives` has it.
        disagreements: the pictures with the widest spread of scores, the widest first.
        disputed: how many pictures not all detectors call the same.
    """

    data: DataSet
    contestants: tuple[Contestant, ...]
    ensembles: tuple[Ensemble, ...]
    common: int
    pairs: tuple[Pair, ...]
    map_pictures: int
    maps: tuple[MeanMap, ...]
    map_differences: tuple[MeanMap, ...]
    outline: tuple[tuple[tuple[float, float], ...], ...]
    disputed: int
    disagreements: tuple[Disagreement, ...]
    seed: int
    versions: Options
    machine: Options
    command: tuple[str, ...] = field(default=())
    started: str | None = None
