"""What went into a comparison: the data set, each detector and how it was fed."""

from __future__ import annotations

import shlex
from dataclasses import asdict, dataclass

from xaifake.records import Comparison
from xaifake.report.audits.reproduce import Facts, facts_of
from xaifake.report.words import words


@dataclass(frozen=True)
class Section:
    """Tables of facts by their titles, and the command."""

    command: str
    tables: tuple[tuple[str, Facts], ...]
    assumed: tuple[tuple[str, Facts], ...]
    """By detector, each field with its value, and the reason."""


def facts(comparison: Comparison) -> Section:
    """The section of a comparison."""
    say, data = words(), comparison.data
    inputs: Facts = (
        (say.audit.reproduce.data, data.name),
        *((say.audit.reproduce.address, address) for address in data.addresses),
        (say.audit.reproduce.data_sha256, data.sha256),
        (say.reproduce.seed, str(comparison.seed)),
        (say.reproduce.started, comparison.started or say.reproduce.not_said),
    )
    detectors = tuple(
        (
            one.name,
            (
                (say.reproduce.detector, one.model.path),
                (say.reproduce.detector_sha256, one.model.sha256),
                (say.reproduce.format, one.model.format),
                *facts_of(asdict(one.contract)),
            ),
        )
        for one in comparison.contestants
    )
    return Section(
        command=shlex.join(comparison.command),
        tables=((say.reproduce.inputs, inputs), *detectors, (say.reproduce.versions, facts_of(dict(comparison.versions)))),
        assumed=tuple(
            (one.name, tuple((f"{assumed.field} = {assumed.value}", assumed.reason) for assumed in one.assumptions))
            for one in comparison.contestants
            if one.assumptions
        ),
    )
