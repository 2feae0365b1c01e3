"""Repeats: would other random numbers have told the same?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.checks import _likeness as likeness
from xaifake.checks._likeness import Numbers
from xaifake.checks._outcomes import MATERIAL, greatest, untested
from xaifake.checks._sampling import Answers, answers_of
from xaifake.interfaces import Engine, Explained
from xaifake.records import Attribution, Check, Outcome

ALIKE, UNLIKE = 0.7, 0.4
"""From and below which rank correlation maps are alike, and are not."""
SAME, APART = 0.6, 0.25
"""From and below which share of leading places in common they lead alike, and do not: four of five, and less than two."""
FEW, MANY = 0.1, 1 / 3
"""The share of shown signs up to which flips are few, and above which they are many."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Repeats:
    """Compares what a method says with what it would have said by another seed.

    Sources: the stability indices of Visani and others 2022 (VSI, CSI), which ask LIME again with other seeds; Arun and
    others 2021, who name repeatability among the least that a saliency method must show. Deviation: methods that ask the
    game's one sequence of coalitions (SHAP, LIME, the parts) are not asked again. The pairs of coalitions whose logits the
    game knows are dealt at random into two halves that share none, the method's own estimate is made of each, and the two
    are compared: two seeds, at as many calls as the method made where the game knows twice as many, else at half of what it
    knows. Fewer calls repeat worse, so that is conservative; and it costs nothing. Other methods that draw at random are
    asked again with other seeds.

    What a reader does not see counts as nothing: values below a tenth of the greatest. A sign has flipped where any two
    repeats disagree on it, and the map shows it.

    Attributes:
        deals: how often the pairs are dealt.
        seeds: with how many other seeds a method is asked again.
        most: model calls that this may take for a picture, all methods together.
    """

    deals: int = 5
    seeds: int = 2
    most: int = 128

    def calls(self, methods: int) -> int:  # noqa: ARG002 - a bound of its own
        return self.most

    def check(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Check]]:
        """One check for each attribution; ``flipped`` in its measures are the regions whose sign is not to be believed."""
        return [list(self._checks(engine, one, seed)) for one in explained]

    def _checks(self, engine: Engine, explained: Explained, seed: int) -> Iterator[Check]:
        left = self.most
        for attribution in explained.attributions.values():
            record = self._record(engine, explained, attribution, seed, left)
            left -= record.get("calls", 0)
            yield Check(plugins.name_of(type(self)), attribution.method, options=asdict(self), seed=seed, **record)

    def _record(self, engine: Engine, explained: Explained, attribution: Attribution, seed: int, left: int) -> Record:
        if attribution.is_empty:
            return untested("empty")
        explainer = explained.explainers.get(attribution.method)
        if explainer is None or attribution.seed is None or attribution.diagnostics.get("exact"):
            return untested("nothing_random")
        if greatest(attribution) < MATERIAL:
            return untested("weak")
        answers = answers_of(explained, attribution)
        if answers is not None and attribution.region_errors is None:
            return untested("nothing_random")  # every coalition was asked
        if answers is not None:
            return self._from_halves(attribution, answers, seed)
        if explainer.calls * self.seeds > left:
            return untested("too_many_calls")
        others = [explainer.explain(engine, [explained.game], attribution.seed + 1 + turn)[0] for turn in range(self.seeds)]
        again = [other for other in others if isinstance(other, Attribution)]
        repeats = [likeness.values_of(one, explained.game.labels) for one in (attribution, *again)]
        pairs = [(repeats[0], other) for other in repeats[1:]]
        calls, saved = (sum(getattr(other, name) for other in again) for name in ("calls", "saved"))
        return {**_compared(attribution, pairs, explainer.calls), "calls": calls, "saved": saved}

    def _from_halves(self, attribution: Attribution, answers: Answers, seed: int) -> Record:
        pairs = len(answers.logits) // 2 - 1
        each = min(pairs // 2, attribution.calls // 2 - 1)
        if 2 + 2 * each < answers.fewest:
            return untested("too_few_calls")
        random = np.random.default_rng(seed)
        compared = []
        for _ in range(self.deals):
            dealt = random.permutation(pairs)
            first, second = (answers.values(_rows(half)) for half in (dealt[:each], dealt[each : 2 * each]))
            compared.append((first, second))
        return _compared(attribution, compared, 2 + 2 * each)


def _rows(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """The two ends, then both coalitions of each pair, in the order of the sequence."""
    return np.concatenate([[0, 1], (2 + 2 * np.sort(pairs)[:, None] + np.arange(2)).ravel()])


def _compared(attribution: Attribution, pairs: Sequence[tuple[Numbers, Numbers]], calls: int) -> Record:
    """What comes of pairs of repeats, each (players,)."""
    seen = [(likeness.shown(one), likeness.shown(other)) for one, other in pairs]
    ranks = [likeness.rank_correlation(one, other) for one, other in seen]
    overlaps = [likeness.overlap(one, other) for one, other in seen]
    repeats = np.array([values for pair in pairs for values in pair])
    signs = np.sign(repeats)
    own = attribution.region_values
    drawn = likeness.shown(repeats.mean(axis=0) if own is None else own.astype(np.float64)) != 0
    turned = drawn & (signs.min(axis=0) != signs.max(axis=0))
    measures = {
        "rank_correlation": float(np.mean(ranks)),
        "rank_correlation_least": min(ranks),
        "leading_in_common": float(np.mean(overlaps)),
        "shown": int(drawn.sum()),
        "flips": int(turned.sum()),
        "flipped": () if own is None else tuple(np.flatnonzero(turned).tolist()),
        "comparisons": len(pairs),
        "calls_of_each": calls,
    }
    return {"outcome": _outcome(measures), "measures": measures}


def _outcome(measures: Record) -> Outcome:
    ranks, leads, flips = (
        measures["rank_correlation"],
        measures["leading_in_common"],
        measures["flips"] / max(1, measures["shown"]),
    )
    if ranks >= ALIKE and leads >= SAME and flips <= FEW:
        return "held up"
    return "did not hold up" if ranks < UNLIKE or leads < APART or flips > MANY else "mixed"
