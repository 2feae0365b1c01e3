"""How often each detector of a comparison, and each ensemble of them, is right."""

from __future__ import annotations

from dataclasses import dataclass

from xaifake.records import Comparison, Interval, Performance
from xaifake.report.audits import intervals
from xaifake.report.audits.charts import Plot, Ruler, Series, Table, ruler, shares
from xaifake.report.audits.rates import IN_NUMBERS, beats_chance
from xaifake.report.words import words

COLUMNS = ("balanced_accuracy", "false_negative_rate", "false_positive_rate", "equal_error_rate")
KINDS = 6
"""Lines that a chart tells apart."""
CHANCE = 0.5


@dataclass(frozen=True)
class Row:
    """One detector or ensemble: how it is drawn, and its rates in words."""

    title: str
    kind: str
    performance: Performance | None

    @property
    def area(self) -> Interval | None:
        """Under the ROC curve."""
        return self.performance.rates.get("auc") if self.performance else None

    @property
    def cells(self) -> tuple[str, ...]:
        """`COLUMNS` in words."""
        rates = self.performance.rates if self.performance else {}
        return tuple(_told(name, rates.get(name)) for name in COLUMNS)

    @property
    def told(self) -> str:
        """The area in words."""
        return _told("auc", self.area)


@dataclass(frozen=True)
class Section:
    """All of it, ready to be drawn."""

    heads: tuple[str, ...]
    detectors: tuple[Row, ...]
    ensembles: tuple[Row, ...]
    made: tuple[tuple[str, str], ...]
    """How each ensemble is made."""
    ruler: Ruler
    roc: Plot | None


def section(comparison: Comparison) -> Section | None:
    """The section; None where no picture has a label."""
    every = rows(comparison)
    if all(row.performance is None for row in every):
        return None
    detectors = every[: len(comparison.contestants)]
    names, ensembles = words().audit.rates.names, words().audit.comparison.ensembles
    return Section(
        heads=tuple(str(getattr(names, name).title) for name in COLUMNS),
        detectors=detectors,
        ensembles=every[len(detectors) :],
        made=tuple(
            (str(made.title), str(made.what)) for one in comparison.ensembles if (made := getattr(ensembles, one.name))
        ),
        ruler=ruler((row.area for row in every if row.area), reference=CHANCE, low=0.0),
        roc=_roc(detectors),
    )


def so_what(comparison: Comparison) -> str:
    """Whose scores can be read at all."""
    say = words().audit.comparison
    better = [row.title for row in rows(comparison)[: len(comparison.contestants)] if row.area and row.area.low > CHANCE]
    return str(say.so_what_names(names=", ".join(better)) if better else say.so_what_chance)


def rows(comparison: Comparison) -> tuple[Row, ...]:
    """The detectors in their order, then the ensembles."""
    say = words().audit.comparison
    detectors = (Row(one.name, f"s{place % KINDS + 1}", one.performance) for place, one in enumerate(comparison.contestants))
    ensembles = (Row(str(getattr(say.ensembles, one.name).title), "ink", one.performance) for one in comparison.ensembles)
    return (*detectors, *ensembles)


def sentences(comparison: Comparison) -> list[str]:
    """Which detectors are not shown to do better than chance."""
    say = words().audit.comparison
    known = [one for one in comparison.contestants if one.performance and beats_chance(one.performance) is not None]
    chance = [one.name for one in known if one.performance and not beats_chance(one.performance)]
    if not chance:
        return [str(say.all_beat_chance)] if known else []
    return [str(say.at_chance(names=", ".join(chance)))]


def _roc(detectors: tuple[Row, ...]) -> Plot | None:
    say = words()
    drawn = [(row, row.performance.roc) for row in detectors if row.performance and row.performance.roc]
    if not drawn:
        return None
    return Plot(
        "roc",
        say.audit.comparison.roc,
        say.audit.comparison.roc_text,
        shares(say.audit.rates.alarms_axis),
        shares(say.audit.rates.found_axis),
        tuple(Series(row.title, tuple(zip(roc.x, roc.y, strict=True)), row.kind, "curve") for row, roc in drawn),
        Table(
            (say.audit.comparison.alarms, *(row.title for row, _ in drawn)),
            tuple((f"{100 * at:g} %", *(f"{100 * _at(roc.x, roc.y, at):.1f} %" for _, roc in drawn)) for at in _ALARMS),
        ),
        diagonal=True,
    )


_ALARMS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Shares of false alarms at which the table says what is found."""


def _at(x: tuple[float, ...], y: tuple[float, ...], alarms: float) -> float:
    """The most that is found with no more false alarms than these."""
    return max(found for alarm, found in zip(x, y, strict=True) if alarm <= alarms)


def _told(name: str, interval: Interval | None) -> str:
    if interval is None:
        return "–"
    return intervals.number(interval) if name in IN_NUMBERS else intervals.share(interval)
