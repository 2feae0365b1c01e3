"""What taking away each band of the spectrum does to the logit, by outcome, beside controls of equal energy."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from xaifake.audit.drives.means import OUTCOMES
from xaifake.audit.drives.shares import means_by
from xaifake.records import Attribution, BandShare, Case, Scores

METHOD = "bands"


def band_shares(scores: Scores, cases: Iterable[Case]) -> tuple[BandShare, ...]:
    """One share a band, coarse to fine, over the cases that were asked for their bands; nothing where none was.

    Each change is the logit without the band less the logit of the whole picture (see `xaifake.explainers.bands`). Where
    bands meet in cycles per pixel is the same for all pictures, since all views have the contract's size.
    """
    outcome_of = {entry.id: outcome for entry, outcome in zip(scores.entries, scores.outcomes, strict=True)}
    outcomes, changes, controls = [], [], []
    edges: tuple[float, ...] = ()
    for case in cases:
        for attribution in _asked(case):
            told = attribution.diagnostics
            outcomes.append(outcome_of.get(case.picture.sha256))
            changes.append(np.array(told["band_stop"], np.float64) - told["full"])
            controls.append(np.array(told["control_mean"], np.float64))
            edges = tuple(told["edges"])
    if len(outcomes) < 2:
        return ()
    by_change, by_control = np.stack(changes, axis=1), np.stack(controls, axis=1)
    return tuple(
        BandShare(band, low, high, means_by(outcomes, change, OUTCOMES), means_by(outcomes, control, OUTCOMES))
        for band, (low, high, change, control) in enumerate(zip(edges[:-1], edges[1:], by_change, by_control, strict=True))
    )


def _asked(case: Case) -> tuple[Attribution, ...]:
    """The case's attribution of bands, if it has one."""
    found = [one for name, one in case.attributions.items() if name.partition(":")[0] == METHOD]
    return tuple(found[:1])
