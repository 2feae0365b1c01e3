"""What an audit says of each quantity that can be bounded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xaifake.records import Audit, Interval


@dataclass(frozen=True)
class Measured:
    """What an audit says of one quantity, with its interval, and in words what belongs to it."""

    value: Interval
    note: str = ""


Measure = Callable[[Audit], Measured | None]
"""A quantity of an audit; None where the audit does not tell it."""


def _rate(name: str) -> Measure:
    def measure(audit: Audit) -> Measured | None:
        rates = audit.performance.rates if audit.performance else {}
        return Measured(rates[name]) if name in rates else None

    return measure


def _place(name: str) -> Measure:
    def measure(audit: Audit) -> Measured | None:
        places = audit.drives.places if audit.drives else ()
        return next((Measured(one.evidence["all"]) for one in places if one.name == name and "all" in one.evidence), None)

    return measure


def _jpeg_flips(audit: Audit) -> Measured | None:
    """The quality and the label at which most predictions turn."""
    effects = [effect for test in audit.shortcuts if test.name == "jpeg" for effect in test.effects]
    saved = [effect for effect in effects if effect.change.removeprefix("quality_").isdigit()]
    if not saved:
        return None
    worst = max(saved, key=lambda effect: effect.flips.value)
    return Measured(worst.flips, f"{worst.label} pictures saved at quality {worst.change.removeprefix('quality_')}")


def _failed(audit: Audit) -> Measured | None:
    """Of all files, those that could not be read and those that could not be scored."""
    scored = next((run for run in audit.stages if run.name == "scores"), None)
    refused = len(audit.data.refused)
    if scored is None or not scored.pictures + refused:
        return None
    failed, files = scored.failed + refused, scored.pictures + refused
    return Measured(_exactly(failed / files, files), f"{failed} of {files} files")


def _duplicates(audit: Audit) -> Measured:
    return Measured(_exactly(audit.data.duplicate_pairs_across, audit.data.pictures))


def _shortcuts(audit: Audit) -> Measured | None:
    """How many tests came out against the detector; those that were not made say nothing."""
    tested = [test for test in audit.shortcuts if test.outcome != "not tested"]
    if not tested:
        return None
    found = [test.name for test in tested if test.outcome == "confirmed"]
    untested = len(audit.shortcuts) - len(tested)
    notes = [", ".join(found), f"{untested} not tested" if untested else ""]
    return Measured(_exactly(len(found), len(tested)), "; ".join(filter(None, notes)))


def _exactly(value: float, n: int) -> Interval:
    """What was counted, not estimated."""
    return Interval(float(value), float(value), float(value), n)


MEASURES: Mapping[str, Measure] = {
    "min_auc": _rate("auc"),
    "min_accuracy": _rate("accuracy"),
    "min_balanced_accuracy": _rate("balanced_accuracy"),
    "max_false_alarms": _rate("false_positive_rate"),
    "max_missed": _rate("false_negative_rate"),
    "max_calibration_error": _rate("calibration_error"),
    "max_outside_face": _place("outside_face"),
    "max_frame": _place("frame"),
    "max_jpeg_flip": _jpeg_flips,
    "max_failed": _failed,
    "max_shortcuts": _shortcuts,
    "max_duplicates_across": _duplicates,
}
