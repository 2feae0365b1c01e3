"""What an audit's report shows of single pictures: those that were looked at closely, and of the others the riskiest."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.showing import display_copy, shown_grid, shown_maps
from xaifake.errors import XaifakeError
from xaifake.faces.groups import ROLL_UPS
from xaifake.faces.parts import PARTS
from xaifake.records import Case, Entry, Evidence, Exhibit, Options, Pixels, Scores
from xaifake.risks import risk

MOST = 500
"""Pictures in a report, where nobody asks for another number."""
SMALL = 0.01
"""The share of the area from which on a part may lead, as in the check "agrees"."""


def exhibits_of(
    scores: Scores,
    cases: Iterable[Case],
    evidence: Iterable[Evidence],
    read: Callable[[Entry], Pixels],
    *,
    strata: Mapping[str, Sequence[str]] | None = None,
    clusters: Mapping[str, int] | None = None,
    pages: Mapping[str, str] | None = None,
    domain: str = "pixel",
    most: int = MOST,
) -> list[Exhibit]:
    """The exhibits of an audit, the riskiest first (see `xaifake.risks`); the same audit gives the same ones.

    Pictures are read one after the other, and only small copies are kept.

    Args:
        scores: of all pictures.
        cases: those that were looked at closely; all of them are shown, with all of their maps.
        evidence: the Grad-CAM maps of all pictures, in chunks.
        read: what the detector received of an entry, as it lies in the picture: uint8 RGB (H, W, 3). One that can no longer
            be read, or no longer shows a face, is shown with the refusal and without its picture.
        strata: by id, why a picture was looked at closely.
        clusters: by id, the number of the kind of maps that a picture's is of.
        pages: by id, where a case's own report lies, relative to the audit's.
        domain: where the detector's Grad-CAM maps lie.
        most: how many exhibits there are, unless more were looked at closely.
    """
    all_rows = _Rows(scores, scores.p_fake, scores.outcomes)
    row_of = {entry.id: row for row, entry in enumerate(scores.entries)}
    strata, clusters, pages = strata or {}, clusters or {}, pages or {}

    def exhibit(row: int) -> Exhibit:
        id_ = scores.entries[row].id
        told = all_rows.exhibit(row)
        return replace(told, strata=tuple(strata.get(id_, ())), cluster=clusters.get(id_), page=pages.get(id_))

    found = {}
    for case in cases:
        row = row_of[case.picture.sha256]
        found[row] = _of_case(exhibit(row), case)
    for row in all_rows.riskiest(most - len(found), without=found):
        found[row] = exhibit(row)
    for chunk in evidence:
        for place, row in enumerate(chunk.rows.tolist()):
            if row in found and not found[row].maps:
                found[row] = replace(found[row], maps=(shown_grid(chunk.grids[place], domain),))
    shown = [one if one.image or one.error else _seen(one, read) for one in found.values()]
    return sorted(shown, key=lambda one: (-one.risk, one.entry.id))


def name_of(entry: Entry) -> str:
    """A picture's file name, or that of its member within a container.

    >>> name_of(Entry("00", "s3://faces/test.tar#fake/0001.jpg"))
    '0001.jpg'
    """
    return PurePosixPath(entry.uri.replace("\\", "/").rpartition("#")[2]).name or entry.uri


def facts_of(scores: Scores, row: int) -> Options:
    """What is known of a picture's file, by name: unknown ones are left out, whole numbers are whole."""
    found = {name: column[row].item() for name, column in scores.facts.items()}
    whole = {name: int(fact) if isinstance(fact, float) and fact.is_integer() else fact for name, fact in found.items()}
    return {name: fact for name, fact in whole.items() if fact not in ("", None) and fact == fact}  # NaN is unlike itself


def top_part(scores: Scores, row: int) -> str | None:
    """The part with the most Grad-CAM evidence for its size, of those that are not too small to tell."""
    area, evidence = scores.area[row], scores.evidence[row]
    if not np.nansum(evidence):
        return None
    density = np.where(area >= SMALL, evidence / np.maximum(area, SMALL), -1.0)
    return PARTS[int(density.argmax())]


def outside_share(scores: Scores, row: int) -> float | None:
    """The share of the Grad-CAM evidence that lies outside the face; None where no mesh was found."""
    outside = scores.evidence[row][[PARTS.index(part) for part in ROLL_UPS["outside face"]]]
    return None if np.isnan(outside).any() else float(outside.sum())


@dataclass(frozen=True)
class _Rows:
    """All pictures, and what is worked out of their scores once."""

    scores: Scores
    p_fake: NDArray[np.float64]
    outcomes: tuple[str | None, ...]

    def exhibit(self, row: int) -> Exhibit:
        """What is known of every picture."""
        scores, entry = self.scores, self.scores.entries[row]
        return Exhibit(
            entry=entry,
            name=name_of(entry),
            error=scores.errors[row],
            logit=None if np.isnan(scores.logits[row]) else float(scores.logits[row]),
            outcome=self.outcomes[row],
            facts=facts_of(scores, row),
            top_part=top_part(scores, row),
            outside=outside_share(scores, row),
            risk=self.risk(row),
        )

    def riskiest(self, count: int, without: Container[int]) -> list[int]:
        """The rows of so many others, by what their scores tell."""
        risks = {row: self.risk(row) for row in range(len(self.outcomes)) if row not in without}
        return heapq.nsmallest(max(count, 0), risks, key=lambda row: (-risks[row], self.scores.entries[row].id))

    def risk(self, row: int) -> float:
        p_fake = float(self.p_fake[row])
        return risk(None if np.isnan(p_fake) else p_fake, self.scores.threshold, self.outcomes[row])


def _of_case(exhibit: Exhibit, case: Case) -> Exhibit:
    """With what is known of a picture that was looked at closely."""
    checks: dict[str, dict[str, str]] = {}
    for check in case.checks:
        checks.setdefault(check.method or "", {})[check.name] = check.outcome
    limits = tuple(limit.name for limit in case.limits if limit.status == "outside")
    agreements = [check.outcome for check in case.checks if check.name == "agrees"]
    scored, parts = case.prediction, case.attributions.get("parts")
    return replace(
        exhibit,
        image=display_copy(case.picture.pixels[case.face.box.rows_and_columns]),
        risk=risk(scored.p_fake, scored.threshold, exhibit.outcome, agreements, len(limits)),
        maps=shown_maps(case),
        checks=checks,
        limits=limits,
        parts={} if parts is None else dict(zip(parts.names, np.asarray(parts.region_values).tolist(), strict=True)),
        robustness={f"{one.change.kind} {one.change.amount:g}": one.logit for one in case.robustness},
    )


def _seen(exhibit: Exhibit, read: Callable[[Entry], Pixels]) -> Exhibit:
    try:
        return replace(exhibit, image=display_copy(read(exhibit.entry)))
    except XaifakeError as error:
        return replace(exhibit, error=str(error))
