"""What each change of a shortcut test did, as a table of intervals and as a slope for each label."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from xaifake.records import Effect, Interval, Shortcut
from xaifake.records.shortcuts import BEYOND
from xaifake.report.audits import intervals
from xaifake.report.audits.charts import Axis, Plot, Ruler, Series, Table, numbers, ruler
from xaifake.report.words import words

KINDS = {"REAL": "real", "FAKE": "fake"}
"""Class of style of each label."""


@dataclass(frozen=True)
class Row:
    """What one change did to the pictures of one label."""

    change: str
    whom: str
    kind: str
    shift: Interval
    shift_told: str
    flips_told: str


@dataclass(frozen=True)
class Effects:
    """Rows by their change, and a slope of the leading one."""

    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    ruler: Ruler
    slope: Plot | None


def effects_of(one: Shortcut, own: Any) -> Effects | None:
    """The effects of a test, whose texts are ``own``; None where nothing was changed."""
    if not one.effects:
        return None
    groups = groupby(one.effects, lambda effect: effect.change)
    return Effects(
        groups=tuple((change_of(change, own), tuple(row_of(effect, own) for effect in of)) for change, of in groups),
        ruler=ruler((effect.shift for effect in one.effects), reference=0.0),
        slope=_slope(one, str(one.measures.get("leading", "")), own),
    )


def leading(one: Shortcut) -> Effect | None:
    """The effect that the outcome hangs on: the one that the test names, else the largest whose interval leaves out zero."""
    named, whom = one.measures.get("leading"), one.measures.get("leading_whom")
    judged = [effect for effect in one.effects if whom in (effect.label, "exchanged")]
    for change in (f"{named}{BEYOND}", named):
        if mine := [effect for effect in judged if effect.change == change]:
            return mine[0]
    apart = [effect for effect in one.effects if effect.shift.excludes_zero]
    return max(apart, key=lambda effect: abs(effect.shift.value), default=None)


def row_of(effect: Effect, own: Any) -> Row:
    """One effect in words and numbers."""
    return Row(
        change=change_of(effect.change, own),
        whom=whom_of(effect),
        kind=KINDS.get(effect.label, "ink"),
        shift=effect.shift,
        shift_told=intervals.change(effect.shift),
        flips_told=intervals.share(effect.flips),
    )


def whom_of(effect: Effect) -> str:
    """Whose pictures an effect is of."""
    say = words()
    return str(say.audit.shortcut.everybody if effect.label == "all" else say.audit.shortcut.labelled(label=effect.label))


def change_of(change: str, own: Any) -> str:
    """A changed copy as people read it; one that is not known here keeps its name."""
    return change if own is None else str(vars(own.changes).get(change, change))


def _slope(one: Shortcut, named: str, own: Any) -> Plot | None:
    """From the pictures as they are to those that the leading change made of them, a line for each label."""
    say = words()
    mine = [effect for effect in one.effects if effect.change == named]
    if not mine:
        return None
    changed, rows = change_of(named, own), [row_of(effect, own) for effect in mine]
    values = [value for effect in mine for value in (effect.shift.low, effect.shift.high)]
    return Plot(
        f"slope-{one.name}",
        say.audit.shortcut.slope(change=changed),
        "; ".join(f"{row.whom}: {row.shift_told}" for row in rows),
        Axis("", -0.15, 1.15, ((0.0, say.audit.shortcut.as_it_is), (1.0, say.audit.shortcut.changed))),
        numbers(say.audit.shortcut.shift, values),
        tuple(_line(row) for row in rows),
        Table(
            (say.audit.shortcut.whom, say.audit.shortcut.shift, say.audit.shortcut.flips),
            tuple((row.whom, row.shift_told, row.flips_told) for row in rows),
        ),
        level=0.0,
    )


def _line(row: Row) -> Series:
    ends = ((0.0, 0.0), (row.shift.low, row.shift.high))
    return Series(row.whom, ((0.0, 0.0), (1.0, row.shift.value)), row.kind, ranges=ends)
