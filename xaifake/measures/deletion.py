"""Deletion: how fast the FAKE score falls as regions are hidden, those with the most evidence for FAKE first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xaifake.measures._curves import Curve


@dataclass(frozen=True)
class Deletion(Curve):
    """The area under the score as the map's regions are hidden, the first ones first: lower than random is better.

    Source: Petsiuk et al. 2018 (RISE), the deletion metric. Deviations: regions are hidden, not pixels, behind the game's
    fill and one other, with its soft edges; the FAKE score is followed whatever was predicted, as logit and as probability.
    """

    shows: ClassVar[bool] = False
