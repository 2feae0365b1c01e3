"""How far rates and shares of two audits lie apart, picture by picture where both hold the same pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.drives.shares import PLACES, means_by
from xaifake.audit.statistics import delong, holm, mcnemar
from xaifake.audit.statistics.intervals import NORMAL
from xaifake.faces.parts import PARTS
from xaifake.records import Audit, Interval, Scores

Numbers = NDArray[np.float64]
Labels = NDArray[np.bool_]

BETTER: Mapping[str, int] = {
    "auc": 1,
    "accuracy": 1,
    "recall": 1,
    "specificity": 1,
    "brier": -1,
    "outside_face": -1,
    "frame": -1,
}
"""Of what it is better to have more (1) or less (-1). Of no part of the face it is."""
CHANCE = 0.05
ROUNDING = 1e-4
"""What changes by less on a picture has not changed: its batch, or another machine, rounded otherwise."""
ALL = "all"


@dataclass(frozen=True)
class Shift:
    """One rate or share before and after, and the difference of both with its 95 % interval.

    ``p_value`` is of no difference; ``worse`` says whether it went the wrong way by more than chance, all rates and shares
    that have a wrong way taken together (Holm 1979).
    """

    name: str
    before: float
    after: float
    difference: Interval
    p_value: float
    worse: bool = False


@dataclass(frozen=True, eq=False)
class Common:
    """The rows of two audits for the pictures that both scored and label alike, in one order."""

    before: Scores
    after: Scores
    rows: tuple[NDArray[np.int64], NDArray[np.int64]]

    @property
    def labelled(self) -> Labels:
        """(n,)"""
        return np.array([self.before.entries[row].label is not None for row in self.rows[0]], dtype=bool)

    @property
    def fake(self) -> Labels:
        """(n,)"""
        return np.array([self.before.entries[row].label == "FAKE" for row in self.rows[0]], dtype=bool)

    def both(self, name: str) -> list[NDArray[np.float64]]:
        """An attribute of the scores, before and after."""
        pairs = zip((self.before, self.after), self.rows, strict=True)
        return [np.asarray(getattr(scores, name))[rows] for scores, rows in pairs]


def common_of(before: Scores, after: Scores) -> Common:
    """The pictures of two audits with the same bytes and the same label, scored in both."""
    places = [{scores.entries[row].id: int(row) for row in np.flatnonzero(scores.scored)} for scores in (before, after)]
    shared = [
        (row, places[1][id_])
        for id_, row in places[0].items()
        if id_ in places[1] and before.entries[row].label == after.entries[places[1][id_]].label
    ]
    rows = np.array(shared, dtype=np.int64).reshape(-1, 2)
    return Common(before, after, (rows[:, 0], rows[:, 1]))


def paired_shifts(common: Common) -> tuple[Shift, ...]:
    """Every rate and share over the same pictures: intervals are of what changed on each."""
    return _judged([*_paired_rates(common), *_paired_shares(common)])


def unpaired_shifts(before: Audit, after: Audit) -> tuple[Shift, ...]:
    """Every rate and share that both audits tell, each over its own pictures."""
    told = [_told(audit) for audit in (before, after)]
    return _judged([_unpaired(name, told[0][name], told[1][name]) for name in told[0] if name in told[1]])


def _paired_rates(common: Common) -> Iterator[Shift]:
    labelled, fake = common.labelled, common.fake[common.labelled]
    if not labelled.any():
        return
    called = [one[labelled].astype(bool) for one in common.both("called_fake")]
    logits, scores = ([one[labelled] for one in common.both(name)] for name in ("logits", "p_fake"))
    if fake.any() and not fake.all():
        areas = delong(fake, np.stack(logits))
        difference, p_value = areas.difference(1, 0)
        yield Shift("auc", float(areas.values[0]), float(areas.values[1]), difference, p_value)
    right = [one == fake for one in called]
    for name, mine in (("accuracy", np.ones_like(fake)), ("recall", fake), ("specificity", ~fake)):
        found = _paired(name, *(one[mine].astype(np.float64) for one in right))
        if found:
            yield replace(found, p_value=mcnemar(right[0][mine], right[1][mine]).p_value)
    yield from filter(None, [_paired("brier", *((one - fake) ** 2 for one in scores))])


def _paired_shares(common: Common) -> Iterator[Shift]:
    evidence = common.both("evidence")
    told = np.logical_and(*(np.nansum(one, axis=1) > 0 for one in evidence))
    places = {**PLACES, **{part: (part,) for part in PARTS if part not in PLACES}}
    for name, parts in places.items():
        columns = [PARTS.index(part) for part in parts]
        found = _paired(name, *(one[told][:, columns].astype(np.float64).sum(axis=1) for one in evidence))
        if found:
            yield found


def _paired(name: str, before: Numbers, after: Numbers) -> Shift | None:
    """The mean of what changed on each picture; None below two pictures."""
    changes = np.where(np.abs(after - before) < ROUNDING, 0, after - before)
    found = means_by([ALL] * len(before), changes, (ALL,)).get(ALL)
    return Shift(name, float(before.mean()), float(after.mean()), found, _p_value(found)) if found else None


def _told(audit: Audit) -> dict[str, Interval]:
    """Rates, places and parts of an audit by the names that `BETTER` has."""
    rates = {name: one for name, one in (audit.performance.rates if audit.performance else {}).items() if name in BETTER}
    shares = [(one.name, one.evidence) for one in (audit.drives.places if audit.drives else ())]
    shares += [(one.part, one.evidence) for one in (audit.drives.parts if audit.drives else ()) if one.part not in PLACES]
    return rates | {name: evidence[ALL] for name, evidence in shares if ALL in evidence}


def _unpaired(name: str, before: Interval, after: Interval) -> Shift:
    """The distances that either interval makes are squared and added (Zou and Donner 2008, Statistics in Medicine 27)."""
    value = after.value - before.value
    low = value - math.hypot(after.value - after.low, before.high - before.value)
    high = value + math.hypot(after.high - after.value, before.value - before.low)
    difference = Interval(value, low, high, before.n + after.n)
    return Shift(name, before.value, after.value, difference, _p_value(difference))


def _p_value(difference: Interval) -> float:
    """Of no difference, from the interval's reach toward zero."""
    end = difference.low if difference.value > 0 else difference.high
    reach = abs(difference.value - end)
    if not difference.value:
        return 1.0
    return math.erfc(abs(difference.value) / reach * NORMAL / math.sqrt(2)) if reach else 0.0


def _judged(shifts: Sequence[Shift]) -> tuple[Shift, ...]:
    """The same with what went the wrong way."""
    sided = [one for one in shifts if one.name in BETTER]
    beyond = {one.name: p < CHANCE for one, p in zip(sided, holm([one.p_value for one in sided]), strict=True)}
    return tuple(
        replace(one, worse=beyond.get(one.name, False) and one.difference.value * BETTER[one.name] < 0) for one in shifts
    )
