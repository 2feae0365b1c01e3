"""The sample: what each stratum holds, that chance is the seed's alone, and that growth keeps what was drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from xaifake.audit.running.sampling import SHARES, sample, sizes_of
from xaifake.errors import UsageError
from xaifake.faces.parts import PARTS
from xaifake.records import Entry, Scores, Truth
from xaifake.risks import BORDER

ALL = dict.fromkeys(SHARES, 1000)


def scores_made(
    logits: Sequence[float],
    labels: Sequence[Truth | None] | None = None,
    balance: Sequence[float] | None = None,
    threshold: float = 0.5,
) -> Scores:
    """Scores of so many pictures; ``balance`` is the sum of the signed shares."""
    count = len(logits)
    ids = sorted(hashlib.sha256(str(number).encode()).hexdigest() for number in range(count))
    entries = tuple(Entry(id_, id_, label) for id_, label in zip(ids, labels or [None] * count, strict=True))
    shares = np.full((count, len(PARTS)), np.nan, np.float32)
    if balance is not None:
        shares[:] = np.array(balance)[:, None] / len(PARTS)
    errors = tuple("none" if np.isnan(logit) else None for logit in logits)
    zeros = np.zeros(count, np.uint64)
    return Scores(entries, errors, np.array(logits, np.float64), threshold, {}, zeros, shares, shares, shares)


def drawn(scores: Scores, name: str, sizes: dict[str, int] | None = None, seed: int = 0) -> list[int]:
    """The places of the pictures that a stratum gave."""
    strata = sample(scores, sizes or ALL, seed)[1]
    return [place for place, entry in enumerate(scores.entries) if name in strata.get(entry.id, ())]


def counts(scores: Scores, sizes: dict[str, int]) -> dict[str, tuple[int, int]]:
    return {stratum.name: (stratum.population, stratum.drawn) for stratum in sample(scores, sizes, 0)[0]}


def test_errors_are_false_alarms_and_misses_alike() -> None:
    """Of ten false alarms and three misses six are drawn: three of each; eight: three misses and five."""
    labels: list[Any] = ["REAL"] * 10 + ["FAKE"] * 3 + ["FAKE"] * 5
    scores = scores_made([2.0] * 10 + [-2.0] * 3 + [2.0] * 5, labels)
    for size, alarms in ((6, 3), (8, 5)):
        places = drawn(scores, "errors", {"errors": size})
        assert (alarms, size) == (sum(place < 10 for place in places), len(places))
    assert (13, 6) == counts(scores, {"errors": 6})["errors"]


def test_the_nearest_to_the_threshold_are_borderline() -> None:
    """At a threshold of 0.5 and at another; from `BORDER` on nothing is."""
    logits = [0.0, -0.2, 0.3, 1.2, -5.0, np.nan]  # scores of .50, .45, .57, .77 and .01
    assert [0, 1, 2] == drawn(scores_made(logits), "borderline")
    assert [0, 1] == drawn(scores_made(logits), "borderline", {"borderline": 2})
    assert [3] == drawn(scores_made(logits, threshold=0.77 + BORDER / 2), "borderline")
    assert [] == drawn(scores_made(logits, threshold=0.77 + 2 * BORDER), "borderline")


def test_maps_that_speak_against_the_score_disagree() -> None:
    """Called FAKE with evidence for REAL, called REAL with evidence for FAKE; the clearest first; no mesh, no say."""
    logits = [2.0, 2.0, -2.0, -2.0, 2.0, np.nan]
    balance = [-0.2, 0.5, 0.6, -0.9, np.nan, -1.0]
    scores = scores_made(logits, balance=balance)
    assert [0, 2] == drawn(scores, "disagreement")
    assert [2] == drawn(scores, "disagreement", {"disagreement": 1})
    assert (2, 1) == counts(scores, {"disagreement": 1})["disagreement"]


def test_chance_is_of_seed_and_ids_alone() -> None:
    """The same draw again, another by another seed; every scored picture can be drawn, and no other."""
    scores = scores_made([3.0] * 60 + [np.nan] * 5)
    sizes = {"random": 10}
    first = drawn(scores, "random", sizes)
    assert first == drawn(scores, "random", sizes)
    assert first != drawn(scores, "random", sizes, seed=1)
    assert list(range(60)) == drawn(scores, "random")


def test_a_data_set_that_grows_keeps_what_was_drawn() -> None:
    """Of ten drawn from 40, those that are not pushed out by new ones are drawn from 60 too, and nothing old comes in."""
    grown = scores_made([3.0] * 60)
    before = set(sample(_first(grown, 40), {"random": 10}, 0)[1])
    after = set(sample(grown, {"random": 10}, 0)[1])
    old = {entry.id for entry in grown.entries[:40]}
    assert after & old <= before
    assert before & after


def test_one_picture_may_be_of_several_strata() -> None:
    """A picture at the threshold, wrongly called, whose map speaks against it, is drawn once for four reasons."""
    scores = scores_made([0.1], ["REAL"], [-0.5])
    strata, why = sample(scores, ALL, 0)
    assert {scores.entries[0].id: tuple(SHARES)} == why
    assert [(1, 1)] * 4 == [(stratum.population, stratum.drawn) for stratum in strata]


def test_without_labels_there_are_no_errors() -> None:
    """Their share of the sample goes to the random ones."""
    assert (0, 0) == counts(scores_made([2.0, -2.0]), ALL)["errors"]
    for count in (0, 1, 7, 40, 41):
        for labelled in (True, False):
            assert count == sum(sizes_of(count, labelled).values())
            assert min(sizes_of(count, labelled).values()) >= 0
    assert "errors" not in sizes_of(40, labelled=False)
    with pytest.raises(UsageError, match=r"--sample takes a whole number from 0\. Received: -1"):
        sizes_of(-1, labelled=True)


def _first(scores: Scores, count: int) -> Scores:
    return Scores(
        scores.entries[:count],
        scores.errors[:count],
        scores.logits[:count],
        scores.threshold,
        {},
        scores.fingerprints[:count],
        scores.evidence[:count],
        scores.signed[:count],
        scores.area[:count],
    )
