"""What is known of files, held against the kinds of their maps: a kind that goes with the format is a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.statistics.slices import properties_of
from xaifake.records import Scores, Tie

PERMUTATIONS = 999
QUALITIES = (50, 75, 90)
"""Where bands of JPEG quality end."""
UNKNOWN = "unknown"


def ties_of(scores: Scores, rows: NDArray[np.int64], kinds: NDArray[np.int64], seed: int) -> tuple[Tie, ...]:
    """How much each fact tells of the kind, the most telling first; nothing where there is one kind.

    Information is adjusted mutual information (Vinh, Epps and Bailey 2010, JMLR 11), normalised by the mean of both
    entropies: a fact of many values gains nothing by having many. Kinds are dealt out at random 999 times; a fact's p-value
    is how often the most telling of all facts then tells as much as it does (Westfall and Young 1993, Resampling-Based
    Multiple Testing, chapter 2), the deal at hand counted as one.
    """
    facts = {name: _Fact.of(values, kinds) for name, values in facts_of(scores, rows).items() if len(set(values)) > 1}
    if not facts or len(set(kinds.tolist())) < 2:
        return ()
    random = np.random.default_rng(seed)
    deals = (random.permutation(kinds) for _ in range(PERMUTATIONS))
    most = np.array([max(fact.information(deal) for fact in facts.values()) for deal in deals])
    found = {name: fact.information(kinds) for name, fact in facts.items()}
    ties = [Tie(name, told, (1 + int((most >= told - 1e-12).sum())) / (1 + PERMUTATIONS)) for name, told in found.items()]
    return tuple(sorted(ties, key=lambda tie: -tie.information))


def facts_of(scores: Scores, rows: NDArray[np.int64]) -> dict[str, list[str]]:
    """What is known of those pictures, by name: one word each, numbers in bands."""
    entries, called = scores.entries, scores.called_fake
    qualities = scores.facts.get("jpeg_quality", np.full(len(entries), np.nan))
    told = {
        **properties_of(scores),
        "jpeg_quality": [None if np.isnan(one) else str(int(np.searchsorted(QUALITIES, one))) for one in qualities],
        "label": [entry.label for entry in entries],
        "prediction": ["FAKE" if one else "REAL" for one in called],
    }
    return {name: [values[row] or UNKNOWN for row in rows.tolist()] for name, values in told.items()}


@dataclass(frozen=True, eq=False)
class _Fact:
    """One fact of all maps, as numbers, and what it has in common with kinds dealt out at random on average."""

    values: NDArray[np.int64]
    expected: float
    most: float

    @classmethod
    def of(cls, values: Sequence[str], kinds: NDArray[np.int64]) -> _Fact:
        """However kinds are dealt out, how many there are of each stays, and with it all but the mutual information."""
        from scipy.stats import entropy
        from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

        numbers = np.unique(values, return_inverse=True)[1].astype(np.int64)
        expected = expected_mutual_information(contingency_matrix(numbers, kinds, sparse=True), len(kinds))
        return cls(numbers, float(expected), float(entropy(np.bincount(numbers)) + entropy(np.bincount(kinds))) / 2)

    def information(self, kinds: NDArray[np.int64]) -> float:
        """Adjusted mutual information with kinds, 0 where they have no more in common than by chance."""
        n, width = len(kinds), int(kinds.max()) + 1
        joint = np.bincount(self.values * width + kinds, minlength=(int(self.values.max()) + 1) * width) / n
        joint = joint.reshape(-1, width)
        alone = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
        mutual = float((joint * np.log(np.where(joint > 0, joint, 1) / np.where(joint > 0, alone, 1))).sum())
        return (mutual - self.expected) / max(self.most - self.expected, 1e-12)
