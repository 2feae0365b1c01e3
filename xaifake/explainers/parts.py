"""Parts of the face: what each of ten or twelve adds to the logit, estimated, or exactly where every coalition is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.explainers import _sampled, _shapley
from xaifake.explainers._anytime import Answers, Anytime, Values
from xaifake.explainers._results import above_noise, of_regions
from xaifake.faces.groups import GROUPS, grouped
from xaifake.faces.head import head_of
from xaifake.faces.parts import BAND, parts_of
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine
from xaifake.records import Attribution, Coalitions, Interaction, Omission, View

SOFTNESS = BAND / 2
"""Standard deviation of the parts' soft edges in heights of the mesh: a quarter of the boundary's width, the thinnest part.
Softer ones would leave little of it."""


@dataclass(frozen=True, eq=False)
class _Alone:
    """All coalitions asked, those without one part among them, (N, players) and their logits (N,), and how many of the
    latter were known already.
    """

    asked: Coalitions
    logits: NDArray[np.float64]
    saved: int

    @property
    def without(self) -> tuple[float | None, ...]:
        """The logit with each part alone hidden; None where no calls were left for it."""
        players = self.asked.shape[1]
        rows = {int(np.argmin(self.asked[row])): row for row in np.flatnonzero(self.asked.sum(axis=1) == players - 1)}
        return tuple(float(self.logits[rows[part]]) if part in rows else None for part in range(players))


Named = tuple[RegionGame, tuple[str, ...]]
"""A game, and the names of its players."""


@dataclass(frozen=True)
class Parts(Anytime):
    """The Shapley value of each part of the face (Shapley 1953).

    The players are the sixteen parts of `xaifake.faces.parts`, grouped so that they are few. The values are estimated, each
    with its standard error (see `xaifake.explainers._sampled`). Where ``2 ** players`` calls are made, every coalition is
    scored: then the values are exact, and the strongest interactions of pairs are told. Either way they sum to the logit of
    the whole view less that of the hidden one. Edges between parts are soft by the size of the face, unless the game was
    told how soft.

    Attributes:
        calls: model calls for each picture, at most: of 12 parts, 192 leave an error of 2 % (docs/decisions/0012).
        players: 10, which takes each eye with its brow and both cheeks together, or 12, which takes them apart.
    """

    title: ClassVar[str] = "Parts of the face"
    calls: int = 256
    players: int = 10

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.players not in GROUPS:
            raise UsageError(
                f"{self.title} are grouped to {' or '.join(map(str, GROUPS))} players. Received: players {self.players}"
            )

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution | Omission]:
        """One value a part, painted on the parts; a face without a mesh has no parts."""
        answers = [self._divided(game) for game in games]
        divided = [answer for answer in answers if not isinstance(answer, Omission)]
        asked = self.ask(engine, [game for game, _ in divided], seed)
        alone = self._hidden_alone(engine, asked)
        named = (names for _, names in divided)
        solved = (self._attribution(*each, seed) for each in zip(asked, alone, named, strict=True))
        return [answer if isinstance(answer, Omission) else next(solved) for answer in answers]

    def playing(self, game: RegionGame) -> RegionGame | None:
        """The game of the parts, with what it knows; None where the face has none."""
        divided = self._divided(game)
        return None if isinstance(divided, Omission) else divided[0]

    def estimate(self, asked: Coalitions, logits: Values, seed: int) -> _sampled.Estimate:
        """Shapley values, which are exact where every coalition was asked."""
        return _sampled.estimate(asked, logits, seed)

    def _divided(self, game: RegionGame) -> Named | Omission:
        """The game whose players are parts."""
        if game.view.face.landmarks is None:
            return self._omission("No face mesh was found in this picture, so nothing tells where the parts of a face lie.")
        landmarks = _landmarks_in(game.view)
        labels, names = grouped(parts_of(landmarks, game.view.pixels.shape[:2]), self.players)
        return game.among(labels, feather=SOFTNESS * head_of(landmarks).height), names

    def _omission(self, reason: str) -> Omission:
        return Omission(plugins.name_of(type(self)), reason)

    def _hidden_alone(self, engine: Engine, asked: Sequence[Answers]) -> list[_Alone]:
        """Each part hidden by itself, as far as the calls allow: what a reader can picture, beside each part's value."""
        games = [answers.game for answers in asked]
        rows = [self._unasked(answers) for answers in asked]
        before = [game.saved for game in games]
        played = play(engine, games, rows)
        told = zip(asked, rows, played, before, strict=True)
        return [
            _Alone(np.vstack([one.asked, row]), np.append(one.logits, logits), one.game.saved - known)
            for one, row, logits, known in told
        ]

    def _unasked(self, answers: Answers) -> Coalitions:
        """The coalitions without one part that were not asked, no more than calls are left."""
        without_one = np.logical_not(np.eye(answers.game.players, dtype=np.bool_))
        fresh = [row for row in without_one if not (answers.asked == row).all(axis=1).any()]
        left = max(0, self.calls - len(answers.logits))
        return np.array(fresh[:left], np.bool_).reshape(-1, answers.game.players)

    def _attribution(self, answers: Answers, alone: _Alone, names: tuple[str, ...], seed: int) -> Attribution:
        empty, full = answers.logits[:2].tolist()
        gap = abs(float(answers.values.astype(np.float32).sum(dtype=np.float64)) - (full - empty))
        return of_regions(
            self,
            answers.game,
            answers.values,
            answers.logits,
            names=names,
            seed=None if answers.are_all else seed,
            interactions=_interactions(answers) if answers.are_all else (),
            diagnostics={
                "exact": answers.are_all,
                "full": full,
                "empty": empty,
                "additivity_gap": gap,
                "sampled": len(answers.logits),
                "without": alone.without,
            },
            **(answers.record | {"calls": len(alone.logits), "saved": answers.saved + alone.saved}),
        )


def _interactions(answers: Answers) -> tuple[Interaction, ...]:
    """The strongest, from the answers to every coalition."""
    table = np.empty(len(answers.logits))
    table[answers.asked @ (1 << np.arange(answers.game.players))] = answers.logits
    _, interactions = _shapley.exact(table)
    return _shapley.strongest(above_noise(interactions, answers.logits))


def _landmarks_in(view: View) -> NDArray[np.float32]:
    """The mesh in pixels of the view, (468, 2)."""
    box, (height, width) = view.face.box, view.pixels.shape[:2]
    scale = np.array([width / box.width, height / box.height])
    return np.asarray((view.face.landmarks - np.array([box.left, box.top])) * scale, np.float32)
