"""From trials to one contract: what the pictures decide, and what they leave as it was assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xaifake.detector.calibration.statistics import PAIRED_LEVEL
from xaifake.detector.calibration.trials import Trials
from xaifake.detector.calibration.ways import Space, Way
from xaifake.records import Contract, Interval


@dataclass(frozen=True)
class Finding:
    """What the pictures say of one aspect of the contract.

    Attributes:
        aspect: range (with mean and std), channels, crop, resize, size, domain or fake.
        fields: the contract's fields, and the values they were given.
        decided: whether every other option does worse, beyond what chance among the pictures explains.
        reason: one plain sentence.
    """

    aspect: str
    fields: dict[str, Any]
    decided: bool
    reason: str


def choose(trials: Trials, space: Space) -> Way:
    """The way nearest to the usual one among those that cannot be told from the best, unless a neighbour beats it.

    A way whose own AUC could be chance's is not chosen, however usual it is.
    """
    best = trials.best()
    equals = [way for way in trials.ways if trials.auc(way).low > 0.5 and not trials.difference(best, way).auc.excludes_zero]
    way = min(equals or [best], key=lambda w: (sum(option > 0 for option in w), sum(w), -trials.auc(w).value))
    passed = {way}
    while better := [other for other in space.around(way) if _new(trials, other, passed) and trials.beats(other, way)]:
        way = max(better, key=lambda other: trials.auc(other).value)
        passed.add(way)
    return way


def findings(trials: Trials, space: Space, way: Way) -> tuple[Finding, ...]:
    """One finding for each aspect, from the ways that differ from the chosen one in that aspect alone."""
    return tuple(_finding(trials, space, way, name) for name in space.names)


def _finding(trials: Trials, space: Space, way: Way, name: str) -> Finding:
    place = space.names.index(name)
    aspect = space.aspects[place]
    tried = [other for other in space.rivals(way, name) if other in trials.ways]
    rivals = [other for other in tried if not trials.beats(way, other)]
    fields = dict(zip(aspect.options[0], _values(space, way, name), strict=True))
    if not tried:
        return Finding(name, fields, False, "nothing else could be tried on these pictures")
    if not rivals:
        nearest = min(tried, key=lambda other: trials.difference(way, other).auc.value)
        return Finding(name, fields, True, f"the data decide: {_against(trials, space, way, nearest, name)}")
    others = [shown(space.contract(other), tuple(fields)) for other in rivals]
    closest = max(rivals, key=lambda other: trials.auc(other).value)
    kept = "kept as it was assumed" if way[place] == 0 else "the commoner is taken"
    reason = f"the data cannot tell it from {_listed(others)} ({_against(trials, space, way, closest, name)}); {kept}"
    return Finding(name, fields, False, reason)


def _against(trials: Trials, space: Space, way: Way, other: Way, name: str) -> str:
    """How far a way is from another: in AUC where that tells them apart, else in log loss where that does."""
    more = trials.difference(way, other)
    against = shown(space.contract(other), tuple(space.aspects[space.names.index(name)].options[0]))
    if not more.auc.excludes_zero and trials.beats(way, other):
        return f"log loss {_than(more.log_loss, against)}"
    return f"AUC {_than(more.auc, against)}"


def shown(contract: Contract, fields: tuple[str, ...]) -> str:
    """Fields of a contract as the command line takes them: ``0,255 mean 123.68,116.779,103.939``."""
    parts = []
    for name in fields:
        value = getattr(contract, name)
        text = ",".join(f"{v:g}" for v in value) if isinstance(value, tuple) else str(value)
        if name in ("mean", "std"):
            parts += [f"{name} {text}"] if set(value) != {0.0 if name == "mean" else 1.0} else []
        else:
            parts.append(text)
    return " ".join(parts)


def _values(space: Space, way: Way, name: str) -> tuple[Any, ...]:
    contract = space.contract(way)
    return tuple(getattr(contract, field) for field in space.aspects[space.names.index(name)].options[0])


def _than(more: Interval, other: str) -> str:
    if more.low == more.high == 0:
        return f"the same as with {other}"
    side = "higher" if more.value > 0 else "lower"
    return f"{abs(more.value):.3f} {side} than with {other}, {PAIRED_LEVEL} % interval {more.low:+.3f} to {more.high:+.3f}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _new(trials: Trials, way: Way, passed: set[Way]) -> bool:
    return way in trials.ways and way not in passed
