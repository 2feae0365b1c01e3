"""How far a case can be believed: checks, knowledge limits, scores of changed copies, provenance, and what readers noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from xaifake.records.evidence import Options

Outcome = Literal["held up", "mixed", "did not hold up", "not tested"]
Kind = Literal["jpeg", "resize", "blur", "noise", "shift"]


def _read_only(record: object, *names: str) -> None:
    for name in names:
        object.__setattr__(record, name, MappingProxyType(dict(getattr(record, name))))


@dataclass(frozen=True, eq=False)
class Check:
    """One test of whether an attribution can be believed: what came of it, and its numbers.

    Outcomes are words and are never averaged.

    ``name`` is the check's plug-in; ``method`` the attribution that was tested, or None where the test is a control of the
    picture's masks whatever the method. ``measures`` are the numbers behind the outcome, in logits unless their name says
    otherwise. ``reason`` says why there is no other outcome than "not tested": a short name whose sentence the report holds.
    """

    name: str
    method: str | None
    outcome: Outcome
    measures: Options = field(default_factory=dict)
    options: Options = field(default_factory=dict)
    reason: str | None = None
    seed: int | None = None
    calls: int = 0
    """Model calls asked for this picture, repeats included."""
    saved: int = 0
    """Of these, answers that were known already."""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if (self.outcome == "not tested") != (self.reason is not None):
            raise ValueError(f"A check gives a reason where it was not tested, and only there. Received: {self}")
        _read_only(self, "measures", "options")


@dataclass(frozen=True, eq=False)
class Measure:
    """One number from the literature on explanations, for research: no outcome is drawn from it.

    ``values`` holds the numbers by name, chance levels and random controls beside them.
    """

    name: str
    method: str
    values: Options
    options: Options = field(default_factory=dict)
    seed: int | None = None
    calls: int = 0
    saved: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        _read_only(self, "values", "options")


@dataclass(frozen=True)
class Limit:
    """One condition under which a detector's score is known to mean less, as it was measured on this picture.

    ``value`` is None where it could not be measured; ``bound`` is what it is compared with, both in ``unit``.
    """

    name: str
    status: Literal["within", "outside", "not known"]
    value: float | None = None
    bound: float | None = None
    unit: str = ""
    calls: int = 0
    """Model calls that it took for this picture."""


@dataclass(frozen=True)
class Change:
    """A harmless change of a picture, and how much of it: JPEG quality, scale, blur and noise in standard deviations of
    pixels and grey levels, shift in pixels down and to the right.
    """

    kind: Kind
    amount: float


@dataclass(frozen=True)
class Trial:
    """The score of a changed copy of the picture."""

    change: Change
    logit: float


@dataclass(frozen=True, eq=False)
class Provenance:
    """How a case came about, so that another examiner can repeat it.

    All digests are SHA-256 in hexadecimal. The picture file's own and the model file's stand in their records, the view's in
    the case. ``options`` is everything that was asked, as `xaifake.explain` takes it.
    """

    pixels_sha256: str
    """Of the decoded picture: shape and RGB uint8 pixels."""
    input_sha256: str
    """Of what the model received for the view: shape and float32 numbers, after the contract."""
    contract_sha256: str
    options_sha256: str
    options: Options
    machine: Options
    command: tuple[str, ...] = ()
    """The command line, program first; empty where there was none."""
    started: str | None = None
    """When, in ISO 8601 and UTC, where the caller said so."""
    files_sha256: Options = field(default_factory=dict)
    """Of every other file or folder that took part, by what it was asked as: mask, reference, builder, custom_objects."""

    def __post_init__(self) -> None:
        _read_only(self, "options", "machine", "files_sha256")


@dataclass(frozen=True)
class Review:
    """What a reader noted: a call of their own, in words, and whether they made it before they saw score and maps."""

    call: Literal["FAKE", "REAL", "undecided"]
    notes: str
    reviewer: str
    noted: str
    """When, in ISO 8601, as the reader's browser says."""
    blind: bool
