"""Which share of the evidence lies on each part, and where none is expected, by outcome and by label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.drives.means import ALL, OUTCOMES
from xaifake.faces.groups import ROLL_UPS
from xaifake.faces.parts import PARTS
from xaifake.records import Interval, PartShare, Place, Scores

Numbers = NDArray[np.float64]

PLACES = {"outside_face": ROLL_UPS["outside face"], "frame": ("frame",)}
LABELS = ("FAKE", "REAL")
LEVEL = 0.95


class Shares:
    """The shares of all pictures that have a mesh and a map that is not empty."""

    def __init__(self, scores: Scores) -> None:
        rows = np.flatnonzero(np.nansum(scores.evidence, axis=1) > 0)
        self._evidence = scores.evidence[rows].astype(np.float64)
        self._area = scores.area[rows].astype(np.float64)
        outcomes = scores.outcomes
        self._outcomes = [outcomes[row] for row in rows]
        self._labels = [scores.entries[row].label for row in rows]

    def parts(self) -> tuple[PartShare, ...]:
        """Each of the sixteen parts, in their order; none where no picture has shares."""
        return tuple(PartShare(part, *self._told((part,))) for part in PARTS if len(self._area))

    def places(self) -> tuple[Place, ...]:
        """Outside the face (ears, hair, neck, clothes, background and frame), and the frame alone."""
        return tuple(
            Place(name, *self._told(parts), means_by(self._labels, self._on(parts), LABELS, (0, 1)))
            for name, parts in PLACES.items()
            if len(self._area)
        )

    def _told(self, parts: Sequence[str]) -> tuple[float, dict[str, Interval]]:
        area = float(self._area[:, _columns(parts)].sum(axis=1).mean())
        return area, means_by(self._outcomes, self._on(parts), OUTCOMES, (0, 1))

    def _on(self, parts: Sequence[str]) -> Numbers:
        return np.asarray(self._evidence[:, _columns(parts)].sum(axis=1))


def means_by(
    kinds: Sequence[str | None], values: Numbers, told: Sequence[str], within: tuple[float, float] = (-np.inf, np.inf)
) -> dict[str, Interval]:
    """The mean of (n,) values over each kind of picture that has two or more, and over ``all`` if that is told.

    The interval is Student's, cut to what the values can be.
    """
    chosen = {kind: values[np.array([kind in (one, ALL) for one in kinds], dtype=bool)] for kind in told}
    return {kind: _mean(mine, within) for kind, mine in chosen.items() if len(mine) >= 2}


def _mean(values: Numbers, within: tuple[float, float]) -> Interval:
    from scipy.special import stdtrit

    n, value = len(values), float(values.mean())
    reach = float(stdtrit(n - 1, (1 + LEVEL) / 2) * values.std(ddof=1) / np.sqrt(n))
    return Interval(value, max(value - reach, within[0]), min(value + reach, within[1]), n)


def _columns(parts: Sequence[str]) -> list[int]:
    return [PARTS.index(part) for part in parts]
