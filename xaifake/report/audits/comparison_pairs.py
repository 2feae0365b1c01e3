"""Whether two detectors of a comparison differ by more than chance, and how often they say the same."""

from __future__ import annotations

from dataclasses import dataclass

from xaifake.records import Comparison, Interval, Pair
from xaifake.report.audits import intervals
from xaifake.report.audits.charts import Ruler, ruler
from xaifake.report.words import words

LEVEL = 0.05
"""Below which a p-value, adjusted for all pairs, counts as a difference."""
MOST = 4
"""Differences that are told in sentences."""


@dataclass(frozen=True)
class Row:
    """One pair in words; ``auc`` to be drawn."""

    first: str
    second: str
    pictures: int
    left_out: int
    auc: Interval | None
    difference: str
    auc_p: str
    only_first: int
    only_second: int
    right_p: str
    same: str
    kappa: str
    ranks: str
    maps: str


@dataclass(frozen=True)
class Section:
    """Pairs of detectors, pairs with ensembles, and the ruler of all their differences."""

    detectors: tuple[Row, ...]
    ensembles: tuple[Row, ...]
    ruler: Ruler
    labelled: bool
    so_what: str


def section(comparison: Comparison) -> Section:
    """The section of a comparison."""
    every = [_row(one) for one in comparison.pairs]
    own, with_ensembles = _families(comparison)
    return Section(
        detectors=tuple(every[: len(own)]),
        ensembles=tuple(every[len(own) :]),
        ruler=ruler((row.auc for row in every if row.auc), reference=0.0),
        labelled=any(one.labelled for one in comparison.pairs),
        so_what=_so_what(own, with_ensembles),
    )


def sentences(comparison: Comparison) -> list[str]:
    """What differs between detectors, the clearest first; or that nothing does."""
    own, _ = _families(comparison)
    told = [one for one in own if one.auc is not None]
    clear = sorted(filter(_differ, told), key=lambda one: one.auc_p_all or 0.0)
    if told and not clear:
        return [str(words().audit.comparison.no_difference)]
    told_of = [_sentence(one) for one in clear[:MOST]]
    return [*told_of, str(words().audit.comparison.more_differ(count=len(clear) - MOST))] if len(clear) > MOST else told_of


def _families(comparison: Comparison) -> tuple[list[Pair], list[Pair]]:
    """Pairs of detectors, and pairs of an ensemble and a detector."""
    names = {one.name for one in comparison.contestants}
    own = [one for one in comparison.pairs if one.first in names]
    return own, [one for one in comparison.pairs if one.first not in names]


def _differ(pair: Pair) -> bool:
    return pair.auc_p_all is not None and pair.auc_p_all < LEVEL


def _sentence(pair: Pair) -> str:
    say = words().audit.comparison
    ahead, behind = (pair.first, pair.second) if pair.auc and pair.auc.value > 0 else (pair.second, pair.first)
    return str(say.differs(ahead=ahead, behind=behind, auc=_gap(pair.auc), p=_p(pair.auc_p_all)))


def _gap(interval: Interval | None) -> str:
    """A difference without its direction."""
    if interval is None:
        return "–"
    low, high = sorted((abs(interval.low), abs(interval.high)))
    return intervals.number(Interval(abs(interval.value), low, high, interval.n))


def _row(pair: Pair) -> Row:
    return Row(
        first=_title(pair.first),
        second=_title(pair.second),
        pictures=pair.pictures,
        left_out=pair.left_out,
        auc=pair.auc,
        difference=_signed(pair.auc),
        auc_p=_p(pair.auc_p_all),
        only_first=pair.only_first,
        only_second=pair.only_second,
        right_p=_p(pair.right_p_all),
        same="–" if pair.same is None else intervals.share(pair.same),
        kappa=_number(pair.kappa),
        ranks=_number(pair.ranks),
        maps="–" if pair.maps is None else intervals.number(pair.maps),
    )


def _title(name: str) -> str:
    ensemble = vars(words().audit.comparison.ensembles).get(name)
    return str(ensemble.title) if ensemble else name


def _signed(interval: Interval | None) -> str:
    if interval is None:
        return "–"
    told = [f"{one:+.3f}".replace("-", intervals.MINUS) for one in (interval.value, interval.low, interval.high)]
    return str(words().audit.intervals.number(value=told[0], low=told[1], high=told[2]))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", intervals.MINUS)


def _p(p_value: float | None) -> str:
    """A p-value in three digits.

    >>> _p(0.0312), _p(2e-9), _p(None)
    ('0.031', '< 0.001', '–')
    """
    if p_value is None:
        return "–"
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _so_what(own: list[Pair], with_ensembles: list[Pair]) -> str:
    say = words().audit.comparison
    if all(one.auc is None for one in own):
        return str(say.so_what_unlabelled)
    better = {one.first for one in with_ensembles} - {
        one.first for one in with_ensembles if not (_differ(one) and one.auc and one.auc.value > 0)
    }
    if better:
        return str(say.so_what_ensemble(names=", ".join(map(_title, sorted(better)))))
    return str(say.so_what_pairs if any(map(_differ, own)) else say.so_what_no_difference)
