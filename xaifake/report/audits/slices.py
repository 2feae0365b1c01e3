"""Error rates by what is known of pictures: the same ruler for all values of a property, and where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from xaifake.records import Interval, Performance, Slice
from xaifake.report.audits import intervals
from xaifake.report.audits.charts import Ruler, ruler
from xaifake.report.words import words

COLUMNS = ("accuracy", "recall", "specificity", "auc")
"""What stands of each slice."""


@dataclass(frozen=True)
class Row:
    """One value of a property: its counts, and its rates with their words, None where it has none."""

    value: str
    fake: int
    real: int
    rates: tuple[tuple[Interval, str] | None, ...]


@dataclass(frozen=True)
class Group:
    """One property, its values, and what differs between them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    ruler: Ruler
    sentence: str


@dataclass(frozen=True)
class Gap:
    """Two values of a property whose intervals of one rate lie apart."""

    by: str
    rate: str
    low: Slice
    high: Slice

    @property
    def apart(self) -> float:
        """How far the two intervals lie from each other."""
        return self.high.performance.rates[self.rate].low - self.low.performance.rates[self.rate].high

    @property
    def sentence(self) -> str:
        """Which values they are, and how far apart."""
        say = words()
        low, high = (one.performance.rates[self.rate] for one in (self.low, self.high))
        return str(
            say.audit.rates.gap(
                by=title(self.by),
                rate=getattr(say.audit.rates.names, self.rate).title,
                low=self.low.value,
                lowest=_told(self.rate, low),
                high=self.high.value,
                highest=_told(self.rate, high),
            )
        )


def groups_of(slices: Iterable[Slice]) -> tuple[Group, ...]:
    """The slices of each property, in their own order."""
    return tuple(_group(by, of) for by, of in _telling(slices))


def gaps_of(slices: Iterable[Slice]) -> tuple[Gap, ...]:
    """For each property the two values that lie furthest apart in a rate, where their intervals do not meet."""
    return tuple(gap for by, of in _telling(slices) if (gap := _gap(by, of)))


def _telling(slices: Iterable[Slice]) -> Iterator[tuple[str, tuple[Slice, ...]]]:
    """The slices of each property, but for one that is the label under another name, as that of a folder for each."""
    for by, of in groupby(slices, lambda one: one.by):
        found = tuple(of)
        labels = [sum(1 for one in found if getattr(one.performance, label)) for label in ("fake", "real")]
        if len(found) > 2 or labels != [1, 1]:
            yield by, found


def title(by: str) -> str:
    """A property as people read it."""
    return str(getattr(words().audit.rates.by, by))


def _group(by: str, slices: tuple[Slice, ...]) -> Group:
    names = [name for name in COLUMNS if any(name in one.performance.rates for one in slices)]
    rows = tuple(_row(one.value, one.performance, names) for one in slices)
    gap = _gap(by, slices)
    measured = [cell[0] for row in rows for cell in row.rates if cell]
    columns = tuple(getattr(words().audit.rates.names, name).title for name in names)
    sentence = gap.sentence if gap else words().audit.rates.no_gap(by=title(by))
    return Group(title(by), columns, rows, ruler(measured, low=0.0), sentence)


def _row(value: str, found: Performance, names: Iterable[str]) -> Row:
    rates = {name: found.rates.get(name) for name in names}
    return Row(
        value, found.fake, found.real, tuple((rate, _told(name, rate)) if rate else None for name, rate in rates.items())
    )


def _gap(by: str, slices: tuple[Slice, ...]) -> Gap | None:
    found = []
    for rate in COLUMNS:
        known = [one for one in slices if rate in one.performance.rates]
        ordered = sorted(known, key=lambda one: one.performance.rates[rate].value)
        if len(ordered) > 1:
            found.append(Gap(by, rate, ordered[0], ordered[-1]))
    widest = max(found, key=lambda gap: gap.apart, default=None)
    return widest if widest is not None and widest.apart > 0 else None


def _told(rate: str, interval: Interval) -> str:
    return intervals.number(interval) if rate == "auc" else intervals.share(interval)
