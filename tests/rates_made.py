"""Error rates from records alone: of scores drawn from two bells, with intervals as wide as chance makes them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from xaifake.records import Bin, Confusion, Curve, FalseAlarms, Interval, Operating, Performance, Slice


def about(share: float, n: int) -> Interval:
    """A share of n with the width that chance gives it."""
    wide = 1.96 * math.sqrt(max(share * (1 - share), 0.002) / n)
    return Interval(share, max(0.0, share - wide), min(1.0, share + wide), n)


def around(value: float, wide: float, n: int = 60) -> Interval:
    """A value with an interval of that half width."""
    return Interval(value, value - wide, value + wide, n)


def performance(fake: int = 190, real: int = 170, apart: float = 2.6, seed: int = 1) -> Performance:
    """Of scores drawn from two bells that lie so far apart."""
    random = np.random.default_rng(seed)
    logits = np.concatenate([random.normal(apart / 2 - 0.3, 1.5, fake), random.normal(-apart / 2 - 0.3, 1.3, real)])
    is_fake = np.arange(fake + real) < fake
    scores = 1 / (1 + np.exp(-logits))
    called = scores >= 0.5
    counts = Confusion(
        *(int(np.sum(both)) for both in (is_fake & called, ~is_fake & called, ~is_fake & ~called, is_fake & ~called))
    )
    recall, alarms = counts.true_positives / fake, counts.false_positives / real
    precision = counts.true_positives / max(1, int(called.sum()))
    area = float(np.mean(scores[is_fake][:, None] > scores[~is_fake][None]))
    rates = {
        "accuracy": about(float(np.mean(called == is_fake)), fake + real),
        "balanced_accuracy": about((recall + 1 - alarms) / 2, fake + real),
        "precision": about(precision, int(called.sum())),
        "recall": about(recall, fake),
        "specificity": about(1 - alarms, real),
        "f1": about(2 * precision * recall / (precision + recall), fake + real),
        "false_positive_rate": about(alarms, real),
        "false_negative_rate": about(1 - recall, fake),
        "auc": about(area, fake + real),
        "equal_error_rate": about(0.14, fake + real),
        "average_precision": about(area - 0.01, fake + real),
        "brier": around(0.121, 0.014, fake + real),
        "calibration_error": around(0.083, 0.021, fake + real),
    }
    return Performance(
        fake,
        real,
        0.5,
        counts,
        rates,
        *_curves(scores, is_fake),
        reliability=tuple(_bins(scores, is_fake)),
        calibration_by_chance=Interval(0.034, 0.021, 0.049, fake + real),
        thresholds=(
            Operating("contract", 0.5, rates["recall"], rates["false_positive_rate"]),
            Operating("youden", 0.41, about(0.9, fake), about(0.16, real), about(0.88, fake), about(0.17, real)),
            Operating("equal_error_rate", 0.47, about(0.86, fake), about(0.14, real)),
            Operating("false_alarms_5", 0.78, about(0.66, fake), about(0.047, real)),
            Operating("false_alarms_1", 0.93, about(0.41, fake), about(0.006, real)),
        ),
        false_alarms=tuple(
            FalseAlarms(score, about(float(np.mean(scores[~is_fake] >= score)), real)) for score in (0.5, 0.7, 0.9, 0.99)
        ),
    )


def _curves(scores: Any, is_fake: Any) -> tuple[Curve, Curve]:
    order = np.argsort(-scores)
    hits, misses = np.cumsum(is_fake[order]), np.cumsum(~is_fake[order])
    recall, alarms = hits / hits[-1], misses / misses[-1]
    precision, told = hits / (hits + misses), tuple(scores[order].tolist())
    return Curve(tuple(alarms.tolist()), tuple(recall.tolist()), told), Curve(
        tuple(recall.tolist()), tuple(precision.tolist()), told
    )


def _bins(scores: Any, is_fake: Any) -> Iterator[Bin]:
    for low in np.arange(10) / 10:
        inside = (scores >= low) & (scores < low + 0.1)
        if n := int(inside.sum()):
            yield Bin(float(low), float(low + 0.1), float(scores[inside].mean()), about(float(is_fake[inside].mean()), n))


def slices() -> tuple[Slice, ...]:
    """Error rates by what the audit knows of pictures; one slice has no REAL picture."""
    made = [
        Slice(by, value, performance(fake, real, apart, seed))
        for seed, (by, value, fake, real, apart) in enumerate(
            [
                ("group", "blend", 80, 60, 3.4),
                ("group", "diffusion", 60, 60, 1.2),
                ("group", "gan", 50, 50, 3.0),
                ("format", "JPEG", 150, 60, 2.9),
                ("format", "PNG", 40, 110, 2.1),
                ("size", "small", 90, 85, 1.9),
                ("size", "large", 100, 85, 3.1),
                ("split", "test", 190, 170, 2.6),
            ]
        )
    ]
    alone = performance(12, 4, 2.0)
    one_sided = replace(alone, real=0, rates={"recall": about(0.5, 12), "false_negative_rate": about(0.5, 12)}, roc=None)
    return (*made, Slice("source", "phone", replace(one_sided, confusion=Confusion(6, 0, 0, 6))))
