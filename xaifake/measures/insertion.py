"""Insertion: how fast the FAKE score rises as regions are shown, those with the most evidence for FAKE first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xaifake.measures._curves import Curve


@dataclass(frozen=True)
class Insertion(Curve):
    """The area under the score as the map's regions are shown on nothing but the fill: higher than random is better.

    Source: Petsiuk et al. 2018 (RISE), the insertion metric. Deviations: as `xaifake.measures.deletion` has them.
    """

    shows: ClassVar[bool] = True
