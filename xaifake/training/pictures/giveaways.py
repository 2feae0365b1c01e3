"""What the files alone give away of the labels: a detector may learn it in place of forgery."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from xaifake.training.pictures.views import Seen

GAP = 0.2
"""Kolmogorov and Smirnov's distance of FAKE from REAL pictures from which a fact is told: 60 % of labels can be guessed by
it, where both are equally many."""
CHANCE = 1e-3
"""How often chance alone may bring such a distance."""


def giveaways_of(fake: Sequence[Seen], real: Sequence[Seen]) -> Iterator[str]:
    """A sentence on each fact of the files that differs between FAKE and REAL pictures: size, format, JPEG quality."""
    yield from _told([_side(one) for one in fake], [_side(one) for one in real], "have a side of {:.0f} pixels or less")
    formats = sorted({one.format for one in (*fake, *real) if one.format})
    for name in formats[1:]:  # of two, one tells of both
        others = [[float(one.format != name) for one in seen] for seen in (fake, real)]
        yield from _told(others[0], others[1], f"are {name} files")
    yield from _told(_qualities(fake), _qualities(real), "have a JPEG quality of {:.0f} or less")


def _side(seen: Seen) -> float:
    return math.sqrt(seen.width * seen.height)


def _qualities(seen: Sequence[Seen]) -> list[float]:
    return [float(one.jpeg_quality) for one in seen if one.jpeg_quality]


def _told(fake: Sequence[float], real: Sequence[float], what: str) -> Iterator[str]:
    """Where one bound on a fact tells labels apart; ``what`` says of a picture that it is not above the bound."""
    from scipy.stats import ks_2samp

    if not fake or not real:
        return
    found = ks_2samp(fake, real)
    if found.statistic >= GAP and found.pvalue < CHANCE:
        bound = found.statistic_location
        shares = [np.mean(np.array(values) <= bound) for values in (fake, real)]
        yield (
            f"{shares[0]:.0%} of FAKE and {shares[1]:.0%} of REAL pictures {what.format(bound)}: by that alone "
            f"{(1 + found.statistic) / 2:.0%} of labels can be guessed, and a detector may learn it in place of forgery."
        )
