"""The table of parts: one row a part, the greatest value first."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from xaifake.records import Attribution


@dataclass(frozen=True)
class Row:
    """One part."""

    player: int
    """Its label in the attribution's regions."""
    name: str
    value: float
    error: float | None
    """The value's standard error in logits, or None where it is exact."""
    share: float
    """Of what the detector received, 0..1."""
    change: float | None
    """What hiding this part alone does to the logit; None where that was not asked."""
    is_settled: bool = True
    """Whether neither the value's error nor other seeds turn its sign."""

    @property
    def density(self) -> float:
        """Logits per 1 % of the area."""
        return self.value / (100 * self.share)

    @property
    def side(self) -> str:
        """FAKE, REAL, or nothing where the value is zero or its sign is not settled."""
        value = self.value if self.is_settled else 0
        return "FAKE" if value > 0 else "REAL" if value < 0 else ""


def rows_of(attribution: Attribution, unsettled: Container[int] = ()) -> tuple[Row, ...]:
    """The parts of an attribution of `xaifake.explainers.parts`, by the magnitude of their values.

    ``unsettled`` are the players whose sign may turn, as `xaifake.settled` finds them.
    """
    regions, values, errors = attribution.regions, attribution.region_values, attribution.region_errors
    if regions is None or values is None:
        raise ValueError(f"{attribution.method} has no parts")
    told = attribution.diagnostics
    without: Sequence[float | None] = told.get("without", [None] * len(values))
    shares = np.bincount(regions.ravel(), minlength=len(values)) / regions.size
    rows = (
        Row(
            player=player,
            name=name,
            value=float(values[player]),
            error=None if errors is None else float(errors[player]),
            share=float(shares[player]),
            change=None if without[player] is None else without[player] - told["full"],
            is_settled=player not in unsettled,
        )
        for player, name in enumerate(attribution.names)
    )
    return tuple(sorted(rows, key=lambda row: -abs(row.value)))
