"""μFidelity: do regions of which a map makes much move the score much, together?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaifake.errors import UsageError
from xaifake.interfaces import Engine, Explained
from xaifake.measures._correlations import pearson, spearman
from xaifake.measures._maps import Values, measure_of, random_maps, totals
from xaifake.measures._playing import Played, Questions, played
from xaifake.records import Attribution, Coalitions, Measure


@dataclass(frozen=True)
class MuFidelity:
    """The correlation, over random sets of regions, of what hiding a set takes off the logit with what the map gives it.

    Source: Bhatt et al. 2020, definition 3 (faithfulness); by ranks it is Xplique's MuFidelity. Deviations: sets are of the
    game's regions, behind its fill and its soft edges; the FAKE logit is followed.

    Attributes:
        samples: sets asked, the same for every map.
        share: the size of each as a share of the regions.
        controls: random maps; they cost no calls.
    """

    samples: int = 128
    share: float = 0.2
    controls: int = 200

    def __post_init__(self) -> None:
        if self.samples < 3 or not 0 < self.share < 1 or self.controls < 1:
            raise UsageError(
                "The measure mu_fidelity needs at least 3 samples, a share of the regions between 0 and 1, and 1 random map "
                f"(controls). Received: samples {self.samples}, share {self.share}, controls {self.controls}"
            )

    def calls(self, methods: int) -> int:  # noqa: ARG002 - all maps ask the same sets
        """Each set once, and the whole view."""
        return self.samples + 1

    def measure(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Measure]]:
        """``spearman`` and ``pearson`` in -1..1, None where nothing varies; ``random_95`` is the rank correlation below
        which 95 % of random maps stay.
        """
        sets = [self._hidden(one.game.players, seed) for one in explained]

        def questions(index: int, attribution: Attribution) -> Questions:  # noqa: ARG001 - the same of every map
            return [
                (explained[index].game, np.concatenate([np.ones((1, explained[index].game.players), bool), ~sets[index]]))
            ]

        answers = played(engine, explained, questions)
        return [
            [self._measure(each, hidden, totals(each.attribution, one.game.labels), seed) for each in mine]
            for mine, hidden, one in zip(answers, sets, explained, strict=True)
        ]

    def _hidden(self, players: int, seed: int) -> Coalitions:
        """Sets of one size, (samples, players)."""
        size = min(max(1, round(self.share * players)), max(1, players - 1))
        rows = np.tile(np.arange(players) < size, (self.samples, 1))
        return np.random.default_rng(seed).permuted(rows, axis=1)

    def _measure(self, answer: Played, hidden: Coalitions, own: Values, seed: int) -> Measure:
        (logits,) = answer.logits
        drops = logits[0] - logits[1:]
        random = [spearman(hidden @ values, drops) for values in random_maps(len(own), self.controls, seed)]
        values = {
            "spearman": spearman(hidden @ own, drops),
            "pearson": pearson(hidden @ own, drops),
            "random_95": None if None in random else float(np.percentile(np.array(random, float), 95)),
        }
        return measure_of(self, answer.attribution, values, seed=seed, calls=answer.calls, saved=answer.saved)
