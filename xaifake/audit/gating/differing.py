"""Two audits side by side: what was asked otherwise, and what came out otherwise by more than chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from xaifake.audit.drives.means import grid_of
from xaifake.audit.folder import AuditFolder, audit_at
from xaifake.audit.gating.shifts import Common, Shift, common_of, paired_shifts, unpaired_shifts
from xaifake.errors import CaseError
from xaifake.records import Audit, MeanMap

SCHEMA = "xaifake.diff/1"
MOST_FLIPS = 100
BEFORE = "before"


@dataclass(frozen=True)
class Changed:
    """Something that is not the same in both audits, as text; ``-`` where one does not have it."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Flip:
    """A picture that is called otherwise: its scores for FAKE before and after."""

    id: str
    uri: str
    label: str | None
    before: float
    after: float


@dataclass(frozen=True)
class Diff:
    """What differs between two audits.

    Attributes:
        before, after: their addresses.
        unfair: sentences that say why a difference need not be the detector's; empty where the comparison is fair.
        setup: model, contract, data, options and versions that differ.
        pictures: those that both scored and label alike; 0 where rates are compared without pairing.
        shifts: rates and shares.
        flipped: how many of the pictures are called otherwise; ``flips`` are those whose scores lie farthest apart.
        maps: the mean map of each outcome after less that before.
        likeness: the cosine of both mean maps of all pictures; None where one has none.
        shortcuts: tests that came out otherwise.
    """

    before: str
    after: str
    unfair: tuple[str, ...]
    setup: tuple[Changed, ...]
    pictures: int
    shifts: tuple[Shift, ...]
    flipped: int
    flips: tuple[Flip, ...]
    maps: tuple[MeanMap, ...]
    likeness: float | None
    shortcuts: tuple[Changed, ...]

    @property
    def worse(self) -> tuple[str, ...]:
        """Rates and shares that went the wrong way by more than chance, and shortcuts that are new."""
        found = [one.what for one in self.shortcuts if one.after == "confirmed"]
        return (*(one.name for one in self.shifts if one.worse), *found)


def diff_of(before: str, after: str) -> Diff:
    """Compare two audits, over the pictures that both hold where their rows are there.

    Args:
        before: the folder of the first, its address, or its audit.json.
        after: the same of the second.

    Raises:
        CaseError: where one is missing or damaged.
    """
    first, second = audit_at(before), audit_at(after)
    common = _common(before, after)
    paired = common is not None and len(common.rows[0]) > 1
    flips = _flips(common) if common else []
    return Diff(
        before=before,
        after=after,
        unfair=tuple(_unfair(first, second, len(common.rows[0]) if paired and common else 0)),
        setup=_changed(_setup(first), _setup(second)),
        pictures=len(common.rows[0]) if paired and common else 0,
        shifts=paired_shifts(common) if paired and common else unpaired_shifts(first, second),
        flipped=len(flips),
        flips=tuple(flips[:MOST_FLIPS]),
        maps=tuple(_map_differences(first, second)),
        likeness=_likeness(first, second),
        shortcuts=_changed(*({test.name: test.outcome for test in audit.shortcuts} for audit in (first, second))),
    )


def record_of(diff: Diff) -> dict[str, Any]:
    """The same as plain data, ready for JSON."""
    return {"schema": SCHEMA, **asdict(diff), "worse": diff.worse}


def _common(before: str, after: str) -> Common | None:
    """The rows that both audits have of the same pictures; None where one has no rows that can be read."""
    try:
        return common_of(_folder(before).scores, _folder(after).scores)
    except CaseError:  # said among what is unfair: the audits are then compared by what they tell
        return None


def _folder(address: str) -> AuditFolder:
    return AuditFolder(str(Path(address).parent) if Path(address).is_file() else address)


def _unfair(before: Audit, after: Audit, pictures: int) -> Iterator[str]:
    if before.data.sha256 != after.data.sha256:
        of_which = f"compared are the {pictures} that both hold" if pictures else "they are compared as wholes"
        yield f"The pictures or their labels are not the same: {of_which}."
    elif not pictures:
        yield "Rows of one audit are missing or damaged: rates are compared as if of other pictures, with wider intervals."
    options = [{run.name: dict(run.options) for run in audit.stages} for audit in (before, after)]
    if options[0] != options[1]:
        yield "Not the same was asked: maps and shortcut tests may differ by their options."


def _setup(audit: Audit) -> dict[str, Any]:
    stages = {f"stages.{run.name}.{key}": value for run in audit.stages for key, value in run.options.items()}
    data = {name: getattr(audit.data, name) for name in ("name", "sha256", "pictures", "fake", "real")}
    return {
        **_under("detector", asdict(audit.detector)),
        **_under("contract", asdict(audit.contract)),
        **_under("data", data),
        **stages,
        "seed": audit.seed,
        "runtime": audit.runtime,
        **_under("versions", audit.versions),
    }


def _under(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{name}.{key}": value for key, value in values.items()}


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Changed, ...]:
    names = [*before, *(name for name in after if name not in before)]
    pairs = ((name, *(str(one.get(name, "-")) for one in (before, after))) for name in names)
    return tuple(Changed(name, first, second) for name, first, second in pairs if first != second)


def _flips(common: Common) -> list[Flip]:
    """Pictures that are called otherwise, those first whose scores lie farthest apart."""
    called, scores = common.both("called_fake"), common.both("p_fake")
    entries = [common.before.entries[row] for row in common.rows[0]]
    flips = [
        Flip(entries[at].id, entries[at].uri, entries[at].label, float(scores[0][at]), float(scores[1][at]))
        for at in np.flatnonzero(called[0] != called[1])
    ]
    return sorted(flips, key=lambda flip: (-abs(flip.after - flip.before), flip.id))


def _map_differences(before: Audit, after: Audit) -> Iterator[MeanMap]:
    old, new = (_means(audit) for audit in (before, after))
    for outcome in (one for one in old if one in new):
        values = np.array(new[outcome].values) - np.array(old[outcome].values)
        errors = np.hypot(new[outcome].errors, old[outcome].errors)
        n = min(old[outcome].n, new[outcome].n)
        yield MeanMap(outcome, n, grid_of(values), grid_of(errors), BEFORE)


def _likeness(before: Audit, after: Audit) -> float | None:
    found = [np.array(means["all"].values).ravel() for means in (_means(before), _means(after)) if "all" in means]
    lengths = float(np.prod([np.linalg.norm(one) for one in found]))
    return float(found[0] @ found[1]) / lengths if len(found) > 1 and lengths else None


def _means(audit: Audit) -> dict[str, MeanMap]:
    return {one.outcome: one for one in (audit.drives.maps if audit.drives else ())}
