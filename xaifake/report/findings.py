"""What a reader must know before any map: what rules the score out, cautions, and results, in that order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xaifake.records import Case, Check
from xaifake.report import band_sentences, part_sentences
from xaifake.report.band_table import rows_of as bands_of
from xaifake.report.checks import GUARDS, methods_with, titles, told
from xaifake.report.limits import out_of_scope
from xaifake.report.part_table import rows_of as parts_of
from xaifake.report.robustness import flips
from xaifake.report.robustness import told as told_changes
from xaifake.report.sentences import fed, score_words, subject
from xaifake.report.words import words
from xaifake.settled import settled_maps

MARKS = {"stop": "✕", "caution": "▲", "result": "●"}


@dataclass(frozen=True)
class Finding:
    """One sentence, how much it weighs (stop, caution or result), and the section that it comes from."""

    weight: str
    sentence: str
    section: str

    @property
    def mark(self) -> str:
        """Its shape."""
        return MARKS[self.weight]

    @property
    def word(self) -> str:
        """Its weight in words."""
        return str(getattr(words().findings, self.weight))


def findings(case: Case) -> tuple[Finding, ...]:
    """Everything that was found about a case, what weighs most first."""
    found = [*_scope(case), *_robust(case), *_tested(case), *_silent(case), *_evidence(case), *_assumed(case)]
    return tuple(sorted(found, key=lambda one: list(MARKS).index(one.weight)))


def _scope(case: Case) -> Iterator[Finding]:
    if out := out_of_scope(case):
        yield Finding("stop", out, "limits")


def _robust(case: Case) -> Iterator[Finding]:
    say = words()
    if turned := flips(case):
        yield Finding("caution", say.findings.flips(changes=told_changes(turned)), "robustness")
    elif case.robustness:
        yield Finding("result", say.findings.flips_none(count=len(case.robustness)), "robustness")


def _tested(case: Case) -> Iterator[Finding]:
    """What the tests of the maps say: effects first, then what contradicts the maps."""
    say = words()
    failed = {
        "mattered": say.findings.no_effect,
        "repeats": say.findings.not_repeated,
        "survives": say.findings.not_surviving,
        "depends_on_model": say.findings.not_of_the_model,
    }
    for name, sentence in failed.items():
        found = methods_with(case, name, "did not hold up")
        if methods := [method for method in found if not case.attributions[method].is_empty]:  # an empty map says nothing
            yield Finding("caution", sentence(methods=titles(methods)), "checks")
    guards = [check for check in case.checks if check.name in GUARDS and check.outcome == "did not hold up"]
    yield from (Finding("caution", told(case, check), "checks") for check in guards)
    apart = [check for check in case.checks if check.name == "agrees" and check.outcome == "did not hold up"]
    if apart:
        yield Finding("caution", _disagreement(apart[0]), "checks")
    mattered = [check for check in case.checks if check.name == "mattered" and check.outcome == "held up"]
    for check in mattered[:1]:
        numbers = check.measures
        before, after, random = (score_words(numbers[name]) for name in ("score", "score_hidden", "score_random"))
        sentence = say.findings.effect(
            area=numbers["area_percent"] / 100,
            whole=fed(case),
            method=titles([check.method or ""]),
            before=before,
            after=after,
            random=random,
            count=numbers["compared"],
        )
        yield Finding("result", sentence, "checks")


def _disagreement(check: Check) -> str:
    """Two methods that point to different places, and those places."""
    numbers, here = check.measures, check.measures["leading"]
    others = zip(numbers["others"], numbers["leading_of_others"], strict=True)
    other, there = next(((method, place) for method, place in others if place != here), (None, None))
    say = words()
    if other is None or there is None:
        return str(say.findings.unlike(method=titles([check.method or ""])))
    methods = {"first": titles([check.method or ""]), "second": titles([other])}
    return str(say.findings.disagree(**methods, here=part_sentences.said(here), there=part_sentences.said(there)))


def _silent(case: Case) -> Iterator[Finding]:
    """Maps without evidence, and regions without a settled sign."""
    say, maps = words(), settled_maps(case)
    silent = [method for method, one in maps.items() if one.attribution.is_empty]
    if silent:
        yield Finding("result", say.findings.no_evidence(methods=titles(silent)), "evidence")
    hatched = [
        say.findings.unsettled_map(method=titles([method]), count=one.count, regions=one.regions)
        for method, one in maps.items()
        if method not in silent and 2 * one.count > one.regions
    ]
    if hatched:
        yield Finding("caution", say.findings.unsettled(maps=", ".join(hatched)), "evidence")


def _evidence(case: Case) -> Iterator[Finding]:
    """What part and what band the score leans on."""
    attribution = case.attributions.get("parts")
    if attribution is not None and not attribution.is_empty:
        rows = parts_of(attribution)
        yield Finding("result", part_sentences.summary(attribution, rows, subject(case, attribution))[0], "parts")
    bands = case.attributions.get("bands")
    if bands is not None and not bands.is_empty:
        top = band_sentences.strongest(bands_of(bands))
        if top.layer in band_sentences.FINE and top.is_specific:
            yield Finding("caution", words().bands.grain_read(layer=band_sentences.layer(top.layer)), "bands")


def _assumed(case: Case) -> Iterator[Finding]:
    if case.assumptions:
        yield Finding("caution", words().findings.assumed(count=len(case.assumptions)), "prediction")
