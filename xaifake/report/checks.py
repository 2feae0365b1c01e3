"""The section on whether maps can be believed: a row for each test, a column for each method, and never an average."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xaifake.records import Case, Check, Outcome
from xaifake.report.cards import card
from xaifake.report.numbers import plain
from xaifake.report.part_sentences import said
from xaifake.report.sentences import fed, score_words
from xaifake.report.words import entry, words

ORDER = ("adds_up", "mattered", "enough", "repeats", "survives", "agrees", "depends_on_model")
"""The tests as a reader needs them; any other stands behind."""
GUARDS = ("mask_artefacts", "random_maps")
"""Controls of the tests themselves: what masks and maps without meaning do."""
MARKS: Mapping[Outcome, str] = {"held up": "●", "mixed": "◐", "did not hold up": "✕", "not tested": "–"}


@dataclass(frozen=True)
class Cell:
    """The outcome of one test of one method, or of all: its shape, its word, and what stands behind it."""

    method: str | None
    outcome: Outcome
    mark: str
    word: str
    sentence: str
    technical: str


@dataclass(frozen=True)
class Row:
    """One test. A single cell without a method speaks for all of them."""

    title: str
    asks: str
    cells: tuple[Cell | None, ...]

    @property
    def is_shared(self) -> bool:
        """Whether one outcome holds whatever the method."""
        return len(self.cells) == 1 and self.cells[0] is not None and self.cells[0].method is None


@dataclass(frozen=True)
class Section:
    """The methods' titles, the tests, their controls, and what follows."""

    methods: tuple[str, ...]
    rows: tuple[Row, ...]
    guards: tuple[Row, ...]
    sentences: tuple[str, ...]


def section(case: Case) -> Section:
    """The section of a case; without rows where nothing was tested."""
    named = list(dict.fromkeys(check.name for check in in_order(case)))
    return Section(
        methods=tuple(card(method).title for method in case.attributions),
        rows=tuple(_row(case, name) for name in named if name not in GUARDS),
        guards=tuple(_row(case, name) for name in named if name in GUARDS),
        sentences=(believed(case), words().trust.so_what) if _passed(case) else (believed(case),),
    )


def in_order(case: Case) -> list[Check]:
    """All checks of a case as a reader needs them."""
    order = (*ORDER, *GUARDS)
    return sorted(case.checks, key=lambda check: order.index(check.name) if check.name in order else len(order))


def title(name: str) -> str:
    """A test's name as people read it; one that is not known here keeps its own."""
    own = entry("checks", name)
    return name if own is None else str(own.title)


def told(case: Case, check: Check) -> str:
    """What came of a test, as a sentence with its numbers, or why it was not made."""
    if check.reason is not None:
        return str(vars(words().checks.reasons).get(check.reason, check.reason))
    own = entry("checks", check.name)
    return "" if own is None else str(getattr(own, _key(check.outcome)).among(_values(case, check)))


def believed(case: Case) -> str:
    """Which maps passed every test that was made of them."""
    say = words()
    if not case.checks:
        return str(say.trust.none)
    passed = _passed(case)
    one = say.trust.passed_one if len(passed) == 1 else say.trust.passed
    return str(one(methods=titles(passed)) if passed else say.trust.none_passed)


def _passed(case: Case) -> list[str]:
    return [method for method in case.attributions if _passes(case, method)]


def failed(case: Case) -> str | None:
    """Which tests did not hold up, and of which maps; None where none failed."""
    say = words()
    apart: dict[str, list[str]] = {}
    for check in in_order(case):
        if check.outcome == "did not hold up":
            apart.setdefault(check.name, []).extend([check.method] if check.method else [])
    tests = [
        say.trust.failed_test(test=title(name), methods=titles(methods)) if methods else title(name)
        for name, methods in apart.items()
    ]
    return str(say.trust.failed(tests="; ".join(tests))) if tests else None


def titles(methods: Sequence[str]) -> str:
    """Methods as a list in words."""
    return ", ".join(card(method).title for method in methods)


def methods_with(case: Case, name: str, outcome: Outcome) -> list[str]:
    """The methods of which a test had that outcome."""
    return [check.method for check in case.checks if check.name == name and check.outcome == outcome and check.method]


def _row(case: Case, name: str) -> Row:
    mine = {check.method: _cell(case, check) for check in case.checks if check.name == name}
    own = entry("checks", name)
    cells = (mine[None],) if None in mine else tuple(mine.get(method) for method in case.attributions)
    return Row(title(name), "" if own is None else own.asks, cells)


def _cell(case: Case, check: Check) -> Cell:
    say = words()
    return Cell(
        method=check.method,
        outcome=check.outcome,
        mark=MARKS[check.outcome],
        word=getattr(say.trust.outcomes, _key(check.outcome)),
        sentence=told(case, check),
        technical=" ".join(_technical(case, check)),
    )


def _technical(case: Case, check: Check) -> list[str]:
    """The numbers behind an outcome: of several sentences those whose numbers there are."""
    own, values = entry("checks", check.name), _values(case, check)
    told = [] if own is None or check.reason is not None else own.technical
    texts = told if isinstance(told, list) else [told]
    known = [text.among(values) for text in texts if any(values.get(field) is not None for field in text.fields)]
    return [*known, words().trust.calls(calls=check.calls, saved=check.saved)] if check.calls else known


def _values(case: Case, check: Check) -> dict[str, Any]:
    """A test's numbers and options as its texts may name them; scores, methods and parts as people read them."""
    values = {name: _readable(name, value) for name, value in {**check.options, **check.measures}.items()}
    method = card(check.method).title if check.method else ""
    return {**values, "method": method, "whole": fed(case)}


def _readable(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return card(value).title if name == "others" else said(value)
    if isinstance(value, Sequence):
        told = [_readable(name, one) for one in value]
        return ", ".join(plain(one) if isinstance(one, int | float) else str(one) for one in told)
    return score_words(value) if name.startswith("score") and isinstance(value, float) else value


def _passes(case: Case, method: str) -> bool:
    """Whether hiding what the map shows was tested, and this and every other test that was made of it held up."""
    outcomes = {check.name: check.outcome for check in case.checks if check.method == method}
    return outcomes.get("mattered") == "held up" and set(outcomes.values()) <= {"held up", "not tested"}


def _key(outcome: Outcome) -> str:
    return outcome.replace(" ", "_")
