"""Maps made by hand on the planted view of `engines`, and the picture that they explain. No TensorFlow."""

from __future__ import annotations

from typing import Any

import numpy as np
from engines import FAKE, REAL, SIZE, planted_view

from xaifake.game.region_game import RegionGame, new_game
from xaifake.game.regions import grid
from xaifake.interfaces import Explained
from xaifake.records import Attribution, Prediction, View


def map_of(method: str, values: np.ndarray, domain: str = "pixel", **fields: Any) -> Attribution:
    """A map over the whole of the planted view, in logits per cell."""
    box, record = planted_view().face.box, {"unit": "logit per cell"} | fields
    return Attribution(
        method,
        np.asarray(values, np.float32),
        domain=domain,
        box=box,
        picture_size=(SIZE, SIZE),
        options={},
        seed=None,
        calls=0,
        **record,
    )


def true_map(sign: float = 1.0) -> np.ndarray:
    """What `engines.planted` sees, (SIZE, SIZE)."""
    values = np.zeros((SIZE, SIZE), np.float32)
    values[FAKE.rows_and_columns], values[REAL.rows_and_columns] = sign, -sign / 2
    return values


def squares(view: View | None = None, side: int = 12, fill: str = "mean") -> RegionGame:
    """A game of side × side squares: of twelve times twelve the planted places hold sixteen each, without an edge."""
    return new_game(view or planted_view(), fill=fill).among(grid((SIZE, SIZE), side, side))


def explained(game: RegionGame, *attributions: Attribution) -> Explained:
    """The picture of that game with nothing but these maps."""
    return Explained(game, Prediction(0.0), {}, {attribution.method: attribution for attribution in attributions})
