"""The shortcut tests of an audit: which pictures are changed, what came of it, and pictures that show it."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, cycle

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.audit.running.protocol import Row, Work
from xaifake.audit.running.sampling import lot
from xaifake.audit.running.shards import Shards
from xaifake.audit.running.stages.shortcuts import AS_IS, ShortcutsStage
from xaifake.audit.running.store import Store
from xaifake.audit.showing import display_copy
from xaifake.audit.statistics.thresholds import logit_of
from xaifake.detector.engine import Detector
from xaifake.records import Entry, Scores, Shortcut, Specimen, Trials

MOST = 100
"""Pictures of a sample, unless the user says otherwise."""


def paired(scores: Scores, most: int, seed: int) -> list[Work]:
    """A sample of the scored pictures, as many of each label, each with a partner of the other; in order of ids.

    Which pictures are drawn hangs on the seed and their ids alone, and so does who partners whom. Without labels pictures
    have no partner; without pictures of one label, neither.

    Args:
        scores: of the whole data set.
        most: pictures, at most.
        seed: of the draw.
    """
    drawn = sorted((lot(seed, e.id), e) for e, scored in zip(scores.entries, scores.scored, strict=True) if scored)
    fake, real, unlabelled = ([e for _, e in drawn if e.label == label] for label in ("FAKE", "REAL", None))
    if not fake and not real:
        return sorted((Work(entry) for entry in unlabelled[:most]), key=lambda work: work.entry.id)
    fake, real = fake[: max(1, most // 2)], real[: max(1, most // 2)]
    works = chain(_beside(fake, real), _beside(real, fake))
    return sorted(works, key=lambda work: work.entry.id)


def _beside(ones: Sequence[Entry], others: Sequence[Entry]) -> Iterator[Work]:
    partners = cycle(others or [None])
    return (Work(entry, partner) for entry, partner in zip(ones, partners, strict=False))


def rows_of(store: Store, key: str, works: Sequence[Work]) -> Iterator[Row]:
    """The finished rows of the stage of shortcuts."""
    for table in Shards(store, ShortcutsStage.name, key).tables(works, ["id", "error", "logit", "after"]):
        yield from table.to_pylist()


def shortcuts_of(
    stage: ShortcutsStage, detector: Detector, works: Sequence[Work], rows: Iterable[Row], scores: Scores
) -> tuple[Shortcut, ...]:
    """What came of each test, in order of their names, with one or two pictures that show it.

    Pictures that could not be changed are left out. The specimens are changed anew, the same way, and not scored again: so
    no copy is ever kept, however many pictures there are.

    Args:
        stage: the tests.
        detector: whose views are changed.
        works: the sample, from `paired`.
        rows: their rows, in any order.
        scores: of the whole data set.
    """
    asked = {work.entry.id: work for work in works}
    known = sorted((row for row in rows if row["error"] is None and row["id"] in asked), key=lambda row: str(row["id"]))
    found = []
    for name, test in sorted(stage.plugins.items()):
        trials = trials_of(known, asked, name, scores.threshold)
        shortcut = test.judged(trials, scores, stage.seed)
        alone = dataclasses.replace(stage, tests=(plugins.spec_of(test),))
        specimens = tuple(_specimens(alone, detector, asked, trials, shortcut))
        found.append(dataclasses.replace(shortcut, specimens=specimens))
    return tuple(found)


def trials_of(rows: Sequence[Row], works: Mapping[str, Work], test: str, threshold: float) -> Trials:
    """The logits of the copies of one test; ``threshold`` is a probability, as in a contract."""
    entries = [works[row["id"]].entry for row in rows]
    after = [{name.removeprefix(f"{test}/"): x for name, x in row["after"] if name.startswith(f"{test}/")} for row in rows]
    changes = sorted(set(chain.from_iterable(after)))
    return Trials(
        tuple(entry.id for entry in entries),
        tuple(entry.label for entry in entries),
        np.array([row["logit"] for row in rows], np.float64),
        {change: np.array([found.get(change, np.nan) for found in after], np.float64) for change in changes},
        logit_of(threshold),
        tuple(entry.identity for entry in entries),
        tuple(entry.group for entry in entries),
    )


def _specimens(
    stage: ShortcutsStage, detector: Detector, works: Mapping[str, Work], trials: Trials, shortcut: Shortcut
) -> Iterator[Specimen]:
    """The pictures that the leading change moves most nearly as it does on average: of each label, or of the one asked."""
    change, whom = shortcut.measures.get("leading"), shortcut.measures.get("leading_whom")
    if change is None:
        return
    kinds = {"REAL": [trials.real], "FAKE": [trials.fake], "exchanged": [trials.real, trials.fake]}
    for rows in kinds.get(str(whom), [np.ones(len(trials.ids), np.bool_)]):
        place = _typical(trials.after[change] - trials.before, rows)
        if place is None:
            continue
        work = works[trials.ids[place]]
        copies = stage.copies(detector, work)
        if isinstance(copies, str):  # the file was there when it was scored, and is no more
            continue
        before, after = (_shown(copies[name]) for name in (AS_IS, f"{shortcut.name}/{change}"))
        logits = float(trials.before[place]), float(trials.after[change][place])
        yield Specimen(work.entry.id, change, before, after, *logits)


def _typical(moved: NDArray[np.float64], rows: NDArray[np.bool_]) -> int | None:
    """The place, among those rows, of the value nearest to their mean; None where there is none."""
    if not (known := rows & ~np.isnan(moved)).any():
        return None
    return int(np.where(known, np.abs(moved - moved[known].mean()), np.inf).argmin())


def _shown(pixels: NDArray[np.float32]) -> str:
    return base64.b64encode(display_copy(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))).decode()
