"""What the files alone tell about the labels: a shortcut can be learnt where it is available."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Interval, Scores

LOSSLESS = 101.0
"""Stands for the quality of a file that is no JPEG."""
AVAILABLE = 0.1
"""How far from one half an AUC lies at least, where a fact is said to tell the label."""


def facts_of(scores: Scores) -> dict[str, NDArray[np.float64]]:
    """Facts of the files, (n,), NaN where unknown: JPEG quality (`LOSSLESS` of others), bits per pixel, side in pixels."""
    facts = scores.facts
    pixels = facts["width"] * facts["height"]
    known = np.array([str(name) not in ("", "None") for name in facts["format"]], np.bool_)
    lossless = known & np.array([str(name) != "JPEG" for name in facts["format"]], np.bool_)
    return {
        "quality": np.where(lossless, LOSSLESS, facts["jpeg_quality"]),
        "bits_per_pixel": 8 * facts["bytes"] / pixels,
        "side": np.sqrt(pixels),
    }


def available(scores: Scores, names: tuple[str, ...]) -> dict[str, float | bool]:
    """How well each fact tells FAKE from REAL over the whole data set: its AUC, above one half where FAKE has more of it."""
    found: dict[str, float | bool] = {}
    facts = facts_of(scores)
    for name in names:
        if (auc := auc_of(scores, facts[name])) is not None:
            found |= {f"auc_{name}": auc.value, f"auc_{name}_low": auc.low, f"auc_{name}_high": auc.high}
            found[f"available_{name}"] = abs(auc.value - 0.5) >= AVAILABLE and not auc.low <= 0.5 <= auc.high
    return found


def auc_of(scores: Scores, values: NDArray[np.float64]) -> Interval | None:
    """How well a fact alone tells FAKE from REAL, with the interval of 95 % of Hanley and McNeil (1982, formula 1).

    None where it is not known of a picture of either label.
    """
    from xaifake.detector.calibration.statistics import aucs

    labels = np.array([str(entry.label) for entry in scores.entries], np.str_)
    known = ~np.isnan(values) & np.isin(labels, ("FAKE", "REAL"))
    fake = labels[known] == "FAKE"
    fakes, reals = int(fake.sum()), int((~fake).sum())
    if not fakes or not reals:
        return None
    auc = float(aucs(values[None, known], fake)[0])
    one, two = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (fakes - 1) * (one - auc**2) + (reals - 1) * (two - auc**2)
    reach = 1.96 * float(np.sqrt(max(spread, 0) / (fakes * reals)))
    return Interval(auc, max(0.0, auc - reach), min(1.0, auc + reach), fakes + reals)


def tells(measures: Mapping[str, float | bool], name: str) -> int:
    """+1 where more of the fact goes with FAKE, -1 where with REAL, 0 where it tells nothing."""
    if not measures.get(f"available_{name}"):
        return 0
    return 1 if measures[f"auc_{name}"] > 0.5 else -1
