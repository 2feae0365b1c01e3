"""What is drawn, and on which scale: evidence per area, symmetric limits, one of them common to all that share a unit.

A region of a quarter of the face that carries 2 logits is not as dense as an eye that carries 2. So evidence that belongs
to an area, a cell or a region, is drawn as a density: its value over the share of the face that it covers. In that unit
Grad-CAM, SHAP and LIME can be compared; Grad-CAM's logits are first-order (gradient times activation), SHAP's and LIME's
come from masking. Evidence in any other unit is drawn as it is, on a scale of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Attribution

DENSITY = "logits per 1 % of the area"
QUANTILE = 0.995
"""The share of the area that a limit covers: the strongest half percent saturates."""


@dataclass(frozen=True)
class Scale:
    """The magnitudes that take the strongest colour in one method's picture."""

    unit: str
    own: float
    common: float
    shared_with: tuple[str, ...]
    """The other methods drawn on the same common scale."""


def shares(attribution: Attribution) -> NDArray[np.float64]:
    """The share of the box that the cell or region at each place of the native grid covers: (gh, gw), in 0..1."""
    if attribution.regions is None:
        return np.full(attribution.grid, 1 / attribution.values.size)
    sizes = np.bincount(attribution.regions.ravel()) / attribution.regions.size
    return np.asarray(sizes[attribution.regions])


def drawn(attribution: Attribution) -> Attribution:
    """The attribution in the unit in which it is drawn: evidence of areas as a density, any other as it is.

    One cell of a 2 × 2 grid covers 25 % of the face, so 5 logits there are 0.2 logits per 1 % of it.
    """
    if attribution.regions is None and attribution.unit != "logit per cell":
        return attribution
    density = attribution.values / (100 * shares(attribution))
    return replace(attribution, values=density.astype(np.float32), unit=DENSITY)


def limit_of(maps: Sequence[NDArray[np.float32]]) -> float:
    """The magnitude that 99.5 % of the area of these maps does not exceed, each map counting as one area.

    Maps without evidence do not count. Where even that much area is without evidence, the greatest magnitude; 0 where
    there is none at all.
    """
    full = [np.abs(values) for values in maps if np.any(values)]
    if not full:
        return 0.0
    magnitudes = np.concatenate([values.ravel() for values in full]).astype(np.float64)
    weights = np.concatenate([np.full(values.size, 1 / values.size) for values in full])
    limit = float(np.quantile(magnitudes, QUANTILE, weights=weights, method="inverted_cdf"))
    return limit or float(magnitudes.max())


def scales(attributions: Mapping[str, Attribution]) -> dict[str, Scale]:
    """The scale of each method's picture: its own limit, and the one it shares with the methods of the same unit.

    Only maps of the same domain share a scale: evidence per area of a spectrum is not evidence per area of a face. Maps of
    players with names, which are shown apart, share theirs among themselves.
    """
    pictures = {name: drawn(attribution) for name, attribution in attributions.items()}
    return {name: _scale(name, pictures) for name in pictures}


def _scale(name: str, pictures: Mapping[str, Attribution]) -> Scale:
    mine = pictures[name]
    kind = (DENSITY, mine.domain, bool(mine.names))
    peers = [
        other for other, map_ in pictures.items() if (map_.unit, map_.domain, bool(map_.names)) == kind and not map_.is_empty
    ]
    if name not in peers:
        peers = [name]
    return Scale(
        unit=mine.unit,
        own=limit_of([mine.values]),
        common=limit_of([pictures[peer].values for peer in peers]),
        shared_with=tuple(peer for peer in peers if peer != name),
    )
