"""Error rates of parts of a data set: by group, source, split, file format and size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from xaifake.audit.statistics.performance import performance_of, rates_of
from xaifake.records import Performance, Scores, Slice

SIZES = (128, 256, 512, 1024)
"""Where bands of a picture's shorter side begin, in pixels. Fixed, so that audits of different data sets compare."""
LARGEST = 40
"""Values of one property that have a slice of their own; all others make one slice together."""

Values = Sequence[str | None]


def performance_over(scores: Scores, seed: int) -> Performance | None:
    """`performance_of` all pictures that have both a label and a score."""
    labelled = np.array([entry.label is not None for entry in scores.entries], dtype=bool)
    fake = np.array([entry.label == "FAKE" for entry in scores.entries], dtype=bool)
    return performance_of(fake[labelled], scores.p_fake[labelled], scores.threshold, seed)


def slices_of(scores: Scores, seed: int) -> tuple[Slice, ...]:
    """Rates of the labelled pictures of each value of each property that has at least two values among them.

    The rates alone: no curves. However few pictures a slice has, it is given; its n says what it can carry. The values are
    in order of their names, sizes from the smallest.
    """
    labelled = np.array([entry.label is not None for entry in scores.entries], dtype=bool) & scores.scored
    fake = np.array([entry.label == "FAKE" for entry in scores.entries], dtype=bool)
    p_fake, found = scores.p_fake, []
    for by, values in properties_of(scores).items():
        named = _pooled([value if inside else None for value, inside in zip(values, labelled, strict=True)])
        for value in _ordered(by, {one for one in named if one is not None}):
            rows = np.array([one == value for one in named], dtype=bool)
            rates = rates_of(fake[rows], p_fake[rows], scores.threshold, seed)
            if rates is not None:
                found.append(Slice(by, value, rates))
    return tuple(found)


def properties_of(scores: Scores) -> dict[str, Values]:
    """What is known of each picture that may part a data set, by name; sizes in bands."""
    formats = scores.facts.get("format", [None] * len(scores.entries))
    return {
        "group": [entry.group for entry in scores.entries],
        "source": [entry.source for entry in scores.entries],
        "split": [entry.split for entry in scores.entries],
        "format": [str(one) if one else None for one in formats],
        "size": _sizes(scores),
    }


def _sizes(scores: Scores) -> Values:
    """The band of each picture's shorter side."""
    if not {"width", "height"} <= scores.facts.keys():
        return [None] * len(scores.entries)
    shorter = np.minimum(scores.facts["width"], scores.facts["height"])
    return [None if np.isnan(side) else _BANDS[int(np.searchsorted(SIZES, side, side="right"))] for side in shorter]


_BANDS = (
    f"below {SIZES[0]} px",
    *(f"{low}–{high - 1} px" for low, high in pairwise(SIZES)),
    f"from {SIZES[-1]} px",
)


def _pooled(values: Values) -> Values:
    """The same, with all values beyond the most frequent ones under one name; nothing where there are not two."""
    counts = Counter(value for value in values if value is not None)
    if len(counts) < 2:  # one slice would be the whole
        return [None] * len(values)
    frequent = {value for value, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:LARGEST]}
    rest = f"{len(counts) - len(frequent)} others"
    return [value if value is None or value in frequent else rest for value in values]


def _ordered(by: str, values: Iterable[str]) -> list[str]:
    return sorted(values, key=_BANDS.index if by == "size" else str)
