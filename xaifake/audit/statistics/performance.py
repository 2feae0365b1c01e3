"""How often a detector is right on labelled pictures: every error rate with its interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.statistics.calibration import IN_A_BIN, binned, calibration_error, error_by_chance, reliability
from xaifake.audit.statistics.curves import equal_error_rate, precision_recall_points, roc, roc_points
from xaifake.audit.statistics.delong import delong
from xaifake.audit.statistics.intervals import like_a_share, mirrored, of_two, percentiles, wilson
from xaifake.audit.statistics.resampling import Resamples
from xaifake.audit.statistics.thresholds import SCORES, operating_points
from xaifake.records import Confusion, FalseAlarms, Interval, Performance

Numbers = NDArray[np.float64]
Labels = NDArray[np.bool_]

FEWEST = 5
"""Pictures of either class below which nothing is resampled: rates that need it are left out."""


def performance_of(fake: Labels, p_fake: Numbers, threshold: float, seed: int) -> Performance | None:
    """Error rates, curves, calibration and thresholds, as `Performance` has them.

    With pictures of one class alone there are only the rates of that class, and where it is REAL the false alarms; with
    fewer than `FEWEST` of a class, no equal error rate, Brier score and calibration error, whose intervals are resampled.
    `docs/error_rates.md` says how each interval is made and how often it holds what it should.

    Args:
        fake: (n,), whether each picture bears the label FAKE; only labelled pictures.
        p_fake: (n,) in 0..1, NaN where a picture has no score: it is left out.
        threshold: the score from which a picture is called FAKE.
        seed: of resampling and of folds.

    Returns:
        None where no picture has both.
    """
    fake, p_fake = _scored(fake, p_fake)
    found = rates_of(fake, p_fake, threshold, seed)
    if found is None or not (found.fake and found.real):
        return found and replace(found, false_alarms=_false_alarms(fake, p_fake))
    bins = binned(p_fake)
    return replace(
        found,
        roc=roc_points(fake, p_fake),
        precision_recall=precision_recall_points(fake, p_fake),
        reliability=reliability(fake, p_fake, bins),
        calibration_by_chance=error_by_chance(p_fake, bins, seed) if "calibration_error" in found.rates else None,
        thresholds=operating_points(fake, p_fake, threshold, seed),
        false_alarms=_false_alarms(fake, p_fake),
    )


def rates_of(fake: Labels, p_fake: Numbers, threshold: float, seed: int) -> Performance | None:
    """The rates of `performance_of` without its curves, calibration and thresholds."""
    fake, p_fake = _scored(fake, p_fake)
    if not fake.size:
        return None
    called = p_fake >= threshold
    counts = Confusion(*(int(both.sum()) for both in (fake & called, ~fake & called, ~fake & ~called, fake & ~called)))
    rates = _at_threshold(counts)
    fakes, reals = int(fake.sum()), int((~fake).sum())
    if fakes and reals:
        rates |= _over_thresholds(fake, p_fake)
    if min(fakes, reals) >= FEWEST:
        rates |= _resampled(fake, p_fake, seed)
    return Performance(fakes, reals, threshold, counts, rates)


def _scored(fake: Labels, p_fake: Numbers) -> tuple[Labels, Numbers]:
    fake, p_fake = np.asarray(fake, dtype=bool), np.asarray(p_fake, dtype=np.float64)
    known = ~np.isnan(p_fake)
    return fake[known], p_fake[known]


def _at_threshold(counts: Confusion) -> dict[str, Interval]:
    """What follows from the four counts. Shares have Wilson's interval, what is made of two of them `of_two`'s."""
    fakes, reals = counts.true_positives + counts.false_negatives, counts.true_negatives + counts.false_positives
    rates = {}
    if fakes:
        rates["recall"] = wilson(counts.true_positives, fakes)
        rates["false_negative_rate"] = wilson(counts.false_negatives, fakes)
    if reals:
        rates["specificity"] = wilson(counts.true_negatives, reals)
        rates["false_positive_rate"] = wilson(counts.false_positives, reals)
    if not (fakes and reals):
        return rates
    found, alarms, odds = rates["recall"], rates["false_positive_rate"], reals / fakes
    rates["accuracy"] = wilson(counts.true_positives + counts.true_negatives, fakes + reals)
    rates["balanced_accuracy"] = of_two(lambda t, f: (t + 1 - f) / 2, found, alarms)
    rates["f1"] = of_two(lambda t, f: 2 * t / (1 + t + odds * f), found, alarms)
    if counts.true_positives + counts.false_positives:
        rates["precision"] = of_two(lambda t, f: t / (t + odds * f) if t or f else 0.0, found, alarms)
    return rates


def _over_thresholds(fake: Labels, p_fake: Numbers) -> dict[str, Interval]:
    """AUC with DeLong's interval; average precision with one as wide as that of a share of the fakes (Boyd et al. 2013)."""
    from sklearn.metrics import average_precision_score

    precision = float(average_precision_score(fake, p_fake))
    return {
        "auc": delong(fake, p_fake).interval(),
        "average_precision": like_a_share(precision, int(fake.sum()), fake.size),
    }


def _resampled(fake: Labels, p_fake: Numbers, seed: int) -> dict[str, Interval]:
    """Rates with percentiles of stratified bootstrap samples.

    Few errors are resampled badly, none not at all: the equal error rate's interval is never narrower than that of a share
    which is estimated from both classes alike.
    """
    from sklearn.metrics import brier_score_loss

    resamples, n = Resamples(fake, p_fake, seed), fake.size
    alarms, found, _ = roc(fake, p_fake)
    equal = percentiles(equal_error_rate(alarms, found), resamples.equal_error_rates(), n)
    share = like_a_share(equal.value, 4 / (1 / fake.sum() + 1 / (~fake).sum()), n)
    rates = {
        "equal_error_rate": Interval(equal.value, min(equal.low, share.low), max(equal.high, share.high), n),
        "brier": percentiles(float(brier_score_loss(fake, p_fake)), resamples.brier_scores(), n),
    }
    if n >= 2 * IN_A_BIN:
        bins = binned(p_fake)
        error = calibration_error(reliability(fake, p_fake, bins))
        rates["calibration_error"] = mirrored(error, resamples.calibration_errors(bins), n)
    return rates


def _false_alarms(fake: Labels, p_fake: Numbers) -> tuple[FalseAlarms, ...]:
    reals = np.sort(p_fake[~fake])
    if not reals.size:
        return ()
    return tuple(FalseAlarms(score, wilson(int((reals >= score).sum()), reals.size)) for score in SCORES)
