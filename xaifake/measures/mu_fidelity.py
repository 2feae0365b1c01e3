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
from xaifake.records import Attribution, Coalitions, Labels, Measure


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
            self._measures(mine, hidden, one.game.labels, seed)
            for mine, hidden, one in zip(answers, sets, explained, strict=True)
        ]

    def _hidden(self, players: int, seed: int) -> Coalitions:
        """Sets of one size, (samples, players)."""
        size = min(max(1, round(self.share * players)), max(1, players - 1))
        rows = np.tile(np.arange(players) < size, (self.samples, 1))
        return np.random.default_rng(seed).permuted(rows, axis=1)

    def _measures(self, answers: Sequence[Played], hidden: Coalitions, labels: Labels, seed: int) -> list[Measure]:
        if not answers:
            return []
        whole, *left = answers[0].logits[0]  # the same for every map
        drops = whole - np.array(left)
        chance = {"random_95": self._chance(hidden, drops, seed)}
        measures = []
        for each in answers:
            given = hidden @ totals(each.attribution, labels)
            values = {"spearman": spearman(given, drops), "pearson": pearson(given, drops), **chance}
            measures.append(measure_of(self, each.attribution, values, seed=seed, calls=each.calls, saved=each.saved))
        return measures

    def _chance(self, hidden: Coalitions, drops: Values, seed: int) -> float | None:
        random = [spearman(hidden @ values, drops) for values in random_maps(hidden.shape[1], self.controls, seed)]
        return None if None in random else float(np.percentile(np.array(random, float), 95))
