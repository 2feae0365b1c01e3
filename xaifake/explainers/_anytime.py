"""Asking in rounds: after each a method looks at its estimate, and it stops as soon as more calls would change nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.explainers._budgeted import Budgeted
from xaifake.explainers._results import above_noise
from xaifake.explainers._sampled import FEWEST, Estimate
from xaifake.game.coalitions import paired
from xaifake.game.game import play
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Engine
from xaifake.records import Coalitions
from xaifake.threads import one_blas_thread

Values = NDArray[np.float64]

FIRST = 64
"""Calls of the first round, where the regions are few."""
STEP = 16
"""Each later round asks about half as many as were asked before it, in these steps."""
LEADING = 5
"""How many regions are the leading ones."""
SHOWN = 0.1
"""The share of the largest value from which a region's sign is shown."""
CONFIDENCE = 0.95
"""The share of bootstraps that must agree."""


@dataclass(eq=False)
class Answers:
    """What one game was asked so far, and what came of it.

    Attributes:
        game: whose coalitions they are.
        sequence: all that may be asked, (at most the method's calls, players).
        rounds: after how many calls to look, the last first.
        logits: of the first coalitions of the sequence, as many as were asked.
        saved: how many of them the game knew already.
        values: what the last look saw.
        errors: the standard error of each value as the last look saw it; None where every coalition was asked.
        stopped: why no more is asked; None while more is.
    """

    game: RegionGame
    sequence: Coalitions
    rounds: list[int]
    logits: Values = field(default_factory=lambda: np.empty(0))
    saved: int = 0
    values: Values = field(default_factory=lambda: np.empty(0))
    errors: NDArray[np.float32] | None = None
    stopped: str | None = None

    @property
    def asked(self) -> Coalitions:
        """The coalitions asked so far."""
        return self.sequence[: len(self.logits)]

    @property
    def are_all(self) -> bool:
        """Whether there is no other coalition."""
        return len(self.logits) == 1 << self.game.players

    @property
    def record(self) -> dict[str, Any]:
        """What an attribution says of how it was asked."""
        calls = len(self.logits)
        return {"calls": calls, "saved": self.saved, "stopped": self.stopped, "region_errors": self.errors}

    def look(self, estimate: Estimate) -> None:
        """Take an estimate from all answers so far, and decide whether to go on."""
        self.values = estimate.values
        self.errors = None if self.are_all else estimate.errors.astype(np.float32)
        self.stopped = reason(self, estimate)


@dataclass(frozen=True)
class Anytime(Budgeted, ABC):
    """A method that asks the game's one sequence of coalitions, and no more of it than it needs.

    A picture's rounds depend on nothing but its own answers, so it gets what it gets alone; pictures share the batches of a
    round.

    Attributes:
        full: whether all calls are made, also where fewer would do.
    """

    calls: int = 512
    full: bool = False

    @abstractmethod
    def estimate(self, asked: Coalitions, logits: Values, seed: int) -> Estimate:
        """The values as the coalitions asked so far tell them, and how far they may be off."""

    def playing(self, game: RegionGame) -> RegionGame | None:
        """The game that it plays where it explains this one; None where it has nothing to say."""
        return game

    def fewest(self, players: int) -> int:
        """How many coalitions of so many players its estimate needs."""
        return int(min(FEWEST * players, 2**players))

    def values(self, asked: Coalitions, logits: Values, seed: int) -> Values:
        """The values (players,) alone, as any paired coalitions and their logits tell them."""
        with one_blas_thread():
            return self.estimate(asked, logits, seed).values

    def ask(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Answers]:
        """Ask each game until its answer is stable, or all calls are made."""
        answers = [self._opened(game, seed) for game in games]
        with one_blas_thread():  # its threads wait for each other longer than such small sums take
            while still := [answer for answer in answers if answer.stopped is None]:
                known = [answer.game.saved for answer in still]
                rest = [answer.sequence[len(answer.logits) : answer.rounds.pop()] for answer in still]
                played = play(engine, [answer.game for answer in still], rest)
                for answer, logits, before in zip(still, played, known, strict=True):
                    answer.logits = np.append(answer.logits, logits)
                    answer.saved += answer.game.saved - before
                    answer.look(self.estimate(answer.asked, answer.logits, seed))
        return answers

    def _opened(self, game: RegionGame, seed: int) -> Answers:
        sequence = paired(game.players, self.calls, seed)
        looks = [] if self.full else list(_looks(FEWEST * game.players, len(sequence)))
        return Answers(game, sequence, [len(sequence), *reversed(looks)])


def _looks(least: int, most: int) -> Iterator[int]:
    """After how many calls to look, from the least that will do and before there are most."""
    calls = FIRST
    while calls < most:
        if calls >= least:
            yield calls
        calls += max(1, calls // 2 // STEP) * STEP


def reason(answers: Answers, estimate: Estimate) -> str | None:
    """Why no more is asked, or None where more may tell more."""
    calls, values, replicas = f"{len(answers.logits):,} calls", estimate.values, estimate.replicas
    if answers.are_all:
        return f"Every mixture of shown and hidden regions was asked, in {calls}."
    if not above_noise(values, answers.logits).any():
        return f"No region had any value after {calls}."
    leading = min(LEADING, len(values))
    unsure, led = unsure_signs(values, replicas), leads(values, replicas, leading)
    if led and not unsure:
        return f"The {leading} leading regions and all shown signs were stable after {calls}."
    if answers.rounds:
        return None
    changing = ([] if led else [f"which {leading} regions lead"]) + ([f"{unsure} of the shown signs"] if unsure else [])
    return f"The limit of {calls} was reached; more calls may still change {' and '.join(changing)}."


def leads(values: Values, replicas: Values, count: int) -> bool:
    """Whether the bootstraps, (N, players), agree on which regions have the greatest values."""
    first, *others = (np.sort(np.argsort(-np.abs(row), kind="stable")[:count]) for row in (values, *replicas))
    return bool(np.mean([np.array_equal(first, other) for other in others]) >= CONFIDENCE)


def unsure_signs(values: Values, replicas: Values) -> int:
    """On how many of the shown values' signs the bootstraps, (N, players), do not agree."""
    shown = np.abs(values) >= SHOWN * np.abs(values).max()
    agree = (np.sign(replicas) == np.sign(values)).mean(axis=0)
    return int((shown & (agree < CONFIDENCE)).sum())
