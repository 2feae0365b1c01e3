"""Comparisons that nobody made: three detectors with everything there can be, and two without labels and maps."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from audits_made import contract, data_set, digest
from drives_made import drives
from rates_made import performance

from xaifake.records import (
    Assumption,
    Comparison,
    Contestant,
    Disagreement,
    Ensemble,
    Interval,
    ModelFile,
    Pair,
    StageRun,
)

NAMES = ("first", "<b>second</b>", "third")
APART = (2.6, 1.8, 0.0)
IDS = tuple(digest(f"disputed {at}") for at in range(3))


def comparison() -> Comparison:
    """The third detector knows nothing and failed on four pictures."""
    found = drives([digest(f"kind {at}") for at in range(12)])
    maps = tuple(replace(found.maps[at], outcome=name) for at, name in enumerate(NAMES))
    return Comparison(
        data=data_set(),
        contestants=tuple(_contestant(at, name) for at, name in enumerate(NAMES)),
        ensembles=(Ensemble("mean", performance(seed=4)), Ensemble("stacked", performance(apart=3.0, seed=5))),
        common=356,
        pairs=tuple(pair(*names) for names in (*combinations(NAMES, 2), *(("stacked", name) for name in NAMES))),
        map_pictures=300,
        maps=maps,
        map_differences=tuple(
            replace(one, outcome=first, less=second)
            for one, (first, second) in zip(found.differences, combinations(NAMES, 2), strict=False)
        ),
        outline=found.outline,
        disputed=40,
        disagreements=tuple(
            Disagreement(id_, f"faces/{at}.png", "FAKE", (0.91 - at / 10, 0.2, 0.04), (True, False, False))
            for at, id_ in enumerate(IDS)
        ),
        seed=0,
        versions={"xaifake": "0.1.0"},
        machine={"cores": 2},
        command=("xaifake", "compare", "first.keras", "second.keras"),
        started="2026-11-21T12:00:00+00:00",
    )


def bare() -> Comparison:
    """Pictures without labels, detectors without maps."""
    whole = comparison()
    return replace(
        whole,
        data=replace(whole.data, fake=0, real=0, duplicate_pairs_across=0),
        contestants=tuple(replace(one, performance=None, parts=(), places=()) for one in whole.contestants[:2]),
        ensembles=(),
        pairs=(replace(pair(*NAMES[:2]), labelled=0, auc=None, auc_p=None, auc_p_all=None, right_p_all=None, maps=None),),
        map_pictures=0,
        maps=(),
        map_differences=(),
        disagreements=(),
        command=(),
        started=None,
    )


def pair(first: str, second: str, difference: float = 0.12, p_value: float = 0.0004) -> Pair:
    """Two detectors of which the first is better."""
    return Pair(
        first=first,
        second=second,
        pictures=356,
        labelled=350,
        left_out=4,
        auc=Interval(difference, difference - 0.06, difference + 0.06, 350),
        auc_p=p_value,
        auc_p_all=3 * p_value,
        only_first=41,
        only_second=12,
        right_p=0.01,
        right_p_all=0.03,
        same=Interval(0.81, 0.77, 0.85, 356),
        kappa=0.52,
        ranks=-0.31,
        maps=Interval(0.4, 0.35, 0.45, 300),
    )


def _contestant(at: int, name: str) -> Contestant:
    found = drives([digest(f"kind {place}") for place in range(12)])
    return Contestant(
        name=name,
        model=ModelFile(f"models/{at}.keras", digest(name), "keras 3 .keras", 3),
        contract=contract(),
        assumptions=(Assumption("threshold", "0.5", "0.5 is a convention"),),
        stage=StageRun("scores", digest(f"key {at}"), 360, 4 if at == 2 else 0, 360),
        errors={"No face.": 4} if at == 2 else {},
        performance=performance(apart=APART[at], seed=at + 1),
        parts=tuple(replace(one, evidence={"all": one.evidence["TP"]}) for one in found.parts),
        places=tuple(replace(one, evidence={"all": one.evidence["TP"]}) for one in found.places),
    )
