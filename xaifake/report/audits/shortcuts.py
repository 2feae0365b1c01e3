"""The section on shortcut tests: what was supposed, what changing it did, and what came of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xaifake.records import Audit, Shortcut, Specimen
from xaifake.records.shortcuts import Seen
from xaifake.report.audits.effects import Effects, Row, change_of, effects_of, leading, row_of
from xaifake.report.numbers import plain, signed
from xaifake.report.words import words

OUTCOMES: tuple[Seen, ...] = ("confirmed", "not seen", "not tested")
"""In the order in which they are shown."""
MARKS = {"confirmed": "◆", "not seen": "○", "not tested": "–"}


@dataclass(frozen=True)
class Test:
    """One test, in words, pictures and numbers."""

    id: str
    title: str
    is_seen: bool
    mark: str
    word: str
    asks: str
    sentence: str
    caveat: str
    specimens: tuple[tuple[Specimen, str], ...]
    effects: Effects | None
    leading: Row | None
    numbers: tuple[tuple[str, str], ...]
    """Everything else that the outcome was judged by."""


@dataclass(frozen=True)
class Section:
    """All tests, and what follows."""

    tests: tuple[Test, ...]
    so_what: str


def section(audit: Audit) -> Section | None:
    """The section of an audit; None where no test was asked."""
    if not audit.shortcuts:
        return None
    ordered = [one for outcome in OUTCOMES for one in with_outcome(audit, outcome)]
    return Section(tuple(map(_test, ordered)), _so_what(audit))


def with_outcome(audit: Audit, outcome: Seen) -> list[Shortcut]:
    """The tests that came out so."""
    return [one for one in audit.shortcuts if one.outcome == outcome]


def title(one: Shortcut) -> str:
    """A test's name as people read it; one that is not known here keeps its own."""
    own = own_words(one)
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


def own_words(one: Shortcut) -> Any:
    """The texts of a test; None where the words' file does not know it."""
    return vars(words().audit.shortcuts).get(one.name)


def _word(outcome: Seen) -> str:
    say = words()
    found = {
        "confirmed": say.audit.shortcut.seen,
        "not seen": say.audit.shortcut.not_seen,
        "not tested": say.audit.shortcut.not_tested,
    }
    return str(found[outcome])


def _test(one: Shortcut) -> Test:
    own, found = own_words(one), leading(one)
    return Test(
        id=anchor(one),
        title=title(one),
        is_seen=one.outcome == "confirmed",
        mark=MARKS[one.outcome],
        word=_word(one.outcome),
        asks="" if own is None else own.asks,
        sentence=_sentence(one),
        caveat="" if own is None else own.caveat,
        specimens=tuple((specimen, _specimen(specimen, own)) for specimen in one.specimens),
        effects=effects_of(one, own),
        leading=None if found is None else row_of(found, own),
        numbers=tuple((name.replace("_", " "), _written(value)) for name, value in one.measures.items()),
    )


def _sentence(one: Shortcut) -> str:
    """What came of a test, or why it was not made."""
    own = own_words(one)
    if one.outcome == "not tested" or own is None:
        return reason(one) if one.reason else ""
    return str(own.seen if one.outcome == "confirmed" else own.not_seen)


def _specimen(specimen: Specimen, own: Any) -> str:
    before, after = signed(specimen.logit_before), signed(specimen.logit_after)
    return str(words().audit.shortcut.specimen(change=change_of(specimen.change, own), before=before, after=after))


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
