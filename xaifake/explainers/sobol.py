"""Sobol indices: how much of the logit's variance each region has a hand in, when all regions fade in and out at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.explainers._budgeted import Budgeted
from xaifake.explainers._results import of_regions
from xaifake.game.region_game import RegionGame
from xaifake.game.soft_masks import Masks
from xaifake.interfaces import Engine
from xaifake.records import Attribution

Values = NDArray[np.float64]

FEWEST_POINTS = 4


@dataclass(frozen=True)
class Sobol(Budgeted):
    """Total-order Sobol indices of the regions' shares, as signed effects in logits.

    Source: Fel et al. 2021, section 3; the estimator is Jansen's (1999): regions are shown by random shares from 0 to 1, one
    region's share is changed at a time, and half the mean square of what that does to the logit is the total-order index
    times the variance. Points come from a scrambled Sobol sequence, a point and its changes of it taking players + 1 calls;
    as many points are taken as the calls allow. Deviations: the logit is explained; the players are the game's regions, not
    the cells of a grid; first-order indices, which cost as much again, are not computed.

    An index says how much and not which way. Here it takes the sign of the share's covariance with the logit, which the
    same calls give, and is brought to logits: the root of the index times the variance, over that of the shares. So an
    additive detector's values are its exact effects, and what regions do together counts for each of them.
    """

    title: ClassVar[str] = "Sobol indices"

    def explain(self, engine: Engine, games: Sequence[RegionGame], seed: int) -> list[Attribution]:
        """Region maps of the views' size, float32; positive regions raise the FAKE logit when they are shown.

        Raises:
            UsageError: fewer calls than four points take.
        """
        return [self._one(engine, game, seed) for game in games]

    def _one(self, engine: Engine, game: RegionGame, seed: int) -> Attribution:
        players = game.players
        points = self.calls // (players + 1)
        if points < FEWEST_POINTS:
            raise UsageError(
                f"Sobol indices of {players} regions need more model calls. Give --calls {FEWEST_POINTS * (players + 1)} or "
                f"more, or fewer --regions. Received: {self.calls}"
            )
        before, after = np.split(_points(points, 2 * players, seed), 2, axis=1)
        logits = game.score_masks(engine, _masks(game, _changes(before, after), engine.batch)).reshape(points, players + 1)
        return of_regions(
            self,
            game,
            effects(before - after, logits[:, :1] - logits[:, 1:]),
            logits,
            seed=seed,
            calls=logits.size,
            diagnostics={"points": points},
        )


def effects(steps: Values, differences: Values) -> Values:
    """The signed root of Jansen's estimate over the shares' own variance, (players,).

    Args:
        steps: by how much each share was changed at each point, (points, players).
        differences: by how much that changed the logit, (points, players).

    >>> effects(np.array([[0.5, 0.5], [-0.25, 0.5]]), np.array([[1.0, -1.5], [-0.5, -1.5]])).tolist()
    [2.0, -3.0]
    """
    ratio = (differences**2).sum(axis=0) / (steps**2).sum(axis=0)
    return np.asarray(np.copysign(np.sqrt(ratio), (steps * differences).sum(axis=0)))


def _points(count: int, dimensions: int, seed: int) -> Values:
    """Points of the unit cube, (count, dimensions)."""
    from scipy.stats import qmc

    sequence = qmc.Sobol(dimensions, rng=np.random.default_rng(seed))
    return np.asarray(sequence.random_base2((count - 1).bit_length())[:count], np.float64)


def _changes(before: Values, after: Values) -> Values:
    """Each point, and the point with each share in turn changed: (points * (players + 1), players)."""
    players = before.shape[1]
    rows = np.repeat(before[:, None], players + 1, axis=1)
    rows[:, 1:][:, np.arange(players), np.arange(players)] = after
    return rows.reshape(-1, players)


def _masks(game: RegionGame, shares: NDArray[np.float64], batch: int) -> Iterator[Masks]:
    """What the view shows when its regions are shown by those shares, in batches."""
    soft = game.soft_masks
    for start in range(0, len(shares), batch):
        yield soft.summed(shares[start : start + batch])
