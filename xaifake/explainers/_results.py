"""How every explainer's values become evidence: the floor below which a map is silent, and the record of how it was made."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xaifake import plugins
from xaifake.errors import NumbersError
from xaifake.game.band_game import BandGame
from xaifake.game.game import Game
from xaifake.game.region_game import RegionGame
from xaifake.records import Attribution

HALVES = {"bfloat16": (16, 2.0**-7), "float16": (13, 2.0**-10)}
"""Of each half-precision type the bits of a float32 that it drops, and its step at 1."""
TELLING = 8
"""So many logits that all fit a half-precision type were computed in it; of fewer it may be chance."""


def above_noise(values: ArrayLike, logits: ArrayLike) -> NDArray[np.float32]:
    """The values, or all zeros where none of them rises above the rounding of the logits that they explain.

    float32 carries a logit to about 1.2e-7 of its size; a map whose largest magnitude stays below eight such steps is
    rounding, not evidence. Logits of a detector that reckons in half precision have coarser steps. The whole map is silent
    or none of it: single small values beside large ones stay.

    >>> above_noise([1e-9, -2e-9], [4.0]).tolist()
    [0.0, 0.0]

    Raises:
        NumbersError: a value is beyond what float32 holds.
    """
    with np.errstate(over="ignore"):  # told below
        result = np.asarray(values, np.float32)
    if not np.isfinite(result).all():
        raise NumbersError(
            "What a method made of the detector's answers is more than float32 holds. Scores and gradients leave room for "
            f"sums; check its weights, and the contract's range. Received: logits up to {np.abs(logits).max():.3g}"
        )
    floor = 8 * _step(np.abs(np.asarray(logits, np.float32)).ravel())
    return np.zeros_like(result) if float(np.abs(result).max(initial=0.0)) <= floor else result


def _step(magnitudes: NDArray[np.float32]) -> float:
    """The rounding of the greatest of some logits (N,), in the coarsest type that they may have been computed in."""
    bits, largest = int(np.bitwise_or.reduce(magnitudes.view(np.uint32))), float(magnitudes.max())
    halves = [step * largest for dropped, step in HALVES.values() if not bits % (1 << dropped)]
    single = float(np.finfo(np.float32).eps) * max(1.0, largest)
    return max([single, *halves]) if len(magnitudes) >= TELLING else single


def of_map(explainer: Any, game: Game, values: ArrayLike, logits: ArrayLike, **record: Any) -> Attribution:
    """The attribution of a map (gh, gw), silent where it is rounding.

    Args:
        explainer: whose values they are, a dataclass; its module's name is the method's.
        game: what they explain.
        values: the map on its native grid.
        logits: those that were compared.
        record: the other fields of `Attribution`; the domain is the picture's unless it is given.
    """
    return Attribution(
        method=plugins.name_of(type(explainer)),
        values=above_noise(values, logits),
        box=game.view.face.box,
        picture_size=game.view.face.picture.pixels.shape[:2],
        options=asdict(explainer),
        **{"domain": "pixel", **record},
    )


def of_regions(
    explainer: Any, game: RegionGame | BandGame, values: ArrayLike, logits: ArrayLike, **record: Any
) -> Attribution:
    """The attribution of the game's regions or bands, one value (players,) in logits each, with the game's settings.

    Views are masked before any transform, so the regions lie on the face also where the detector's domain is another.
    """
    silenced = above_noise(values, logits)
    record["diagnostics"] = {**record.get("diagnostics", {}), **game.settings}
    regions = {"unit": "logit per region", "regions": game.labels, "region_values": silenced}
    return of_map(explainer, game, silenced[game.labels], logits, **regions, **record)
