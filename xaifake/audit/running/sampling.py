"""Which pictures are looked at closely: a few of every kind that tells something, and some of all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import UsageError
from xaifake.records import Scores, Stratum
from xaifake.risks import BORDER

SAMPLE = 40
"""Pictures, about: those that are of two strata count in both."""
SHARES = {"errors": 0.3, "borderline": 0.2, "disagreement": 0.2, "random": 0.3}
"""What part of the sample each stratum has; where there are no labels, and so no errors, theirs goes to the random ones."""


def sizes_of(count: int, labelled: bool) -> dict[str, int]:
    """How many pictures of each stratum make up a sample of so many.

    >>> sizes_of(40, labelled=True)
    {'errors': 12, 'borderline': 8, 'disagreement': 8, 'random': 12}

    Raises:
        UsageError: a count below 0.
    """
    if count < 0:
        raise UsageError(f"--sample takes a whole number from 0. Received: {count}")
    sizes = {name: round(share * count) for name, share in SHARES.items() if labelled or name != "errors"}
    return {**sizes, "random": count - sum(size for name, size in sizes.items() if name != "random")}


def sample(scores: Scores, sizes: Mapping[str, int], seed: int) -> tuple[tuple[Stratum, ...], dict[str, tuple[str, ...]]]:
    """Draw pictures from each stratum; one picture may be drawn from several.

    ``errors``
        Labels and predictions differ: half false alarms, half misses, or more of the one where there are few of the other.
    ``borderline``
        The score lies within `xaifake.risks.BORDER` of the threshold; those nearest to it.
    ``disagreement``
        The Grad-CAM map speaks against the score: a picture is called FAKE, and on the face's box the evidence for REAL
        outweighs that for FAKE, or the other way round. Those where it does so most clearly, by the difference of the two as
        a share of their sum. Only pictures in which a face mesh was found have a share.
    ``random``
        All that have a score.

    Where there is no order, pictures are drawn by a digest of seed and id: the same each time, and a data set that grows
    keeps those drawn before, but for the ones that new pictures come before.

    Args:
        scores: of all pictures.
        sizes: how many of each stratum, at most; strata that are not named have none drawn.
        seed: of what is drawn at random.

    Returns:
        The strata with how many pictures each has and how many were drawn; and of each picture that was drawn, by its id,
        the strata that it was drawn from, in order of ids.
    """
    ids = [entry.id for entry in scores.entries]
    chance = [lot(seed, id_) for id_ in ids]
    strata: list[Stratum] = []
    drawn: dict[str, tuple[str, ...]] = {}
    for name, ordered in KINDS.items():
        rows = ordered(scores, chance)
        taken = rows[: max(0, sizes.get(name, 0))]
        strata.append(Stratum(name, len(rows), len(taken)))
        for row in taken:
            drawn[ids[row]] = (*drawn.get(ids[row], ()), name)
    return tuple(strata), dict(sorted(drawn.items()))


def lot(seed: int, id_: str) -> str:
    """What puts pictures in a random order that hangs on the seed and on their ids alone."""
    return hashlib.sha256(f"{seed} {id_}".encode()).hexdigest()


def _errors(scores: Scores, chance: Sequence[str]) -> list[int]:
    """In turns a false alarm and a miss."""
    outcomes = np.array([outcome or "" for outcome in scores.outcomes])
    kinds = [_by(_rows(outcomes == kind), chance) for kind in ("FP", "FN")]
    turns = [(turn, row) for rows in kinds for turn, row in enumerate(rows)]
    return [row for _, row in sorted(turns, key=lambda one: (one[0], chance[one[1]]))]


def _borderline(scores: Scores, chance: Sequence[str]) -> list[int]:
    distances = np.abs(scores.p_fake - scores.threshold)
    return _by(_rows(distances < BORDER), chance, distances)


def _disagreement(scores: Scores, chance: Sequence[str]) -> list[int]:
    balance = scores.signed.sum(axis=1, dtype=np.float64)
    against = np.where(scores.called_fake, -balance, balance)
    return _by(_rows(scores.scored & (against > 0)), chance, -against)


def _random(scores: Scores, chance: Sequence[str]) -> list[int]:
    return _by(_rows(scores.scored), chance)


def _rows(where: NDArray[np.bool_]) -> list[int]:
    return [int(row) for row in np.flatnonzero(where)]


def _by(rows: list[int], chance: Sequence[str], first: NDArray[np.float64] | None = None) -> list[int]:
    """In order of a number, if there is one, and of chance."""
    return sorted(rows, key=lambda row: (0.0 if first is None else float(first[row]), chance[row]))


KINDS: Mapping[str, Callable[[Scores, Sequence[str]], list[int]]] = {
    "errors": _errors,
    "borderline": _borderline,
    "disagreement": _disagreement,
    "random": _random,
}
"""Each stratum's pictures in the order in which they are drawn."""
