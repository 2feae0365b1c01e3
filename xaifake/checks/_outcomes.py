"""When a number is enough: the change of a logit that counts, and outcomes in words."""

from __future__ import annotations

from typing import Any

import numpy as np

from xaifake.records import Attribution
from xaifake.records.trust import Outcome

MATERIAL = 0.2
"""The least change of a logit that counts: a score of 0.50 becomes 0.55. Nothing that was hidden moved an untrained detector
by half as much (docs/decisions/0014)."""


def outcome(number: float, held_up: float, mixed: float) -> Outcome:
    """The outcome of a number that is the better the greater it is.

    >>> outcome(0.6, held_up=0.8, mixed=0.5)
    'mixed'
    """
    return "held up" if number >= held_up else "mixed" if number >= mixed else "did not hold up"


def untested(reason: str) -> dict[str, Any]:
    """What a check's record says where it was not tested."""
    return {"outcome": "not tested", "reason": reason}


def greatest(attribution: Attribution) -> float:
    """The greatest magnitude among the values of regions and the sum of all values: what a map says of the logit at most."""
    each = attribution.values if attribution.region_values is None else attribution.region_values
    alone = 0.0 if attribution.region_values is None else float(np.abs(each).max())
    return max(alone, abs(float(each.sum(dtype=np.float64))))
