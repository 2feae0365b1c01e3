"""What a reader must know before anything else of an audit: what rules its scores out, cautions, results, in that order."""

from __future__ import annotations

from collections.abc import Iterator

from xaifake.records import Audit, Place, Shortcut
from xaifake.report.audits import drives, intervals, rates, shortcuts
from xaifake.report.audits.effects import leading, row_of
from xaifake.report.audits.kinds import fact, outcome
from xaifake.report.audits.slices import gaps_of
from xaifake.report.audits.trust import methods_of, most
from xaifake.report.checks import titles
from xaifake.report.findings import MARKS, Finding
from xaifake.report.limits import title as limit_title
from xaifake.report.numbers import percent
from xaifake.report.words import words

ALARMING = 0.1
"""A false alarm rate whose interval lies above this is a caution."""
MANY = 0.1
"""The share of pictures from which on it is a caution that they are out of scope or have no score."""
TIED = 0.1
"""The mutual information from which on a kind of maps goes with a property of files, if chance does not tell as much."""
BY_CHANCE = 0.01
ALIKE = 0.05
"""The share of pictures that score alike to the last digit from which on it is a caution."""
ANSWERS = ("label", "prediction")
"""Properties that maps should go with."""


def findings(audit: Audit) -> tuple[Finding, ...]:
    """Everything that was found, what weighs most first."""
    found = [
        *_right(audit),
        *_blind(audit),
        *_shortcuts(audit),
        *_copies(audit),
        *_maps(audit),
        *_places(audit),
        *_gaps(audit),
    ]
    found += [*_calibration(audit), *_scope(audit), *_ties(audit), *_assumed(audit), *_not_seen(audit), *_parts(audit)]
    return tuple(sorted(found, key=lambda one: list(MARKS).index(one.weight)))


def _right(audit: Audit) -> Iterator[Finding]:
    say, found = words(), audit.performance
    if found is None:
        return
    better = rates.beats_chance(found)
    alarms = found.rates.get("false_positive_rate")
    if better is False:
        auc = found.rates["auc"]
        told = say.audit.findings.reversed if auc.high < rates.CHANCE else say.audit.findings.chance
        yield Finding("stop", told(auc=intervals.number(auc)), "rates")
    elif alarms is not None and alarms.low > ALARMING:
        yield Finding("caution", say.audit.findings.alarms(alarms=intervals.share(alarms)), "rates")


def _blind(audit: Audit) -> Iterator[Finding]:
    """Different pictures that score alike to the last digit."""
    alike = audit.same_score
    if alike is not None and alike.pictures / audit.scored > ALIKE:
        told = {"count": alike.pictures, "scored": audit.scored, "score": f"{alike.score:.3f}"}
        yield Finding("caution", words().audit.findings.same_score(**told), "summary")


def _shortcuts(audit: Audit) -> Iterator[Finding]:
    for one in shortcuts.with_outcome(audit, "confirmed"):
        yield Finding("caution", _effect(one), shortcuts.anchor(one))


def _effect(one: Shortcut) -> str:
    say, effect, title = words(), leading(one), shortcuts.title(one)
    if effect is None:
        return str(say.audit.findings.shortcut(title=title))
    row = row_of(effect, shortcuts.own_words(one))
    told = {"change": row.change, "whom": row.whom, "shift": row.shift_told, "flips": percent(effect.flips.value)}
    return str(say.audit.findings.shortcut_effect(title=title, **told))


def _not_seen(audit: Audit) -> Iterator[Finding]:
    if quiet := shortcuts.with_outcome(audit, "not seen"):
        yield Finding("result", words().audit.findings.not_seen(titles=shortcuts.titles(quiet)), "shortcuts")


def _places(audit: Audit) -> Iterator[Finding]:
    """Evidence that lies outside the face, or on the frame, more densely than chance would lay it there."""
    for place in audit.drives.places if audit.drives else ():
        if beyond := drives.beyond(place):
            yield Finding("caution", _beyond(place, max(beyond, key=lambda name: beyond[name].value)), "drives")


def _beyond(place: Place, name: str) -> str:
    told = {"share": intervals.share(place.evidence[name]), "area": percent(place.area), "outcome": outcome(name)}
    return str(words().audit.findings.place(place=drives.place(place.name), **told))


def _copies(audit: Audit) -> Iterator[Finding]:
    if count := audit.data.duplicate_pairs_across:
        yield Finding("caution", words().audit.findings.duplicates(count=count), "scope")


def _gaps(audit: Audit) -> Iterator[Finding]:
    widest = max(gaps_of(audit.slices), key=lambda gap: gap.apart, default=None)
    if widest is not None:
        yield Finding("caution", widest.sentence, "rates")


def _calibration(audit: Audit) -> Iterator[Finding]:
    found = audit.performance
    if found is None or "calibration_error" not in found.rates:
        return
    error, chance = found.rates["calibration_error"], found.calibration_by_chance
    if chance is not None and error.low > chance.high:
        told = words().audit.findings.calibration(error=intervals.number(error), chance=f"{chance.value:.3f}")
        yield Finding("caution", told, "rates")


def _scope(audit: Audit) -> Iterator[Finding]:
    say = words()
    failed, pictures = sum(audit.errors.values()), audit.data.pictures
    if pictures and failed / pictures > MANY:
        weight = "stop" if failed == pictures else "caution"
        yield Finding(weight, say.audit.findings.failed(failed=failed, pictures=pictures), "scope")
    for limit in audit.limits:
        if limit.pictures and limit.outside / limit.pictures > MANY:
            told = say.audit.findings.outside(limit=limit_title(limit.name), outside=limit.outside, n=limit.pictures)
            yield Finding("caution", told, "scope")


def _maps(audit: Audit) -> Iterator[Finding]:
    """Tests that most maps of a method did not pass."""
    say = words()
    told = {"mattered": say.audit.findings.not_mattered, "depends_on_model": say.audit.findings.not_of_the_model}
    for check, sentence in told.items():
        if failed := [method for method in methods_of(audit) if most(audit, check, method, "did not hold up")]:
            yield Finding("caution", sentence(methods=titles(failed)), "trust")


def _ties(audit: Audit) -> Iterator[Finding]:
    clusters = audit.drives.clusters if audit.drives else None
    for tie in clusters.ties if clusters else ():
        if tie.fact not in ANSWERS and tie.information > TIED and tie.p_value < BY_CHANCE:
            told = words().audit.findings.tie(fact=fact(tie.fact), information=f"{tie.information:.2f}")
            yield Finding("caution", told, "drives")


def _assumed(audit: Audit) -> Iterator[Finding]:
    if audit.assumptions:
        yield Finding("caution", words().findings.assumed(count=len(audit.assumptions)), "reproduce")


def _parts(audit: Audit) -> Iterator[Finding]:
    if audit.drives and (told := drives.densest(audit.drives)):
        yield Finding("result", told, "drives")
