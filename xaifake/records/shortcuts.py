"""Whether a detector takes a shortcut: what a change that should not matter does to its scores, class by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xaifake.records.arrays import frozen
from xaifake.records.data import Truth
from xaifake.records.evidence import Options
from xaifake.records.performance import Interval

Seen = Literal["confirmed", "not seen", "not tested"]
BEYOND = "_beyond"
"""Ends the name of an effect that is what a change does beyond its control."""


@dataclass(frozen=True, eq=False)
class Trials:
    """The logits of a sample of pictures and of their changed copies, one row a picture.

    Attributes:
        ids: of the pictures.
        labels: FAKE, REAL, or None where nobody says.
        before: (n,) float64 logits of the pictures as they are.
        after: logits of each changed copy by its name, (n,) float64; NaN where the copy could not be made.
        threshold: the logit from which a picture is called FAKE.
        identities: whose face each is, or None.
        groups: the user's groups, or None.
    """

    ids: tuple[str, ...]
    labels: tuple[Truth | None, ...]
    before: NDArray[np.float64]
    after: Mapping[str, NDArray[np.float64]]
    threshold: float
    identities: Sequence[str | None] = ()
    groups: Sequence[str | None] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "before", frozen(self.before))
        object.__setattr__(self, "after", MappingProxyType({name: frozen(a) for name, a in self.after.items()}))

    @property
    def fake(self) -> NDArray[np.bool_]:
        """(n,), True where the label is FAKE."""
        return np.array([label == "FAKE" for label in self.labels], np.bool_)

    @property
    def real(self) -> NDArray[np.bool_]:
        """(n,), True where the label is REAL."""
        return np.array([label == "REAL" for label in self.labels], np.bool_)


@dataclass(frozen=True)
class Effect:
    """What one change does to the pictures of one label (``REAL``, ``FAKE`` or ``all``).

    ``shift`` is the mean change of the logit, with the interval that the test judges by; ``flips`` the share of pictures
    whose prediction it turns.
    """

    change: str
    label: str
    shift: Interval
    flips: Interval


@dataclass(frozen=True)
class Specimen:
    """One picture of a test, before and after: WebP display copies, in base64, of what the detector received; its logits."""

    id: str
    change: str
    before: str
    after: str
    logit_before: float
    logit_after: float


@dataclass(frozen=True)
class Shortcut:
    """What came of one test.

    ``measures`` are the numbers that the outcome was judged by, in logits unless their name says otherwise. ``reason`` says
    why it was not tested: a short name whose sentence the report holds.
    """

    name: str
    outcome: Seen
    effects: tuple[Effect, ...] = ()
    measures: Options = field(default_factory=dict)
    specimens: tuple[Specimen, ...] = ()
    reason: str | None = None
    options: Options = field(default_factory=dict)
    calls: int = 0

    def __post_init__(self) -> None:
        if (self.outcome == "not tested") != (self.reason is not None):
            raise ValueError(f"A test gives a reason where it was not made, and only there. Received: {self}")
