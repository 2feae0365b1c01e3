"""How every explainer's values become evidence: the floor below which a map is silent, and the record of how it was made."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xaifake import plugins
from xaifake.game.band_game import BandGame
from xaifake.game.game import Game
from xaifake.game.region_game import RegionGame
from xaifake.records import Attribution


def above_noise(values: ArrayLike, logit: float) -> NDArray[np.float32]:
    """The values, or all zeros where none of them rises above the rounding of the logit that they explain.

    float32 carries a logit to about 1.2e-7 of its size; a map whose largest magnitude stays below eight such steps is
    rounding, not evidence. The whole map is silent or none of it: single small values beside large ones stay.

    >>> above_noise([1e-9, -2e-9], 4.0).tolist()
    [0.0, 0.0]
    """
    result = np.asarray(values, np.float32)
    floor = 8 * float(np.finfo(np.float32).eps) * max(1.0, abs(logit))
    return np.zeros_like(result) if float(np.abs(result).max(initial=0.0)) <= floor else result


def of_map(explainer: Any, game: Game, values: ArrayLike, logit: float, **record: Any) -> Attribution:
    """The attribution of a map (gh, gw), silent where it is rounding.

    Args:
        explainer: whose values they are, a dataclass; its module's name is the method's.
        game: what they explain.
        values: the map on its native grid.
        logit: the greatest magnitude among the logits that were compared.
        record: the other fields of `Attribution`; the domain is the picture's unless it is given.
    """
    return Attribution(
        method=plugins.name_of(type(explainer)),
        values=above_noise(values, logit),
        box=game.view.face.box,
        picture_size=game.view.face.picture.pixels.shape[:2],
        options=asdict(explainer),
        **{"domain": "pixel", **record},
    )


def of_regions(explainer: Any, game: RegionGame | BandGame, values: ArrayLike, logit: float, **record: Any) -> Attribution:
    """The attribution of the game's regions or bands, one value (players,) in logits each, with the game's settings.

    Views are masked before any transform, so the regions lie on the face also where the detector's domain is another.
    """
    silenced = above_noise(values, logit)
    record["diagnostics"] = {**record.get("diagnostics", {}), **game.settings}
    regions = {"unit": "logit per region", "regions": game.labels, "region_values": silenced}
    return of_map(explainer, game, silenced[game.labels], logit, **regions, **record)
