"""An audit held to its bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from xaifake.audit.gating.bounds import BOUNDS
from xaifake.audit.gating.measuring import MEASURES
from xaifake.records import Audit, Interval

Kept = Literal["within", "outside", "not measured"]
SCHEMA = "xaifake.check/1"


@dataclass(frozen=True)
class Judged:
    """One bound and what the audit says of it.

    ``value`` is the quantity, None where the audit does not tell it; ``fails`` says whether a check fails by this.
    """

    name: str
    limit: float
    outcome: Kept
    fails: bool
    value: Interval | None = None
    note: str = ""

    @property
    def flag(self) -> str:
        """The bound as the command line has it: ``max-frame``."""
        return self.name.replace("_", "-")

    @property
    def demand(self) -> str:
        """The bound in signs: ``at most 0.35``."""
        return f"{'at most' if BOUNDS[self.name].side == 'max' else 'at least'} {self.limit:g}"

    @property
    def told(self) -> str:
        """What the audit says, with its interval where that is no point."""
        if self.value is None:
            return "this audit does not tell"
        exact = self.value.low == self.value.high
        number = f"{self.value.value:.4g}" if exact else str(self.value)
        return f"{number} ({self.note})" if self.note else number


def judged(
    audit: Audit, limits: Mapping[str, float], *, by_interval: bool = False, skip_unmeasured: bool = False
) -> tuple[Judged, ...]:
    """Each bound in the order of `BOUNDS`, held against the estimate.

    Args:
        audit: what is held to them.
        limits: by a bound's name.
        by_interval: hold the unfavourable end of the 95 % interval against the bound instead: it is kept only where chance
            does not explain that it is.
        skip_unmeasured: a quantity that this audit does not tell, as rates where there are no labels, does not fail.
    """
    return tuple(_judged(audit, name, limits[name], by_interval, skip_unmeasured) for name in BOUNDS if name in limits)


def _judged(audit: Audit, name: str, limit: float, by_interval: bool, skip_unmeasured: bool) -> Judged:
    measured = MEASURES[name](audit)
    if measured is None:
        return Judged(name, limit, "not measured", not skip_unmeasured)
    value = measured.value
    if BOUNDS[name].side == "max":
        outside = (value.high if by_interval else value.value) > limit
    else:
        outside = (value.low if by_interval else value.value) < limit
    return Judged(name, limit, "outside" if outside else "within", outside, value, measured.note)


def record_of(name: str, found: Sequence[Judged], *, by_interval: bool) -> dict[str, Any]:
    """The same as plain data, ready for JSON; ``name`` is the audit's address."""
    return {
        "schema": SCHEMA,
        "audit": name,
        "by_interval": by_interval,
        "holds": not any(one.fails for one in found),
        "bounds": [
            {
                "name": one.name,
                "limit": one.limit,
                "outcome": one.outcome,
                "fails": one.fails,
                "value": one.value and one.value.value,
                "low": one.value and one.value.low,
                "high": one.value and one.value.high,
                "n": one.value and one.value.n,
                "note": one.note,
            }
            for one in found
        ],
    }
