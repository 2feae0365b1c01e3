"""The section on scope: what was refused, failed or out of bounds, what shows the same, and how pictures were drawn."""

from __future__ import annotations

from dataclasses import dataclass

from xaifake.records import Audit, Duplicate
from xaifake.report.audits.charts import Stack
from xaifake.report.limits import MARKS
from xaifake.report.limits import title as limit_title
from xaifake.report.numbers import percent, plain
from xaifake.report.words import words

LISTED = 12
"""Rows of one list at most."""


@dataclass(frozen=True)
class Copy:
    """Two pictures that show the same."""

    first: str
    second: str
    what: str
    across: str


@dataclass(frozen=True)
class Section:
    """Counts, lists, and what follows."""

    fed: str
    counts: tuple[tuple[str, str], ...]
    errors: tuple[tuple[str, int], ...]
    refused: tuple[tuple[str, str], ...]
    refused_more: str
    copies: tuple[Copy, ...]
    copies_told: str
    limits: tuple[tuple[str, Stack], ...]
    strata: tuple[tuple[str, int, int], ...]
    sampling: str
    so_what: str


def section(audit: Audit) -> Section:
    """The section of an audit."""
    refused = audit.data.refused
    return Section(
        fed=_fed(audit),
        counts=_counts(audit),
        errors=tuple(audit.errors.items()),
        refused=tuple((one.uri, one.reason) for one in refused[:LISTED]),
        refused_more=words().audit.scope.more(count=len(refused) - LISTED) if len(refused) > LISTED else "",
        copies=tuple(_copy(one) for one in audit.data.duplicates[:LISTED]),
        copies_told=_copies(audit),
        limits=tuple(_limits(audit)),
        strata=tuple((stratum(one.name), one.population, one.drawn) for one in audit.strata),
        sampling=_sampling(audit),
        so_what=_so_what(audit),
    )


def stratum(name: str) -> str:
    """Why pictures were looked at closely, as people read it; a reason that is not known here keeps its name."""
    return str(vars(words().audit.strata).get(name, name.replace("_", " ")))


def _fed(audit: Audit) -> str:
    say, (height, width) = words(), audit.contract.size
    fed = say.audit.scope.fed_face if audit.contract.crop == "face" else say.audit.scope.fed_whole
    return str(fed(height=height, width=width, what=say.audit.scope.what))


def _counts(audit: Audit) -> tuple[tuple[str, str], ...]:
    say, data = words(), audit.data
    told = [
        (say.audit.scope.pictures, data.pictures),
        (say.audit.scope.scored, audit.scored),
        (say.audit.scope.failed, sum(audit.errors.values())),
        (say.audit.scope.refused, len(data.refused)),
        *((say.audit.scope.split(split=name), count) for name, count in data.splits.items()),
        *((say.audit.scope.group(group=name), count) for name, count in data.groups.items()),
    ]
    return tuple((title, plain(count)) for title, count in told)


def _copy(one: Duplicate) -> Copy:
    say = words()
    what = say.audit.scope.same_bytes if one.same_bytes else say.audit.scope.near(distance=one.distance)
    return Copy(one.first[:12], one.second[:12], what, say.audit.scope.across if one.across else say.audit.scope.within)


def _copies(audit: Audit) -> str:
    say, data = words(), audit.data
    if not data.duplicate_pairs:
        return str(say.audit.scope.no_copies)
    return str(say.audit.scope.copies(pairs=data.duplicate_pairs, across=data.duplicate_pairs_across))


def _limits(audit: Audit) -> list[tuple[str, Stack]]:
    say = words()
    told = (
        ("held", "within", say.knowledge.statuses.within),
        ("failed", "outside", say.knowledge.statuses.outside),
        ("untested", "not known", say.knowledge.statuses.not_known),
    )
    return [
        (
            limit_title(one.name),
            Stack(
                tuple(
                    (kind, MARKS[status], word, count)
                    for (kind, status, word), count in zip(told, (one.within, one.outside, one.not_known), strict=True)
                )
            ),
        )
        for one in audit.limits
    ]


def _sampling(audit: Audit) -> str:
    say = words()
    if not audit.strata:
        return str(say.audit.scope.no_sample)
    return str(say.audit.scope.sampling(drawn=sum(one.drawn for one in audit.strata), seed=str(audit.seed)))


def _so_what(audit: Audit) -> str:
    say, n = words(), audit.scored
    if not n:
        return str(say.audit.scope.so_what_nothing)
    worst = max(audit.limits, key=lambda one: one.outside, default=None)
    if worst is not None and worst.outside:
        told = {"limit": limit_title(worst.name), "outside": worst.outside, "n": worst.pictures}
        return str(say.audit.scope.so_what_outside(**told))
    if audit.data.duplicate_pairs_across:
        return str(say.audit.scope.so_what_copies)
    if not audit.limits:
        return str(say.audit.scope.so_what_no_limits)
    return str(say.audit.scope.so_what(share=percent(n / max(1, audit.data.pictures))))
