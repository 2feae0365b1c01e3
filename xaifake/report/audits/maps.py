"""The small maps of a gallery: in the unit and on the scale in which they are drawn, and as few bytes as draw them alike."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.domains import has_sign
from xaifake.placing import place
from xaifake.records import Attribution, Box, Exhibit, Shown
from xaifake.report.cards import card
from xaifake.report.colours import RAMP, SENSITIVITY_RAMP, STEPS
from xaifake.report.figures import map_alone
from xaifake.report.numbers import signed
from xaifake.report.scales import drawn, limit_of
from xaifake.report.sentences import evidence_sentence, unit
from xaifake.report.strongest import strongest
from xaifake.settled import Settled

HATCHED = -STEPS - 1
"""The level of a cell whose sign is not settled."""
REDUCED = 28
"""Rows or columns to which region maps and fine grids are brought (see `xaifake.records.Shown`)."""
STILL = 112
"""The side of a map that is drawn without script, in pixels."""

Kind = tuple[str, str]
"""Unit and domain: maps of one kind share a scale."""


@dataclass(frozen=True, eq=False)
class SmallMap:
    """One map of an exhibit in the unit in which it is drawn; cells that are not settled are 0 there, and hatched."""

    picture: Attribution
    hatched: NDArray[np.bool_]
    cells: bool
    sentence: str
    """The map in words, also its alternative text."""

    @property
    def method(self) -> str:
        return self.picture.method

    @property
    def kind(self) -> Kind:
        return self.picture.unit, self.picture.domain

    @cached_property
    def own(self) -> float:
        """The magnitude that takes the strongest colour on the map's own scale."""
        return limit_of([self.picture.values])

    def levels(self, common: float) -> tuple[NDArray[np.int8], float]:
        """The values in so many parts of a peak: `HATCHED`, or -127..127; and the peak.

        What exceeds both of its scales is saturated on either, so it is cut off there.
        """
        values = self.picture.values
        peak = min(float(np.abs(values).max()), max(common, self.own)) or 1.0
        parts = np.rint(np.clip(values / peak, -1, 1) * STEPS)
        return np.where(self.hatched, HATCHED, parts).astype(np.int8), peak

    def data(self, methods: Mapping[str, int], common: float) -> dict[str, Any]:
        """What the page's script draws: see ``drawing.js``."""
        levels, peak = self.levels(common)
        return {
            "method": methods[self.method],
            "rows": levels.shape[0],
            "columns": levels.shape[1],
            "levels": base64.b64encode(levels.tobytes()).decode(),
            "peak": _short(peak),
            "own": _short(self.own),
            "ownTold": signed(self.own),
            "cells": self.cells,
            "isReduced": max(levels.shape) >= REDUCED,
            "told": self.sentence,
        }

    def still(self, common: float) -> str:
        """The map in colours on the common scale, as the data URI of a transparent PNG."""
        times = max(1, round(STILL / max(self.picture.grid)))
        height, width = (cells * times for cells in self.picture.grid)
        values = place(self.picture.values, (0, 0, height, width), (height, width), smooth=not self.cells)
        hatched = np.kron(self.hatched, np.ones((times, times), bool))
        return map_alone(Settled(_lone(self.picture, values), hatched, (), 0), common)


@dataclass(frozen=True)
class Method:
    """One method of a gallery, and the scale that its maps share with all others of their kind."""

    name: str
    title: str
    unit: str
    has_sign: bool
    in_plane: bool
    """Whether its maps lie among frequencies, and so on no picture."""
    common: float

    @property
    def data(self) -> dict[str, Any]:
        """What the page's script draws by: see ``drawing.js``."""
        return {
            "name": self.name,
            "title": self.title,
            "unit": unit(self.unit),
            "hasSign": self.has_sign,
            "inPlane": self.in_plane,
            "common": _short(self.common),
            "commonTold": signed(self.common),
        }


def small_maps(exhibit: Exhibit, whole: str) -> tuple[SmallMap, ...]:
    """The maps of an exhibit. ``whole`` says what its areas are shares of."""
    return tuple(_small(shown, whole) for shown in exhibit.maps)


def methods_of(maps: Sequence[SmallMap]) -> tuple[Method, ...]:
    """The methods of many maps, Grad-CAM first, which every picture has; all maps of a kind share one scale."""
    kinds: dict[Kind, list[NDArray[np.float32]]] = {}
    firsts: dict[str, SmallMap] = {}
    for one in maps:
        kinds.setdefault(one.kind, []).append(one.picture.values)
        firsts.setdefault(one.method, one)
    limits = {kind: limit_of(values) for kind, values in kinds.items()}
    return tuple(
        Method(
            name=name,
            title=card(name).title,
            unit=first.picture.unit,
            has_sign=has_sign(first.picture),
            in_plane=first.picture.domain != "pixel",
            common=limits[first.kind],
        )
        for name, first in sorted(firsts.items(), key=lambda item: item[0] != "gradcam")
    )


def ramps() -> dict[str, str]:
    """The colours of a map with sides and of one without, RGBA from -127 to 127, in base64."""
    both = {"signed": RAMP, "sensitive": SENSITIVITY_RAMP}
    return {name: base64.b64encode(ramp.tobytes()).decode() for name, ramp in both.items()}


def _small(shown: Shown, whole: str) -> SmallMap:
    hatched = np.isnan(shown.values)
    raw = _lone(shown, np.where(hatched, np.float32(0), shown.values))
    return SmallMap(drawn(raw), hatched, shown.cells, evidence_sentence(raw, strongest(raw), whole))


def _lone(told: Shown | Attribution, values: NDArray[np.float32]) -> Attribution:
    """A map on a grid of its own, which is all that drawing and words need."""
    rows, columns = values.shape
    return Attribution(
        method=told.method,
        values=values,
        unit=told.unit,
        domain=told.domain,
        box=Box(0, 0, rows, columns),
        picture_size=(rows, columns),
        options={},
        seed=None,
        calls=0,
    )


def _short(value: float) -> float:
    """A number with as many digits as colours can show."""
    return float(f"{value:.6g}")
