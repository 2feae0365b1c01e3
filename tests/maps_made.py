"""Scores and maps on the canonical face, made by hand: what drives a detector's decisions is known beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from synthetic import hill

from xaifake.records import Entry, Evidence, Scores

SIDE = 28


def scores_of(
    outcomes: Sequence[str],
    *,
    facts: dict[str, NDArray[np.generic]] | None = None,
    sources: Sequence[str | None] | None = None,
    evidence: NDArray[np.float64] | None = None,
) -> Scores:
    """Pictures of given outcomes (TP … without a label FAKE or REAL), with part shares (n, 16) or evenly spread ones."""
    n = len(outcomes)
    labels = [{"TP": "FAKE", "FN": "FAKE", "FP": "REAL", "TN": "REAL"}.get(outcome) for outcome in outcomes]
    logits = np.array([1.0 if outcome in ("TP", "FP", "FAKE") else -1.0 for outcome in outcomes])
    entries = tuple(
        Entry(f"{at:064x}", f"{at}.png", label, source=source)  # type: ignore[arg-type]
        for at, (label, source) in enumerate(zip(labels, sources or [None] * n, strict=True))
    )
    even = np.full((n, 16), 1 / 16, np.float32)
    shares = even if evidence is None else evidence.astype(np.float32)
    return Scores(entries, (None,) * n, logits, 0.5, facts or {}, np.zeros(n, np.uint64), shares, shares, even)


def chunks_of(maps: NDArray[np.floating], size: int = 64) -> Iterator[Evidence]:
    """Maps (n, 28, 28) as the gathered stage gives them, so many at a time; native grids are 14 × 14."""
    for start in range(0, len(maps), size):
        mine = np.asarray(maps[start : start + size], np.float32)
        grids = np.nan_to_num(mine, nan=1.0).reshape(len(mine), 14, 2, 14, 2).sum(axis=(2, 4))
        yield Evidence(np.arange(start, start + len(mine)), grids, mine)


def bumps(n: int, random: np.random.Generator, down: float, across: float, *, jitter: float = 0.03) -> NDArray[np.float64]:
    """Maps of one hill each, about one place, (n, 28, 28)."""
    places = np.array([down, across]) + jitter * random.normal(size=(n, 2))
    return np.stack([hill((SIDE, SIDE), y, x, 0.1, 1.0) for y, x in places]).astype(np.float64)
