"""What checks and measures are given: pictures with what explainers of NumPy engines said of them. No TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xaifake.game import whole
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine, Explained, Explainer
from xaifake.records import Attribution, Prediction


@dataclass(frozen=True)
class Grid:
    """A coarse map that asks the detector once: the view's mean grey in each of its cells, less that of the fill."""

    title: ClassVar[str] = "Grid"
    calls: int = 1
    cells: int = 4

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:  # noqa: ARG002 - nothing here is random
        engine.score(np.stack([game.view.pixels for game in games]))
        return [attribution_of(game, self._means(game.view.pixels - game.fill), calls=1) for game in games]

    def _means(self, pixels: np.ndarray) -> np.ndarray:
        side = len(pixels) // self.cells
        return pixels.mean(axis=2).reshape(self.cells, side, self.cells, side).mean(axis=(1, 3))


def attribution_of(game: RegionGame, values: np.ndarray, method: str = "grid", **fields: object) -> Attribution:
    """A map of the game's view: of a grid (gh, gw), or of the game's regions where values are (players,)."""
    face = game.view.face
    if values.ndim == 1:
        fields |= {"regions": game.labels, "region_values": values.astype(np.float32)}
        values = values[game.labels]
    record = {"unit": "logit", "domain": "pixel", "options": {}, "seed": None, "calls": 0, **fields}
    return Attribution(method, values.astype(np.float32), box=face.box, picture_size=face.picture.pixels.shape[:2], **record)


def explained_by(
    engine: Engine, game: RegionGame, explainers: dict[str, Explainer], mask: np.ndarray | None = None
) -> Explained:
    """A picture as the audit hands it on, the whole view scored before."""
    (logit,) = whole.score(engine, [game])
    told = {name: explainer.explain(engine, [game], 0)[0] for name, explainer in explainers.items()}
    return Explained(game, Prediction(logit), explainers, told, mask)


def explained_as(engine: Engine, game: RegionGame, *attributions: Attribution, mask: np.ndarray | None = None) -> Explained:
    """A picture of which those maps were told, by nobody who could be asked again."""
    (logit,) = whole.score(engine, [game])
    return Explained(game, Prediction(logit), {}, {each.method: each for each in attributions}, mask)
