"""Survives harmless change: does the map stay as it is when the picture is saved again, or shifted by a pixel?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from xaifake import plugins
from xaifake.checks import _likeness as likeness
from xaifake.checks._copies import Copies, Pair, Tested, ask_again, explain_again, find_ways
from xaifake.checks._outcomes import MATERIAL, greatest, untested
from xaifake.checks._sampling import answers_of
from xaifake.interfaces import Engine, Explained
from xaifake.records import Change, Check, Outcome

CHANGES = (Change("jpeg", 95), Change("shift", 1))
"""What is harmless."""
ALIKE, UNLIKE = 0.7, 0.4
"""From and below which rank correlation maps are alike, and are not."""
SAME, APART = 0.4, 0.2
"""From and below which share of leading places in common they lead alike, and do not: three of five, and less than two."""
MOVED = 1 / 4
"""The share of what the picture adds to its fill's logit from which on a change has moved the score itself."""
ORDER: tuple[Outcome, ...] = ("did not hold up", "mixed", "held up")
"""The worse before the better."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Survives:
    """Explains copies that a person would call the same picture, and compares the maps, given what the score does.

    Sources: input stability in Alvarez-Melis and Jaakkola 2018; the copies are those of Tsigos and others 2024, who compare
    maps where the score stays. Deviations: methods that ask the game's one sequence of coalitions are asked no more of it
    than their estimate needs, with the same regions, and their estimate of the copy is compared with that from the same
    coalitions of the picture: so chance is the same in both, and SHAP and LIME share the answers. Other methods explain the
    copy with the same seed.

    A map of a score that has moved may move with it: where a copy's logit differs by more than a quarter of what the picture
    adds to its fill's logit, that copy says "mixed", whatever its map does. What a reader does not see counts as nothing:
    values below a tenth of the greatest. The outcome is that of the worse copy.

    Attributes:
        most: model calls for each copy that all methods outside the sequence may take together.
        coalitions: and those within it, for each game.
    """

    most: int = 64
    coalitions: int = 132

    def calls(self, methods: int) -> int:  # noqa: ARG002 - methods share what they ask
        """Of each copy: one game of superpixels, one of parts, and what other methods take; and twice the picture's ends."""
        return len(CHANGES) * (2 * self.coalitions + self.most) + 2

    def check(self, engine: Engine, explained: Sequence[Explained], seed: int) -> list[list[Check]]:
        """One check for each attribution."""
        copies = [Copies(engine, one, CHANGES) for one in explained]
        checks: list[dict[str, Check]] = [{} for _ in explained]
        for method in dict.fromkeys(name for one in explained for name in one.attributions):
            mine = [index for index, one in enumerate(explained) if method in one.attributions]
            records = self._records(engine, [copies[index] for index in mine], method, seed)
            for index, record in zip(mine, records, strict=True):
                name = plugins.name_of(type(self))
                checks[index][method] = Check(name, method, options=asdict(self), seed=seed, **record)
        return [[mine[name] for name in one.attributions] for one, mine in zip(explained, checks, strict=True)]

    def _records(self, engine: Engine, copies: Sequence[Copies], method: str, seed: int) -> list[Record]:
        """What comes of one method's maps of several pictures."""
        tested = [Tested(each, each.map_of(method), answers_of(each.explained, each.map_of(method))) for each in copies]
        find_ways(engine, [each for each in tested if self._reason(each) is None])
        reasons = [self._reason(each) or _weak(each) for each in tested]
        able = [each for each, reason in zip(tested, reasons, strict=True) if reason is None]
        for change in CHANGES:
            ask_again(engine, [each for each in able if each.answers], change)
            explain_again(engine, [each for each in able if not each.answers], change, seed)
        return [_record(each, reason) for each, reason in zip(tested, reasons, strict=True)]

    def _reason(self, tested: Tested) -> str | None:
        """Why a map cannot be tested, or None."""
        if tested.attribution.is_empty:
            return "empty"
        explainer = tested.copies.explained.explainers.get(tested.attribution.method)
        if explainer is None:
            return "no_method"
        if tested.answers is None:
            return "too_many_calls" if tested.copies.spent + explainer.calls > self.most else None
        if len(tested.answers.logits) < tested.answers.fewest:
            return "too_few_calls"
        return "too_many_regions" if tested.answers.fewest > self.coalitions else None


def _weak(tested: Tested) -> str | None:
    """The reason where neither the picture nor a region does anything to the logit that counts."""
    regions = 0.0 if tested.attribution.region_values is None else greatest(tested.attribution)
    return "weak" if max(abs(tested.way), regions) < MATERIAL else None


def _record(tested: Tested, reason: str | None) -> Record:
    if reason is not None:
        return {**untested(reason), "calls": tested.calls, "saved": tested.saved}
    measures: Record = {"way": tested.way}
    outcomes: list[Outcome] = []
    for change, pair in zip(CHANGES, tested.pairs, strict=True):
        numbers = _numbers(pair, tested.way)
        measures |= {f"{change.kind}_{name}": number for name, number in numbers.items()}
        outcomes.append(_outcome(numbers))
    measures["rank_correlation"] = min(measures[f"{change.kind}_rank_correlation"] for change in CHANGES)
    measures["leading_in_common"] = min(measures[f"{change.kind}_leading_in_common"] for change in CHANGES)
    measures["moved"] = max((pair.moved for pair in tested.pairs), key=abs)
    measures["score_moved"] = any(measures[f"{change.kind}_score_moved"] for change in CHANGES)
    outcome = min(outcomes, key=ORDER.index)
    return {"outcome": outcome, "measures": measures, "calls": tested.calls, "saved": tested.saved}


def _numbers(pair: Pair, way: float) -> Record:
    one, other = likeness.shown(pair.picture), likeness.shown(pair.copy)
    return {
        "moved": pair.moved,
        "score_moved": abs(pair.moved) > MOVED * abs(way),
        "rank_correlation": likeness.rank_correlation(one, other),
        "correlation": likeness.correlation(pair.picture, pair.copy),
        "leading_in_common": likeness.overlap(one, other),
    }


def _outcome(numbers: Record) -> Outcome:
    ranks, leads = numbers["rank_correlation"], numbers["leading_in_common"]
    if numbers["score_moved"]:
        return "mixed"
    if ranks >= ALIKE and leads >= SAME:
        return "held up"
    return "did not hold up" if ranks < UNLIKE or leads < APART else "mixed"
