"""The section on shortcut tests: what was supposed, what changing it did, and what came of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xaifake.records import Audit, Effect, Interval, Shortcut, Specimen
from xaifake.records.shortcuts import Seen
from xaifake.report.audits import intervals
from xaifake.report.audits.charts import Ruler, Stack, ruler
from xaifake.report.numbers import plain, signed
from xaifake.report.words import words

MARKS = {"confirmed": "◆", "not seen": "○", "not tested": "–"}
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
    flips: Interval
    flips_told: str


@dataclass(frozen=True)
class Test:
    """One test, in words, pictures and numbers."""

    id: str
    title: str
    mark: str
    word: str
    asks: str
    sentence: str
    caveat: str
    specimens: tuple[tuple[Specimen, str], ...]
    rows: tuple[Row, ...]
    ruler: Ruler
    leading: Row | None
    numbers: tuple[tuple[str, str], ...]
    """Everything else that the outcome was judged by."""


@dataclass(frozen=True)
class Section:
    """All tests, and what follows."""

    tests: tuple[Test, ...]
    outcomes: Stack
    so_what: str


def section(audit: Audit) -> Section | None:
    """The section of an audit; None where no test was asked."""
    if not audit.shortcuts:
        return None
    ordered = sorted(audit.shortcuts, key=lambda one: list(MARKS).index(one.outcome))
    counts = tuple(("seen", MARKS[name], _word(name), len(with_outcome(audit, name))) for name in MARKS)  # type: ignore[arg-type]  # its keys are the outcomes
    return Section(tuple(_test(one) for one in ordered), Stack(counts), _so_what(audit))


def with_outcome(audit: Audit, outcome: Seen) -> list[Shortcut]:
    """The tests that came out so."""
    return [one for one in audit.shortcuts if one.outcome == outcome]


def title(one: Shortcut) -> str:
    """A test's name as people read it; one that is not known here keeps its own."""
    own = _own(one)
    return one.name if own is None else str(own.title)


def titles(many: Sequence[Shortcut]) -> str:
    """Tests as a list in words."""
    return ", ".join(title(one) for one in many)


def anchor(one: Shortcut) -> str:
    """Where on the page a test stands."""
    return f"shortcut-{one.name}"


def reason(one: Shortcut) -> str:
    """Why a test was not made."""
    return str(vars(words().audit.shortcuts.reasons).get(one.reason or "", one.reason))


def whom(effect: Effect) -> str:
    """Whose pictures an effect is of."""
    say = words()
    return str(say.audit.shortcut.everybody if effect.label == "all" else say.audit.shortcut.labelled(label=effect.label))


def change(one: Shortcut, effect: Effect) -> str:
    """A changed copy as people read it; one that is not known here keeps its name."""
    own = _own(one)
    return effect.change if own is None else str(vars(own.changes).get(effect.change, effect.change))


def leading(one: Shortcut) -> Effect | None:
    """The effect that the outcome hangs on: the one that the test names, else the largest whose interval leaves out zero."""
    named, of = one.measures.get("leading"), one.measures.get("leading_whom")
    mine = [effect for effect in one.effects if effect.change == named and of in (effect.label, "exchanged")]
    apart = [effect for effect in one.effects if effect.shift.excludes_zero]
    return max(mine or apart, key=lambda effect: abs(effect.shift.value), default=None)


def _own(one: Shortcut) -> Any:
    return vars(words().audit.shortcuts).get(one.name)


def _word(outcome: Seen) -> str:
    say = words()
    return str(
        {
            "confirmed": say.audit.shortcut.seen,
            "not seen": say.audit.shortcut.not_seen,
            "not tested": say.audit.shortcut.not_tested,
        }[outcome]
    )


def _test(one: Shortcut) -> Test:
    own = _own(one)
    rows = tuple(_row(one, effect) for effect in one.effects)
    found = leading(one)
    return Test(
        id=anchor(one),
        title=title(one),
        mark=MARKS[one.outcome],
        word=_word(one.outcome),
        asks="" if own is None else own.asks,
        sentence=_sentence(one),
        caveat="" if own is None else own.caveat,
        specimens=tuple((specimen, _specimen(one, specimen)) for specimen in one.specimens),
        rows=rows,
        ruler=ruler((row.shift for row in rows), reference=0.0),
        leading=None if found is None else _row(one, found),
        numbers=tuple((name.replace("_", " "), _written(value)) for name, value in one.measures.items()),
    )


def _sentence(one: Shortcut) -> str:
    """What came of a test, or why it was not made."""
    if one.outcome == "not tested":
        return reason(one)
    own = _own(one)
    if own is None:
        return ""
    return str(own.seen if one.outcome == "confirmed" else own.not_seen)


def _row(one: Shortcut, effect: Effect) -> Row:
    return Row(
        change=change(one, effect),
        whom=whom(effect),
        kind=KINDS.get(effect.label, "ink"),
        shift=effect.shift,
        shift_told=intervals.change(effect.shift),
        flips=effect.flips,
        flips_told=intervals.share(effect.flips),
    )


def _specimen(one: Shortcut, specimen: Specimen) -> str:
    own = _own(one)
    name = specimen.change if own is None else vars(own.changes).get(specimen.change, specimen.change)
    before, after = signed(specimen.logit_before), signed(specimen.logit_after)
    return str(words().audit.shortcut.specimen(change=name, before=before, after=after))


def _written(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return plain(value)


def _so_what(audit: Audit) -> str:
    say = words()
    seen, quiet = with_outcome(audit, "confirmed"), with_outcome(audit, "not seen")
    if seen:
        return str(say.audit.shortcut.so_what_seen(titles=titles(seen)))
    return str(say.audit.shortcut.so_what_not_seen(count=len(quiet)) if quiet else say.audit.shortcut.so_what_not_tested)
