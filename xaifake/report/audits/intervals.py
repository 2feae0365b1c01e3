"""Estimates with their 95 % intervals, as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from xaifake.records import Interval
from xaifake.report.words import words

MINUS = "\N{MINUS SIGN}"


def share(interval: Interval) -> str:
    r"""A share in percent.

    >>> share(Interval(0.931, 0.902, 0.953, 360))
    '93.1\xa0% (90.2 to 95.3)'
    """
    value, low, high = (f"{100 * one:.1f}".replace("-", MINUS) for one in (interval.value, interval.low, interval.high))
    return str(words().audit.intervals.share(value=value, low=low, high=high))


def number(interval: Interval) -> str:
    """A number between 0 and 1, such as an area under a curve.

    >>> number(Interval(0.931, 0.902, 0.953, 360))
    '0.931 (0.902 to 0.953)'
    """
    return _told(*(f"{one:.3f}".replace("-", MINUS) for one in (interval.value, interval.low, interval.high)))


def change(interval: Interval) -> str:
    """A signed number, such as a change in logits.

    >>> change(Interval(1.124, 0.96, -1.28, 60))
    '+1.12 (+0.96 to −1.28)'
    """
    return _told(*(f"{one:+.2f}".replace("-", MINUS) for one in (interval.value, interval.low, interval.high)))


def times(interval: Interval, whole: float) -> str:
    """How often an estimate holds a whole, as a share holds an area.

    >>> times(Interval(0.2, 0.1, 0.3, 60), 0.1)
    '2.00 (1.00 to 3.00)'
    """
    return _told(*(f"{one / whole:.2f}" for one in (interval.value, interval.low, interval.high)))


def over(interval: Interval, whole: float) -> Interval:
    """The same in wholes."""
    return Interval(interval.value / whole, interval.low / whole, interval.high / whole, interval.n)


def density(evidence: Mapping[str, Interval], name: str, area: float) -> tuple[Interval, str] | None:
    """How many times its share of the area a place's share of the evidence is, by one outcome: to be drawn, and in words."""
    return (over(evidence[name], area), times(evidence[name], area)) if name in evidence and area else None


def _told(value: str, low: str, high: str) -> str:
    return str(words().audit.intervals.number(value=value, low=low, high=high))
