"""The section on how to repeat an audit: what went in, with what it ran, and what each stage did."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from xaifake.records import Audit
from xaifake.report.numbers import plain
from xaifake.report.words import words

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    """Tables of facts by their titles, and the command."""

    command: str
    facts: tuple[tuple[str, Facts], ...]
    so_what: str

    def named(self, stage: str) -> str:
        """A stage as people read it; one that is not known here keeps its name."""
        return str(vars(words().audit.stages).get(stage, stage))

    def options(self, options: Mapping[str, Any]) -> str:
        """Options in one line."""
        return "; ".join(f"{name} {_written(value)}" for name, value in options.items()) or "–"


def section(audit: Audit) -> Section:
    """The section of an audit."""
    say = words()
    inputs = (
        (say.audit.reproduce.data, audit.data.name),
        *((say.audit.reproduce.address, address) for address in audit.data.addresses),
        (say.audit.reproduce.data_sha256, audit.data.sha256),
        (say.reproduce.detector, audit.detector.path),
        (say.reproduce.detector_sha256, audit.detector.sha256),
        (say.reproduce.format, audit.detector.format),
        (say.reproduce.target, say.reproduce.logit),
    )
    run = (
        (say.reproduce.seed, str(audit.seed)),
        (say.reproduce.runtime, audit.runtime),
        (say.reproduce.started, audit.started or say.reproduce.not_said),
        *facts_of(audit.machine),
    )
    return Section(
        command=shlex.join(audit.command),
        facts=(
            (say.reproduce.inputs, inputs),
            (say.reproduce.contract, facts_of(asdict(audit.contract))),
            (say.reproduce.run, run),
            (say.reproduce.versions, facts_of(dict(sorted(audit.versions.items())))),
        ),
        so_what=say.audit.reproduce.so_what if audit.command else say.audit.reproduce.so_what_library,
    )


def facts_of(told: Mapping[str, Any]) -> Facts:
    """Names and values as people read them."""
    return tuple((name, _written(value)) for name, value in told.items())


def _written(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_written, value)) or "–"
    if value is None or isinstance(value, bool | str):
        return "–" if value is None else str(value)
    return plain(value) if isinstance(value, float) else str(value)
