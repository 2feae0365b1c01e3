"""Does the score follow whose face it is?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.interfaces import Engine, Seen
from xaifake.records import Scores, Shortcut, Trials, ViewPixels
from xaifake.shortcuts._judging import COMPARISONS, CONSTANT, FEWEST, LEAST, LEVEL, SHARE

HALF = 0.5
"""Share of a class's variance that identities must explain, beyond what they explain by chance."""
FEWEST_IDENTITIES = 3
DRAWS = 1000
CLASSES = ("REAL", "FAKE")


@dataclass(frozen=True)
class Identity:
    """How much of the scores' variance within one label is explained by whose face it is. Asks no model.

    Source: the implicit identity leakage of Dong et al. (2023, arXiv:2210.14457). Identities are the user's own; nothing is
    ever inferred about a person. The share explained, η², is reduced by what as many identities drawn by chance explain
    (their mean over permutations), as in adjusted measures of agreement: 0 by chance alone, and 1 where all pictures of each
    person score alike. The standard deviation between persons that this comes to must be of practical size too. It is asked
    of all pictures that have an identity, not of the sample alone.
    """

    @property
    def calls(self) -> int:
        """None."""
        return 0

    def changed(
        self,
        engine: Engine,  # noqa: ARG002 - scores tell
        seen: Seen,  # noqa: ARG002
        partner: Seen | None,  # noqa: ARG002
        random: np.random.Generator,  # noqa: ARG002
    ) -> Mapping[str, ViewPixels]:
        """No copies."""
        return {}

    def judged(self, trials: Trials, scores: Scores, seed: int) -> Shortcut:  # noqa: ARG002 - all scores tell, not the sample
        """Confirmed where identities explain half of a class's variance beyond chance."""
        known = scores.scored & np.array([entry.identity is not None for entry in scores.entries], np.bool_)
        labels = np.array([str(entry.label) for entry in scores.entries])
        names = np.array([str(entry.identity) for entry in scores.entries])
        told: dict[str, Any] = {"name": "identity", "options": asdict(self)}
        if not known.any():
            return Shortcut(outcome="not tested", reason="no_identities", **told)
        if float(np.std(scores.logits[known])) < CONSTANT:
            return Shortcut(outcome="not tested", reason="constant", **told)
        practical = max(LEAST, SHARE * float(np.std(scores.logits[known])))
        measures: dict[str, Any] = overlap(scores, known) | {"practical": practical}
        counts = []
        for label in CLASSES:
            rows = known & (labels == label)
            found = explained(scores.logits[rows], names[rows], np.random.default_rng([seed, CLASSES.index(label)]))
            measures |= {f"{label.lower()}_{name}": value for name, value in found.items()}
            if found:
                sure, most = found["p"] < LEVEL / COMPARISONS, found["beyond_chance"] >= HALF
                counts.append(sure and most and found["between"] >= practical)
        if not counts:
            return Shortcut(outcome="not tested", reason="few_identities", measures=measures, **told)
        measures |= {"comparisons": len(counts), "comparisons_of_all": COMPARISONS}
        return Shortcut(outcome="confirmed" if any(counts) else "not seen", measures=measures, **told)


def explained(logits: NDArray[np.float64], names: NDArray[np.str_], random: np.random.Generator) -> dict[str, float]:
    """η² of identities that have two pictures or more, by chance, beyond chance, and how often chance explains as much.

    Empty where fewer than `FEWEST_IDENTITIES` have, or fewer than `FEWEST` pictures.
    """
    _, whose, counts = np.unique(names, return_inverse=True, return_counts=True)
    several = counts[whose] > 1
    _, whose = np.unique(whose[several], return_inverse=True)
    values, people = logits[several], int(whose.max(initial=-1)) + 1
    if people < FEWEST_IDENTITIES or len(values) < FEWEST or float(values.std()) < CONSTANT:
        return {}
    share = eta_squared(values, whose)
    chance = np.array([eta_squared(random.permutation(values), whose) for _ in range(DRAWS)])
    by_chance = float(chance.mean())
    beyond = (share - by_chance) / (1 - by_chance)
    return {
        "eta_squared": share,
        "by_chance": by_chance,
        "by_chance_high": float(np.quantile(chance, 0.95)),
        "beyond_chance": beyond,
        "between": float(np.sqrt(max(beyond, 0.0)) * values.std()),
        "p": float((1 + (chance >= share).sum()) / (1 + DRAWS)),
        "identities": people,
        "pictures": len(values),
    }


def eta_squared(values: NDArray[np.float64], whose: NDArray[np.int64]) -> float:
    """The share of the variance of values (n,) that lies between groups, numbered from 0.

    >>> eta_squared(np.array([1.0, 1.0, 3.0, 3.0]), np.array([0, 0, 1, 1]))
    1.0
    """
    centred = values - values.mean()
    counts = np.bincount(whose)
    return float((np.bincount(whose, centred) ** 2 / counts).sum() / (centred**2).sum())


def overlap(scores: Scores, known: NDArray[np.bool_]) -> dict[str, float]:
    """Identities in several splits, and the share of wrong predictions for those and for those in one split alone."""
    splits: dict[str, set[str]] = {}
    for entry in scores.entries:
        if entry.identity is not None and entry.split is not None:
            splits.setdefault(entry.identity, set()).add(entry.split)
    shared = {identity for identity, found in splits.items() if len(found) > 1}
    labelled = known & np.array([entry.label is not None for entry in scores.entries], np.bool_)
    wrong = scores.called_fake != np.array([entry.label == "FAKE" for entry in scores.entries], np.bool_)
    of_shared = np.array([entry.identity in shared for entry in scores.entries], np.bool_)
    found = {"identities_in_several_splits": float(len(shared))}
    for name, rows in (("error_shared", labelled & of_shared), ("error_disjoint", labelled & ~of_shared)):
        if shared and rows.any():
            found[name] = float(wrong[rows].mean())
    return found
