"""The section on error rates: how often the detector is right on labelled pictures, and what a score is worth there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xaifake.records import Audit, Interval, Performance
from xaifake.report.audits import intervals
from xaifake.report.audits.charts import Plot, Ruler, Table, ruler
from xaifake.report.audits.rate_plots import plots_of
from xaifake.report.audits.slices import Group, groups_of
from xaifake.report.numbers import percent
from xaifake.report.words import words

AT_THRESHOLD = (
    "accuracy",
    "balanced_accuracy",
    "recall",
    "false_negative_rate",
    "specificity",
    "false_positive_rate",
    "precision",
    "f1",
)
OVER_ALL = ("auc", "equal_error_rate", "average_precision", "calibration_error", "brier")
IN_NUMBERS = ("auc", "average_precision", "calibration_error", "brier", "f1")
"""Rates that are told as numbers; all others in percent."""
LOWEST = 0.1
"""Scores below which false alarms are not told."""
CHANCE = 0.5
"""The area under the ROC curve of a detector that tells nothing."""


@dataclass(frozen=True)
class Rate:
    """One rate: its name, how it is counted, and its interval in words."""

    title: str
    what: str
    interval: Interval
    told: str


@dataclass(frozen=True)
class Section:
    """Everything that is known of errors."""

    performance: Performance
    sentence: str
    rates: tuple[tuple[str, tuple[Rate, ...]], ...]
    """Those at the threshold and those over all thresholds, by title."""
    ruler: Ruler
    plots: tuple[Plot, ...]
    thresholds: Table | None
    false_alarms: Table | None
    groups: tuple[Group, ...]
    so_what: str


def section(audit: Audit) -> Section | None:
    """The section of an audit; None where no picture has a label."""
    found = audit.performance
    if found is None:
        return None
    say = words()
    groups = ((say.audit.rates.at_threshold, AT_THRESHOLD), (say.audit.rates.over_all, OVER_ALL))
    rates = tuple((title, some) for title, names in groups if (some := _rates(found, names)))
    return Section(
        performance=found,
        sentence=sentence(found),
        rates=rates,
        ruler=ruler((rate.interval for _, some in rates for rate in some), low=0.0),
        plots=plots_of(found),
        thresholds=_thresholds(found),
        false_alarms=_false_alarms(found),
        groups=groups_of(audit.slices),
        so_what=_so_what(found),
    )


def unmeasured(audit: Audit) -> str:
    """Why there are no error rates."""
    say = words()
    return str(say.audit.rates.none_scored if audit.data.fake or audit.data.real else say.audit.rates.none)


def sentence(found: Performance) -> str:
    """How many of each label are called FAKE at the threshold."""
    say, counts = words(), found.confusion
    told = []
    if found.fake:
        rate = intervals.share(found.rates["recall"])
        told.append(say.audit.rates.of_fake(called=counts.true_positives, n=found.fake, rate=rate))
    if found.real:
        rate = intervals.share(found.rates["false_positive_rate"])
        told.append(say.audit.rates.of_real(called=counts.false_positives, n=found.real, rate=rate))
    return str(say.audit.rates.sentence(threshold=f"{found.threshold:.2f}", told=" ".join(told)))


def beats_chance(found: Performance) -> bool | None:
    """Whether the interval of the area under the ROC curve lies above chance; None where there is no area."""
    area = found.rates.get("auc")
    return None if area is None else area.low > CHANCE


def _so_what(found: Performance) -> str:
    say, better = words(), beats_chance(found)
    if better is None:
        return str(say.audit.rates.so_what_one_class)
    if not better:
        return str(say.audit.rates.so_what_chance(auc=intervals.number(found.rates["auc"])))
    alarms = found.rates["false_positive_rate"]
    return str(
        say.audit.rates.so_what(misses=percent(found.rates["false_negative_rate"].value), alarms=percent(alarms.value))
    )


def _rates(found: Performance, names: Sequence[str]) -> tuple[Rate, ...]:
    return tuple(_rate(name, found.rates[name]) for name in names if name in found.rates)


def _rate(name: str, interval: Interval) -> Rate:
    own = getattr(words().audit.rates.names, name)
    told = intervals.number(interval) if name in IN_NUMBERS else intervals.share(interval)
    return Rate(own.title, own.what, interval, told)


def _thresholds(found: Performance) -> Table | None:
    if not found.thresholds:
        return None
    say = words()
    rows = tuple(
        (
            vars(say.audit.rates.rules).get(one.rule, one.rule),
            f"{one.threshold:.3f}",
            intervals.share(one.true_positive_rate),
            intervals.share(one.false_positive_rate),
            "–" if one.held_out_true_positive_rate is None else intervals.share(one.held_out_true_positive_rate),
            "–" if one.held_out_false_positive_rate is None else intervals.share(one.held_out_false_positive_rate),
        )
        for one in found.thresholds
    )
    heads = (
        say.audit.rates.rule,
        say.audit.rates.score,
        say.audit.rates.found_axis,
        say.audit.rates.alarms_axis,
        say.audit.rates.found_elsewhere,
        say.audit.rates.alarms_elsewhere,
    )
    return Table(heads, rows)


def _false_alarms(found: Performance) -> Table | None:
    """From `LOWEST` on, up to the first score that no picture labelled REAL reaches."""
    told = [one for one in found.false_alarms if one.score >= LOWEST]
    last = next((place for place, one in enumerate(told) if one.share.value == 0), len(told))
    if not told:
        return None
    say = words()
    rows = tuple((f"{one.score:g}", intervals.share(one.share)) for one in told[: last + 1])
    return Table((say.audit.rates.score, say.audit.rates.as_high), rows)
