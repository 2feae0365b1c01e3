"""The section on knowledge limits, and the sentence that says so where a picture is out of scope."""

from __future__ import annotations

from dataclasses import dataclass

from xaifake.records import Case, Limit
from xaifake.report.numbers import plain
from xaifake.report.words import entry, words

MARKS = {"within": "●", "outside": "✕", "not known": "–"}


@dataclass(frozen=True)
class Row:
    """One condition: its title, its status as a mark and in words, and what was measured as a sentence."""

    title: str
    status: str
    mark: str
    word: str
    sentence: str


@dataclass(frozen=True)
class Section:
    """Every condition, and what follows from all of them."""

    rows: tuple[Row, ...]
    is_outside: bool
    so_what: str


def section(case: Case) -> Section:
    """The section of a case; without rows where nothing was measured."""
    rows = tuple(_row(limit) for limit in case.limits)
    return Section(rows, out_of_scope(case) is not None, _so_what(case))


def out_of_scope(case: Case) -> str | None:
    """That the score should not be used, and why; None where no limit says so."""
    say = words()
    outside = [limit for limit in case.limits if limit.status == "outside"]
    if not outside:
        return None
    reasons = (say.knowledge.reason(title=title(limit.name), value=_value(limit)) for limit in outside)
    return str(say.knowledge.out(reasons="; ".join(reasons)))


def title(name: str) -> str:
    """A limit's name as people read it; one that is not known here keeps its own."""
    own = entry("limits", name)
    return name if own is None else str(own.title)


def _row(limit: Limit) -> Row:
    key = limit.status.replace(" ", "_")
    own = entry("limits", limit.name)
    values = {"value": _number(limit.value), "bound": _number(limit.bound), "unit": limit.unit}
    return Row(
        title=title(limit.name),
        status=limit.status,
        mark=MARKS[limit.status],
        word=getattr(words().knowledge.statuses, key),
        sentence=_value(limit) if own is None else getattr(own, key).among(values),
    )


def _so_what(case: Case) -> str:
    say = words()
    unknown = [title(limit.name) for limit in case.limits if limit.status == "not known"]
    if not case.limits:
        return str(say.knowledge.none)
    if out := out_of_scope(case):
        return out
    return str(say.knowledge.some_unknown(unknown=", ".join(unknown)) if unknown else say.knowledge.all_within)


def _value(limit: Limit) -> str:
    return f"{_number(limit.value)} {limit.unit}".strip() if limit.value is not None else ""


def _number(value: float | None) -> str:
    """Whole numbers without decimals: pixels and qualities are counted."""
    if value is None:
        return "–"
    return plain(int(value)) if float(value).is_integer() else plain(value)
