"""The section on whether explanations can be believed: how each test came out over the sample, counted, never averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xaifake.records import Audit
from xaifake.report.audits.charts import Stack
from xaifake.report.cards import card
from xaifake.report.checks import GUARDS, MARKS, ORDER, title, titles
from xaifake.report.words import entry, words

KINDS = {"held up": "held", "mixed": "mixed", "did not hold up": "failed", "not tested": "untested"}
"""Class of style of each outcome."""


@dataclass(frozen=True)
class Row:
    """One test, and for each method the counts of its outcomes."""

    title: str
    asks: str
    cells: tuple[Stack | None, ...]


@dataclass(frozen=True)
class Section:
    """The methods' titles, the tests, their controls, what the marks mean, and what follows."""

    methods: tuple[str, ...]
    rows: tuple[Row, ...]
    controls: tuple[Row, ...]
    key: tuple[tuple[str, str, str], ...]
    sentences: tuple[str, ...]
    so_what: str


def section(audit: Audit) -> Section | None:
    """The section of an audit; None where nothing was tested."""
    if not audit.trust:
        return None
    methods, checks = methods_of(audit), _checks(audit)
    return Section(
        methods=tuple(card(method).title for method in methods),
        rows=tuple(_row(audit, check, methods) for check in checks if check not in GUARDS),
        controls=tuple(_row(audit, check, [None]) for check in checks if check in GUARDS),
        key=tuple((kind, MARKS[word], _word(word)) for word, kind in KINDS.items()),  # type: ignore[index]  # they are the outcomes
        sentences=tuple(_mattered(audit, method) for method in methods),
        so_what=_so_what(audit, methods),
    )


def methods_of(audit: Audit) -> list[str]:
    """The methods whose maps were tested, in the order of their first test."""
    return list(dict.fromkeys(one.method for one in audit.trust if one.method is not None))


def counts_of(audit: Audit, check: str, method: str | None) -> Mapping[str, int]:
    """How often each outcome of a test came out; nothing where it was not made of that method."""
    return next((one.outcomes for one in audit.trust if (one.check, one.method) == (check, method)), {})


def most(audit: Audit, check: str, method: str | None, word: str) -> bool:
    """Whether a test was made and came out so more often than in all other ways."""
    counts = counts_of(audit, check, method)
    return 2 * counts.get(word, 0) > sum(count for name, count in counts.items() if name != "not tested")


def _checks(audit: Audit) -> list[str]:
    order = (*ORDER, *GUARDS)
    there = dict.fromkeys(one.check for one in audit.trust)
    return sorted(there, key=lambda name: order.index(name) if name in order else len(order))


def _row(audit: Audit, check: str, methods: Sequence[str | None]) -> Row:
    own = entry("checks", check)
    found = [counts_of(audit, check, method) for method in methods]
    return Row(title(check), "" if own is None else own.asks, tuple(_stack(counts) if counts else None for counts in found))


def _stack(counts: Mapping[str, int]) -> Stack:
    return Stack(tuple((kind, MARKS[word], _word(word), counts.get(word, 0)) for word, kind in KINDS.items()))  # type: ignore[index]  # as above


def _word(outcome: str) -> str:
    return str(getattr(words().trust.outcomes, outcome.replace(" ", "_")))


def _mattered(audit: Audit, method: str) -> str:
    """On how many pictures hiding what the maps show did what it should."""
    counts = counts_of(audit, "mattered", method)
    n = sum(counts.values()) - counts.get("not tested", 0)
    if not n:
        return str(words().audit.trust.not_asked(method=card(method).title))
    return str(words().audit.trust.mattered(method=card(method).title, held=counts.get("held up", 0), n=n))


def _so_what(audit: Audit, methods: Sequence[str]) -> str:
    say = words()
    mattered = [method for method in methods if most(audit, "mattered", method, "held up")]
    read = [method for method in mattered if not most(audit, "depends_on_model", method, "did not hold up")]
    if most(audit, "random_maps", None, "did not hold up"):
        return str(say.audit.trust.so_what_chance)
    if not read:
        return str(say.audit.trust.so_what_none)
    return str(say.audit.trust.so_what(methods=titles(read)))
