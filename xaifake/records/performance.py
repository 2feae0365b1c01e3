"""How often a detector is right on labelled pictures, with intervals, and what each of its scores means there."""

from __future__ import annotations

from dataclasses import dataclass

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Interval:
    """An estimate from ``n`` pictures with its 95 % interval, unless its holder says otherwise."""

    value: float
    low: float
    high: float
    n: int = 0

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True)
class Confusion:
    """Pictures by label and prediction at a threshold; FAKE is the positive class."""

    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int


@dataclass(frozen=True)
class Curve:
    """Points of a curve, as many as are needed to draw it: ``x`` and ``y`` in 0..1, and the score at each."""

    x: Numbers
    y: Numbers
    scores: Numbers


@dataclass(frozen=True)
class Bin:
    """Pictures whose score for FAKE lies in low..high: their mean score, and which share of them bears the label FAKE."""

    low: float
    high: float
    score: float
    fake: Interval


@dataclass(frozen=True)
class Operating:
    """What a threshold would give: by which rule it was chosen, the score, and the rates there.

    ``rule`` is contract, youden, equal_error_rate, false_alarms_1 or false_alarms_5. A threshold that these pictures chose
    looks better on them than it is: the rates ``held_out`` are those of pictures that had no part in the choice.
    """

    rule: str
    threshold: float
    true_positive_rate: Interval
    false_positive_rate: Interval
    held_out_true_positive_rate: Interval | None = None
    held_out_false_positive_rate: Interval | None = None


@dataclass(frozen=True)
class FalseAlarms:
    """Which share of the pictures labelled REAL scored so high or higher."""

    score: float
    share: Interval


@dataclass(frozen=True)
class Performance:
    """Error rates of a detector on labelled pictures.

    ``rates`` by name: accuracy, balanced_accuracy, precision, recall, specificity, f1, false_positive_rate,
    false_negative_rate (at the threshold); auc, equal_error_rate, average_precision (over all thresholds); brier,
    calibration_error. One that these pictures leave undefined is missing. ``calibration_by_chance`` is the calibration
    error that as many pictures would show of a detector whose every score is right.
    """

    fake: int
    real: int
    threshold: float
    confusion: Confusion
    rates: dict[str, Interval]
    roc: Curve | None = None
    precision_recall: Curve | None = None
    reliability: tuple[Bin, ...] = ()
    calibration_by_chance: Interval | None = None
    thresholds: tuple[Operating, ...] = ()
    false_alarms: tuple[FalseAlarms, ...] = ()

    def false_alarms_at(self, score: float) -> FalseAlarms | None:
        """Of the scores at which they were counted, those at the highest that is no higher: never too few alarms."""
        below = [one for one in self.false_alarms if one.score <= score]
        return max(below, key=lambda one: one.score, default=None)


@dataclass(frozen=True)
class Slice:
    """Error rates of the pictures that have one value of one property: ``by`` group, source, split, format or size.

    ``performance`` has the rates and counts alone, no curves; those of few pictures have wide intervals.
    """

    by: str
    value: str
    performance: Performance
