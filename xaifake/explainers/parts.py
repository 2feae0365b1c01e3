"""Parts of the face: what each of ten or twelve adds to the logit, exactly where every coalition can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.explainers import _shapley
from xaifake.explainers._results import above_noise, of_regions
from xaifake.faces.groups import GROUPS, grouped
from xaifake.faces.head import head_of
from xaifake.faces.parts import BAND, parts_of
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine
from xaifake.records import Attribution, Coalitions, Omission, View

SOFTNESS = BAND / 2
"""Standard deviation of the parts' soft edges in heights of the mesh: a quarter of the boundary's width, the thinnest part.
Softer ones would leave little of it."""

Named = tuple[RegionGame, tuple[str, ...]]
"""A game, and the names of its players."""


@dataclass(frozen=True)
class Parts:
    """The Shapley value of each part of the face (Shapley 1953; see `xaifake.explainers._shapley`).

    The players are the sixteen parts of `xaifake.faces.parts`, grouped so that they are few: with ``2 ** players <= calls``
    every coalition is scored, the values are exact, sum to the logit of the whole view less that of the hidden one, and the
    strongest interactions of pairs are told. With fewer calls they are estimated, and each has its standard error. Edges
    between parts are soft by the size of the face, unless the game was told how soft.

    Attributes:
        calls: model calls for each picture, at most.
        players: 10, which takes each eye with its brow and both cheeks together, or 12, which takes them apart.
    """

    title: ClassVar[str] = "Parts of the face"
    calls: int = 1100
    players: int = 10

    def __post_init__(self) -> None:
        if self.players not in GROUPS:
            raise UsageError(
                f"{self.title} are grouped to {' or '.join(map(str, GROUPS))} players. Received: players {self.players}"
            )

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution | Omission]:
        """One value a part, painted on the parts; a face without a mesh has no parts."""
        answers = [self._divided(game) for game in games]
        divided = [answer for answer in answers if not isinstance(answer, Omission)]
        asked = [self._ask(game.players, seed) for game, _ in divided]
        logits = play(engine, [game for game, _ in divided], asked)
        solved = (self._attribution(*each, seed) for each in zip(divided, asked, logits, strict=True))
        return [answer if isinstance(answer, Omission) else next(solved) for answer in answers]

    def _divided(self, game: RegionGame) -> Named | Omission:
        """The game whose players are parts."""
        if game.view.face.landmarks is None:
            return self._omission("No face mesh was found in this picture, so nothing tells where the parts of a face lie.")
        landmarks = _landmarks_in(game.view)
        labels, names = grouped(parts_of(landmarks, game.view.pixels.shape[:2]), self.players)
        return game.among(labels, feather=SOFTNESS * head_of(landmarks).height), names

    def _omission(self, reason: str) -> Omission:
        return Omission(plugins.name_of(type(self)), reason)

    def _ask(self, players: int, seed: int) -> Coalitions:
        if self.calls >= 2**players:
            return _shapley.coalitions(players)
        return _shapley.paired(players, self.calls, seed)

    def _attribution(self, divided: Named, asked: Coalitions, logits: NDArray[np.float64], seed: int) -> Attribution:
        game, names = divided
        record: dict[str, Any] = {"seed": None}
        exact = len(asked) == 2**game.players
        largest = float(np.abs(logits).max())
        if exact:
            empty, full = float(logits[0]), float(logits[-1])
            values, interactions = _shapley.exact(logits)
            record["interactions"] = _shapley.strongest(above_noise(interactions, largest))
        else:
            empty, full = logits[:2].tolist()
            values, errors = _shapley.estimate(asked, logits, seed)
            record.update(region_errors=errors.astype(np.float32), seed=seed)
        gap = abs(float(values.astype(np.float32).sum(dtype=np.float64)) - (full - empty))
        return of_regions(
            self,
            game,
            values,
            largest,
            names=names,
            calls=len(asked),
            diagnostics={"exact": exact, "full": full, "empty": empty, "additivity_gap": gap},
            **record,
        )


def _landmarks_in(view: View) -> NDArray[np.float32]:
    """The mesh in pixels of the view, (468, 2)."""
    box, (height, width) = view.face.box, view.pixels.shape[:2]
    scale = np.array([width / box.width, height / box.height])
    return np.asarray((view.face.landmarks - np.array([box.left, box.top])) * scale, np.float32)
