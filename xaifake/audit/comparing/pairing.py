"""Two detectors on the same pictures: whether one is better by more than chance, and how often they say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.statistics import delong, holm, mcnemar
from xaifake.audit.statistics.intervals import wilson
from xaifake.records import Interval, Pair

Numbers = NDArray[np.float64]
Labels = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Truths:
    """What the data set says of n pictures: (n,) whether each has a label, and whether that is FAKE."""

    known: Labels
    fake: Labels


@dataclass(frozen=True, eq=False)
class Answers:
    """What one detector says of n pictures: (n,) scores in logits, NaN where it has none, and which it calls FAKE."""

    name: str
    logits: Numbers
    called: Labels

    @property
    def scored(self) -> Labels:
        """(n,)"""
        return ~np.isnan(self.logits)


def pairs_of(
    truths: Truths, pairs: Sequence[tuple[Answers, Answers]], maps: Mapping[tuple[str, str], Interval]
) -> tuple[Pair, ...]:
    """Each pair in order; p-values are adjusted over all that are given here."""
    found = [_pair(truths, first, second, maps.get((first.name, second.name))) for first, second in pairs]
    auc, right = (_adjusted([getattr(one, name) for one in found]) for name in ("auc_p", "right_p"))
    return tuple(
        replace(one, auc_p_all=auc_p, right_p_all=right_p) for one, auc_p, right_p in zip(found, auc, right, strict=True)
    )


def _pair(truths: Truths, first: Answers, second: Answers, maps: Interval | None) -> Pair:
    both = first.scored & second.scored
    labelled = both & truths.known
    area, area_p = _areas(truths.fake[labelled], np.stack([first.logits[labelled], second.logits[labelled]]))
    right = mcnemar(*((one.called == truths.fake)[labelled] for one in (first, second)))
    same = first.called[both] == second.called[both]
    return Pair(
        first=first.name,
        second=second.name,
        pictures=int(both.sum()),
        labelled=int(labelled.sum()),
        left_out=int((first.scored ^ second.scored).sum()),
        auc=area,
        auc_p=area_p,
        auc_p_all=None,
        only_first=right.only_first,
        only_second=right.only_second,
        right_p=right.p_value if labelled.any() else None,
        right_p_all=None,
        same=wilson(int(same.sum()), same.size) if same.size else None,
        kappa=_kappa(first.called[both], second.called[both]),
        ranks=_ranks(first.logits[both], second.logits[both]),
        maps=maps,
    )


def _areas(fake: Labels, scores: Numbers) -> tuple[Interval, float] | tuple[None, None]:
    if not fake.any() or fake.all():
        return None, None
    return delong(fake, scores).difference(0, 1)


def _kappa(first: Labels, second: Labels) -> float | None:
    """None where there is nothing that chance would not give."""
    from sklearn.metrics import cohen_kappa_score

    if np.unique(np.concatenate([first, second])).size < 2:
        return None
    return float(cohen_kappa_score(first, second))


def _ranks(first: Numbers, second: Numbers) -> float | None:
    from scipy.stats import spearmanr

    if np.unique(first).size < 2 or np.unique(second).size < 2:
        return None
    return float(spearmanr(first, second).statistic)


def _adjusted(p_values: Sequence[float | None]) -> list[float | None]:
    """By Holm, over those that there are."""
    there = iter(holm([p_value for p_value in p_values if p_value is not None]))
    return [None if p_value is None else next(there) for p_value in p_values]
