"""The summary: on one screen what was examined, how the scores lie, what to know first, and what could not be tested."""

from __future__ import annotations

from dataclasses import dataclass

from xaifake.records import Audit
from xaifake.report.audits import rates, shortcuts
from xaifake.report.audits.charts import Columns, Table
from xaifake.report.audits.findings import findings
from xaifake.report.audits.untested import untested
from xaifake.report.findings import Finding
from xaifake.report.numbers import percent, plain
from xaifake.report.sentences import made, model_name
from xaifake.report.words import words

MOST = 5
"""Findings, and things not tested, on one screen."""


@dataclass(frozen=True)
class Section:
    """The summary, in sentences."""

    model: str
    made: str
    examined: str
    distribution: str
    right: str
    """How often the detector was right; empty where there are no labels."""
    scores: Columns | None
    findings: tuple[Finding, ...]
    untested: tuple[str, ...]
    has_more: bool
    so_what: str


def section(audit: Audit) -> Section:
    """The summary of an audit."""
    found, missing = findings(audit), untested(audit)
    return Section(
        model=model_name(audit.detector),
        made=made(audit.versions, audit.started),
        examined=_examined(audit),
        distribution=_distribution(audit),
        right=rates.sentence(audit.performance) if audit.performance else "",
        scores=scores(audit),
        findings=found[:MOST],
        untested=missing[:MOST],
        has_more=max(len(found), len(missing)) > MOST,
        so_what=_so_what(audit, found),
    )


def _examined(audit: Audit) -> str:
    say, data = words(), audit.data
    drawn = next((stage.pictures for stage in audit.stages if stage.name == "cases"), 0)
    looked = say.audit.summary.closely if audit.trust else say.audit.summary.only_explained
    told = {"fake": data.fake, "real": data.real}
    without = data.pictures - data.fake - data.real
    if not (data.fake or data.real):
        labels = say.audit.summary.unlabelled
    else:
        labels = say.audit.summary.partly_labelled(**told, none=without) if without else say.audit.summary.labelled(**told)
    return str(
        say.audit.summary.examined(
            model=model_name(audit.detector),
            scored=audit.scored,
            pictures=data.pictures,
            name=data.name,
            labels=labels,
            closely=looked(drawn=drawn) if drawn else say.audit.summary.not_closely,
        )
    )


def _distribution(audit: Audit) -> str:
    say, counts, n = words(), audit.scores, audit.scored
    if not n:
        return str(say.audit.summary.no_scores)
    return str(
        say.audit.summary.distribution(
            n=n,
            low=percent(sum(counts[:2]) / n),
            middle=percent(sum(counts[6:14]) / n),
            high=percent(sum(counts[18:]) / n),
            median=f"{_median(counts):.2f}",
        )
    )


def _median(counts: tuple[int, ...]) -> float:
    """The upper edge of the column in which half of the scores are reached."""
    half, before = sum(counts) / 2, 0
    for place, count in enumerate(counts):
        before += count
        if before >= half:
            return (place + 1) / len(counts)
    return 1.0


def scores(audit: Audit) -> Columns | None:
    """How many pictures scored how high; None where none has a score."""
    say, counts = words(), audit.scores
    if not audit.scored:
        return None
    edges = [at / len(counts) for at in range(len(counts) + 1)]
    rows = tuple(
        (say.audit.summary.from_to(low=f"{low:.2f}", high=f"{high:.2f}"), plain(count))
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
    )
    threshold = audit.contract.threshold
    return Columns(
        "scores",
        say.audit.summary.scores,
        say.audit.summary.scores_text(threshold=f"{threshold:.2f}"),
        counts,
        Table((say.audit.rates.score, say.audit.rates.pictures), rows),
        say.audit.summary.scores_axis,
        threshold,
    )


def _so_what(audit: Audit, found: tuple[Finding, ...]) -> str:
    say = words()
    if any(one.weight == "stop" for one in found):
        return str(say.audit.summary.so_what_stop)
    if seen := shortcuts.with_outcome(audit, "confirmed"):
        return str(say.audit.summary.so_what_shortcuts(titles=shortcuts.titles(seen)))
    return str(say.audit.summary.so_what_no_labels if audit.performance is None else say.audit.summary.so_what)
