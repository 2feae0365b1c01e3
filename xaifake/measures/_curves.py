"""The curve of a score over regions that are hidden, or shown, in the order of a map: what deletion and insertion share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine, Explained
from xaifake.measures._maps import ROUNDING, Values, means, measure_of, random_maps, ranked
from xaifake.measures._playing import Played, Questions, played
from xaifake.records import Attribution, Coalitions, Measure


@dataclass(frozen=True)
class Curve:
    """The area under the FAKE score as all regions are passed by, those with the most evidence for FAKE first.

    Attributes:
        steps: in so many all regions are passed, as evenly as can be.
        controls: random orders.
    """

    shows: ClassVar[bool]
    """Whether regions that were passed are the ones that are shown, or the ones that are hidden."""
    steps: int = 12
    controls: int = 4

    def __post_init__(self) -> None:
        if self.steps < 2 or self.controls < 1:
            raise UsageError(
                f"The measure {plugins.name_of(type(self))} needs at least 2 steps and 1 random order (controls). "
                f"Received: steps {self.steps}, controls {self.controls}"
            )

    def calls(self, methods: int) -> int:
        """The ends once for each fill, and what lies between them for each map and each random order."""
        return 2 * (2 + (self.steps - 1) * (methods + self.controls))

    def measure(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Measure]]:
        """Areas for two fills, the game's own and another, since fills decide which method wins.

        Named FILL_SCALE, and FILL_SCALE_random for the mean of random orders. The scales: ``logit``; ``share``, of the way
        that the logit goes from all hidden (0) to all shown (1), None where it goes none; and ``probability``.
        """
        games = [_filled(one.game) for one in explained]

        def questions(index: int, attribution: Attribution) -> Questions:
            own, players = means(attribution, explained[index].game.labels), explained[index].game.players
            asked = self._coalitions([own, *random_maps(players, self.controls, seed)], seed)
            return [(game, asked) for game in games[index].values()]

        answers = played(engine, explained, questions)
        return [
            [self._measure(each, fills, one.game.players, seed) for each in mine]
            for mine, fills, one in zip(answers, games, explained, strict=True)
        ]

    def _coalitions(self, maps: Iterable[Values], seed: int) -> Coalitions:
        """The points of each map's curve, end to end, (N, players)."""
        orders = [np.argsort(ranked(values, seed)) for values in maps]
        passed = np.concatenate([place < _passed(len(place), self.steps)[:, None] for place in orders])
        return passed if self.shows else ~passed

    def _measure(self, answer: Played, fills: Iterable[str], players: int, seed: int) -> Measure:
        values: dict[str, Any] = {}
        for fill, logits in zip(fills, answer.logits, strict=True):
            values |= {f"{fill}_{name}": value for name, value in self._areas(logits, players).items()}
        return measure_of(self, answer.attribution, values, seed=seed, calls=answer.calls, saved=answer.saved)

    def _areas(self, logits: Values, players: int) -> dict[str, float | None]:
        """Under the curves of the map and of the random orders, whose points stand end to end."""
        passed = _passed(players, self.steps)
        curves = logits.reshape(-1, len(passed))
        empty, whole = curves[0, [0, -1] if self.shows else [-1, 0]]
        areas = _pair("logit", curves, passed / players) | _pair("probability", _probabilities(curves), passed / players)
        if abs(whole - empty) > ROUNDING * max(1, abs(whole), abs(empty)):
            return areas | _pair("share", (curves - empty) / (whole - empty), passed / players)
        return {**areas, "share": None, "share_random": None}


def _pair(scale: str, curves: Values, shares: Values) -> dict[str, float | None]:
    """The area under the first curve, and the mean of those under the others."""
    areas = np.asarray(np.trapezoid(curves, shares, axis=1))
    return {scale: float(areas[0]), f"{scale}_random": float(areas[1:].mean())}


def _filled(game: RegionGame) -> dict[str, RegionGame]:
    """The game with its own fill, and with the blur, or the median where that was the blur; by the fills' names."""
    own = str(game.settings["fill"])
    other = "median" if own.startswith("blur") else "blur"
    return {own: game, other: game.behind(other)}


def _passed(players: int, steps: int) -> Values:
    """How many regions were passed at each point of the curve: none first, all last."""
    return np.unique(np.linspace(0, players, steps + 1).round())


def _probabilities(logits: Values) -> Values:
    """Their sigmoid, without overflow."""
    return (1 + np.tanh(logits / 2)) / 2
