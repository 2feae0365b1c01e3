"""Checks on maps that are known to be true and on maps that are known to be wrong, and on detectors that see nothing."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from xaifake import plugins
from xaifake.audit.selftest.explaining import Planted
from xaifake.audit.selftest.findings import Finding, failed
from xaifake.audit.selftest.trials import TELLS, blind, counted
from xaifake.detector.loading import wrap_model
from xaifake.detector.planted import planted_model
from xaifake.detector.untrained import untrained_model
from xaifake.interfaces import Engine
from xaifake.records import Outcome

PICTURES = range(4)
TRUE = "of most true maps a check says that they held up, and of none that they did not"
WRONG = "of wrong maps it never says that they held up"
NOTHING = "of detectors that have learnt nothing no check says that a map held up"

Outcomes = Counter[Outcome]


def on_maps() -> Iterator[Finding]:
    """What every check says of maps that it can tell, of a planted detector; and of what the usual methods say of detectors
    that have learnt nothing.
    """
    names, planted = plugins.names("check"), Planted().detector()
    told = {name: _tried(functools.partial(maps_told, planted, name)) for name in names if name in TELLS}
    for name, found in told.items():
        yield _finding(name, "true maps", TRUE, found, _believed, "true")
    for name, found in told.items():
        for kind in TELLS[name][1:]:
            yield _finding(name, f"{kind} maps", WRONG, found, _doubted, kind)
    for subject, model in {"constant detector": planted_model(gain=0.0), "untrained network": untrained_model(0)}.items():
        seen = _tried(functools.partial(learnt_nothing, model))
        for name in names:
            yield _finding(name, subject, NOTHING, seen, _doubted, name)


def maps_told(engine: Engine, name: str) -> Mapping[str, Outcomes]:
    """The outcomes of a check, by kind of map."""
    return {kind: outcomes for (_, kind), outcomes in counted(engine, PICTURES, [name], TELLS[name]).items()}


def learnt_nothing(model: Any) -> Mapping[str, Outcomes]:
    """The outcomes of every check, by its name."""
    return blind([wrap_model(model)])


def _tried(ask: Callable[[], Mapping[str, Outcomes]]) -> Mapping[str, Outcomes] | Exception:
    """What comes of it, or what went wrong."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - whatever goes wrong on this machine is what a self test is to find
        return error


def _finding(
    name: str,
    subject: str,
    known: str,
    found: Mapping[str, Outcomes] | Exception,
    right: Callable[[Outcomes], bool],
    kind: str,
) -> Finding:
    """Whether what a check said of maps of this kind is right."""
    if isinstance(found, Exception):
        return failed(f"check {name}", subject, known, found)
    outcomes = found[kind]
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    return Finding(f"check {name}", subject, known, told, right(outcomes))


def _believed(outcomes: Outcomes) -> bool:
    return not outcomes["did not hold up"] and outcomes["held up"] > outcomes.total() / 2


def _doubted(outcomes: Outcomes) -> bool:
    return not outcomes["held up"]
