"""Checks on maps that are known to be true and on maps that are known to be wrong, and on detectors that see nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from xaifake import plugins
from xaifake.audit.selftest.explaining import Planted
from xaifake.audit.selftest.findings import Finding, failed
from xaifake.audit.selftest.trials import KINDS, TELLS, counted
from xaifake.interfaces import Engine
from xaifake.records import Outcome

PICTURES = range(4)
TRUE = "of true maps a check never says that they did not hold up, and of most that they held up"
WRONG = "of wrong maps it never says that they held up"
NOTHING = "of a detector that always scores the same no map holds up"


def on_maps() -> Iterator[Finding]:
    """What every check says of maps that it can tell, of a planted detector; and of any maps of one that sees nothing."""
    planted, constant = Planted().detector(), Planted().detector(gain=0.0)
    for name in plugins.names("check"):
        for kind in TELLS.get(name, ()):
            yield judged(name, kind, planted, PICTURES)
        yield believed_nothing(name, constant, PICTURES)


def judged(name: str, kind: str, engine: Engine, numbers: Sequence[int]) -> Finding:
    """Whether a check tells maps of one kind for what they are."""
    test, subject, known = f"check {name}", f"{kind} maps", TRUE if kind == "true" else WRONG
    try:
        outcomes = counted(engine, numbers, [name], [kind])[name, kind]
    except Exception as error:  # noqa: BLE001 - whatever goes wrong on this machine is what a self test is to find
        return failed(test, subject, known, error)
    held = outcomes["held up"]
    right = 2 * held > len(numbers) and not outcomes["did not hold up"] if kind == "true" else not held
    return Finding(test, subject, known, told(outcomes), right)


def believed_nothing(name: str, engine: Engine, numbers: Sequence[int]) -> Finding:
    """Whether a check finds no map to hold up."""
    test, subject = f"check {name}", "constant detector"
    try:
        counts = counted(engine, numbers, [name], tuple(KINDS))
    except Exception as error:  # noqa: BLE001 - as above
        return failed(test, subject, NOTHING, error)
    outcomes = sum(counts.values(), Counter[Outcome]())
    return Finding(test, subject, NOTHING, told(outcomes), not outcomes["held up"])


def told(outcomes: Counter[Outcome]) -> str:
    """How often each outcome came."""
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
