"""The summary: on one screen what was examined, what it scored, what to know before reading on, and what stayed untested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xaifake.records import Case
from xaifake.report.checks import believed, failed, in_order, title, titles, told
from xaifake.report.findings import Finding, findings
from xaifake.report.limits import out_of_scope
from xaifake.report.limits import title as limit_title
from xaifake.report.sentences import fed, model_name, prediction_sentence
from xaifake.report.words import words

MOST = 5
"""Findings, and things not tested, on one screen."""


@dataclass(frozen=True)
class Section:
    """The summary, in sentences."""

    examined: str
    score: str
    quote: str
    """The score as it may be quoted: with its caution, and with what it is about."""
    findings: tuple[Finding, ...]
    """Those that weigh most."""
    untested: tuple[str, ...]
    """The first of what was not tested."""
    has_more: bool
    """Whether there are more cautions, or more that was not tested."""


def section(case: Case) -> Section:
    """The summary of a case."""
    found, missing = findings(case), untested(case)
    is_short = len(missing) <= MOST and all(one.weight == "result" for one in found[MOST:])
    return Section(
        examined=_examined(case),
        score=prediction_sentence(case),
        quote=_quote(case),
        findings=found[:MOST],
        untested=missing[:MOST],
        has_more=not is_short,
    )


def lines(case: Case) -> tuple[str, ...]:
    """What a terminal says beneath the score, in at most three lines: scope, the maps that passed, the tests that failed."""
    return tuple(line for line in (out_of_scope(case), believed(case), failed(case)) if line)


def untested(case: Case) -> tuple[str, ...]:
    """What was not or could not be tested: never empty, since no report knows a detector's error rates."""
    say = words()
    missing = (
        (case.limits, say.untested.no_limits),
        (case.checks, say.untested.no_checks),
        (case.robustness, say.untested.no_robustness),
    )
    return (
        say.untested.error_rates,
        *(sentence for found, sentence in missing if not found),
        *_limits(case),
        *_checks(case),
        *(say.untested.omitted(method=titles([one.method]), reason=one.reason) for one in case.omissions),
    )


def _examined(case: Case) -> str:
    say, (height, width) = words(), case.picture.pixels.shape[:2]
    told = {
        "model": model_name(case.detector),
        "whole": fed(case),
        "picture": case.picture.name,
        "height": height,
        "width": width,
    }
    if not case.attributions:
        return str(say.summary.examined_score(**told))
    return str(say.summary.examined(**told, methods=titles(list(case.attributions))))


def _quote(case: Case) -> str:
    say, out = words(), out_of_scope(case)
    return str(
        say.score.quoted(
            sentence=prediction_sentence(case),
            scope=f"{out} " if out else "",
            status=say.page.status,
            picture=case.picture.sha256,
            detector=case.detector.sha256,
        )
    )


def _limits(case: Case) -> Iterator[str]:
    unknown = [limit_title(limit.name) for limit in case.limits if limit.status == "not known"]
    if unknown:
        yield words().untested.limits(limits=", ".join(unknown))


def _checks(case: Case) -> Iterator[str]:
    """Every test that was not made: those together that were not made of the same methods for the same reason."""
    say = words()
    missed: dict[tuple[str, str], list[str]] = {}
    for check in in_order(case):
        if check.outcome == "not tested":
            missed.setdefault((check.name, told(case, check)), []).extend([check.method] if check.method else [])
    alike: dict[tuple[str, str], list[str]] = {}
    for (name, reason), methods in missed.items():
        alike.setdefault((titles(methods), reason), []).append(title(name))
    for (of, reason), tests in alike.items():
        checks = ", ".join(tests)
        apart = say.untested.check(checks=checks, methods=of, reason=reason)
        yield apart if of else say.untested.control(checks=checks, reason=reason)
