"""What is drawn as evidence: values above noise whose sign is settled. Others are hatched, however strong they look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Attribution, Case, Check

WEAK = "weak"
"""A check's reason where nothing moves the score enough."""


@dataclass(frozen=True, eq=False)
class Settled:
    """A map without what is not settled.

    Attributes:
        attribution: the map, its regions of unsettled sign at zero.
        hatched: (gh, gw), where those regions lie on the native grid.
        turned: which regions they are.
        regions: how many there are in all.
    """

    attribution: Attribution
    hatched: NDArray[np.bool_]
    turned: tuple[int, ...]
    regions: int

    @property
    def count(self) -> int:
        """How many regions have no settled sign."""
        return len(self.turned)


def settled(attribution: Attribution, checks: Iterable[Check] = ()) -> Settled:
    """A map without the regions whose sign its own errors, or other seeds as the check ``repeats`` tells, may turn.

    A map without regions has its cells for players, row by row.
    """
    players = attribution.regions
    if players is None:
        players = np.arange(attribution.values.size, dtype=np.int32).reshape(attribution.grid)
    turned, region_values = _turned(attribution, checks), attribution.region_values
    count = int(players.max()) + 1 if region_values is None else len(region_values)  # a region may have no pixel
    is_open = np.isin(np.arange(count), turned)
    hatched = is_open[players]
    values = np.where(hatched, np.float32(0), attribution.values)
    if region_values is not None:
        region_values = np.where(is_open, np.float32(0), region_values)
    return Settled(replace(attribution, values=values, region_values=region_values), hatched, tuple(turned), count)


def settled_maps(case: Case) -> Mapping[str, Settled]:
    """Every map of a case by its name, each without what is not settled."""
    return {name: settled(attribution, case.checks) for name, attribution in silenced(case).attributions.items()}


def silenced(case: Case) -> Case:
    """The case with empty maps where a check found that too little moves the score to tell evidence from noise."""
    weak = {check.method for check in case.checks if check.reason == WEAK}
    maps = {name: _emptied(one) if name in weak else one for name, one in case.attributions.items()}
    return replace(case, attributions=maps)


def _emptied(attribution: Attribution) -> Attribution:
    regions = attribution.region_values
    nothing = None if regions is None else np.zeros_like(regions)
    return replace(
        attribution, values=np.zeros_like(attribution.values), region_values=nothing, region_errors=None, interactions=()
    )


def _turned(attribution: Attribution, checks: Iterable[Check]) -> list[int]:
    told = attribution.unsettled
    turned = set() if told is None else set(np.flatnonzero(told).tolist())
    for check in checks:
        if check.name == "repeats" and check.method == attribution.method:
            turned.update(check.measures.get("flipped", ()))
    return sorted(turned)
