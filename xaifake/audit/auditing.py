"""An audit: stage after stage over a data set, and what all of it says. The only place where an audit's parts meet."""

from __future__ import annotations

import contextlib
import functools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from xaifake.audit.audits import NAME
from xaifake.audit.drives import clusters_by_id, drives_of
from xaifake.audit.folder import keep_manifest
from xaifake.audit.provenance import machine_of, versions
from xaifake.audit.running.estimating import Forecast, forecasts_of
from xaifake.audit.running.gathering import evidence_of, scores_of, works_of
from xaifake.audit.running.jobs import begun, key_of
from xaifake.audit.running.local import left, run_stage
from xaifake.audit.running.protocol import Advance, Opening, Stage, Work
from xaifake.audit.running.sampling import SAMPLE, sample, sizes_of
from xaifake.audit.running.stages.cases import CasesStage, cases_of
from xaifake.audit.running.stages.scores import ScoresStage
from xaifake.audit.running.stages.shortcuts import ShortcutsStage
from xaifake.audit.running.store import Store
from xaifake.audit.shortcuts import MOST, paired, rows_of, shortcuts_of
from xaifake.audit.statistics import performance_over, slices_of
from xaifake.audit.summarising import error_counts, outcome_counts, same_score, score_counts
from xaifake.audit.tables import table_files
from xaifake.audit_schema import audit_bytes
from xaifake.dataset import Manifest, duplicates_of, read_manifest
from xaifake.detector.engine import Detector
from xaifake.errors import OutputError
from xaifake.records import Audit, Case, DataSet, Scores, Shortcut, StageRun, Stratum

Run = Callable[[Stage, Sequence[Work], Store, str, Advance], StageRun]
"""Gives a stage's works their rows under a key."""
Watch = Callable[[Stage, int], AbstractContextManager[Advance]]
"""Called when a stage begins, with the number of pictures that it has still to ask about; gives what counts model calls."""


@dataclass(frozen=True)
class Questions:
    """What is asked of a data set.

    Attributes:
        scores: of every picture.
        cases: of a sample; None for none.
        shortcuts: of another, balanced by label; None for none.
        sample: about how many pictures are explained whole.
        changed: about how many are changed for the shortcut tests.
        seed: of both draws, of intervals and of clusters.
    """

    scores: ScoresStage = field(default_factory=ScoresStage)
    cases: CasesStage | None = field(default_factory=CasesStage)
    shortcuts: ShortcutsStage | None = field(default_factory=ShortcutsStage)
    sample: int = SAMPLE
    changed: int = MOST
    seed: int = 0

    @property
    def sampled(self) -> list[tuple[Stage, int]]:
        """The stages that ask about some pictures, and about how many."""
        counted = (self.cases, self.sample), (self.shortcuts, self.changed)
        return [(stage, count) for stage, count in counted if stage is not None and count]


def run_audit(
    model: str | Path | Opening,
    data: str | Path | Manifest,
    out: str | Path,
    questions: Questions | None = None,
    *,
    engine: Literal["local", "ray"] = "local",
    address: str | None = None,
    watch: Watch = lambda stage, pictures: contextlib.nullcontext(lambda calls: None),  # noqa: ARG005 - nobody watches
    foretell: Callable[[Sequence[Forecast]], None] | None = None,
    command: Sequence[str] = (),
    started: str | None = None,
) -> Audit:
    """Audit a detector on a data set: ``audit.json``, ``rows.csv`` and ``rows.parquet`` in a folder.

    Finished rows are kept there: after an interruption the same call goes on where it was, and another question asks only
    what is new. `xaifake.audit.folder.AuditFolder` reads all of it back without TensorFlow.

    Args:
        model: the detector's file, or how to load it.
        data: the data set's address, or its manifest.
        out: the folder, or an address of fsspec for the rows alone.
        questions: what is asked; without it, what the command asks.
        engine: this process, or Ray.
        address: of Ray's cluster; without it, one is started on this machine.
        watch: see `Watch`.
        foretell: called before the work begins with what each stage will take, from a timing of some seconds.
        command: the command line that asked, for the record.
        started: when, in ISO 8601 and UTC, for the record.

    Raises:
        XaifakeError: with one sentence that says what is wrong with the model, the data set or the options.
    """
    asked = questions or Questions()
    manifest = data if isinstance(data, Manifest) else read_manifest([str(data)])
    store, works = Store(str(out)), works_of(manifest.entries)
    opening = model if isinstance(model, Opening) else Opening(str(model))
    calls = sum(min(count, len(works)) * stage.calls for stage, count in asked.sampled)
    detector, opening = begun(store, opening, len(works) + calls)
    if foretell is not None:
        foretell(forecasts_of(detector, store, works, asked.scores, asked.sampled))
    with _running(engine, address, detector, opening) as run:
        auditor = _Auditor(store, manifest, asked, detector, run, watch)
        scored = auditor.done(asked.scores, works)
        scores = scores_of(manifest, store, scored.key, detector.contract.threshold)
        sampled = auditor.cases(scores)
        tested, shortcuts = auditor.shortcuts(scores)
    trust, limits = outcome_counts(sampled.cases())
    maps = functools.partial(evidence_of, manifest, store, scored.key)
    drives = drives_of(scores, maps(), sampled.cases(), asked.seed, detector.contract.domain_name)
    audit = Audit(
        detector=detector.file,
        contract=detector.contract,
        assumptions=detector.assumptions,
        data=data_set_of(manifest, scores),
        stages=tuple(run for run in (scored, sampled.run, tested) if run),
        strata=sampled.strata,
        scores=score_counts(scores),
        errors=error_counts(scores.errors),
        performance=performance_over(scores, asked.seed),
        slices=slices_of(scores, asked.seed),
        drives=drives,
        trust=trust,
        limits=limits,
        shortcuts=shortcuts,
        seed=asked.seed,
        versions=dict(versions()),
        machine=dict(machine_of(detector)),
        runtime=detector.runtime,
        command=tuple(command),
        started=started,
        same_score=same_score(scores),
    )
    clusters = clusters_by_id(drives.clusters, scores, maps()) if drives and drives.clusters else {}
    files = {NAME: audit_bytes(audit), **table_files(scores, strata=sampled.drawn, clusters=clusters)}
    auditor.must_stand()
    with store.lock(NAME, wait=True):  # of two audits that end here at once, all files are the later one's
        keep_manifest(manifest, store)
        for name, content in files.items():
            store.write(name, content)
    return audit


def data_set_of(manifest: Manifest, scores: Scores) -> DataSet:
    """What there is in a data set, with the pictures that it holds twice."""
    entries = manifest.entries
    labels, splits, groups = (Counter(getattr(e, name) for e in entries) for name in ("label", "split", "group"))
    rows = zip(scores.entries, scores.fingerprints, scores.scored, strict=True)
    seen = {entry.id: int(fingerprint) for entry, fingerprint, scored in rows if scored}
    found = duplicates_of(entries, seen)
    return DataSet(
        name=manifest.name,
        addresses=manifest.addresses,
        sha256=manifest.sha256,
        pictures=len(entries),
        fake=labels["FAKE"],
        real=labels["REAL"],
        splits={name: splits[name] for name in sorted(filter(None, splits))},
        groups={name: groups[name] for name in sorted(filter(None, groups))},
        refused=manifest.refused,
        duplicates=found.listed,
        duplicate_pairs=found.pairs,
        duplicate_pairs_across=found.across,
    )


@dataclass(frozen=True, eq=False)
class _Sampled:
    """The sample: its strata, by id from which each picture was drawn, and what reads the cases."""

    strata: tuple[Stratum, ...] = ()
    drawn: Mapping[str, Sequence[str]] = field(default_factory=dict)
    run: StageRun | None = None
    cases: Callable[[], Iterator[Case]] = lambda: iter(())


@dataclass(frozen=True, eq=False)
class _Auditor:
    """One audit while it runs."""

    store: Store
    manifest: Manifest
    asked: Questions
    detector: Detector
    run: Run
    watch: Watch
    asked_of: list[tuple[Stage, Sequence[Work], str]] = field(default_factory=list)
    """Each stage that is done, of which pictures, and its key."""

    def done(self, stage: Stage, works: Sequence[Work]) -> StageRun:
        """A stage with all of its rows."""
        key = key_of(stage, self.detector)
        self.asked_of.append((stage, works, key))
        with self.watch(stage, left(stage, works, self.store, key)) as advance:
            return self.run(stage, works, self.store, key, advance)

    def must_stand(self) -> None:
        """Refuse to conclude from rows some of which somebody has removed since they were written.

        Raises:
            OutputError: a row of a stage that is done is not there.
        """
        gone = sum(left(stage, works, self.store, key) for stage, works, key in self.asked_of)
        if gone:
            raise OutputError(
                "Rows were removed while the audit ran, so nothing is concluded from the rest; run the same command again, "
                f"which computes them anew. Received: {self.store.address} without the rows of {gone:,} pictures"
            )

    def cases(self, scores: Scores) -> _Sampled:
        """The sample that is explained whole."""
        stage = self.asked.cases
        if stage is None or not self.asked.sample:
            return _Sampled()
        sizes = sizes_of(self.asked.sample, labelled=any(entry.label for entry in scores.entries))
        strata, drawn = sample(scores, sizes, self.asked.seed)
        entries = [entry for entry in scores.entries if entry.id in drawn]
        run = self.done(stage, [Work(entry) for entry in entries])
        return _Sampled(strata, drawn, run, lambda: cases_of(self.store, run.key, entries))

    def shortcuts(self, scores: Scores) -> tuple[StageRun | None, tuple[Shortcut, ...]]:
        """The sample whose copies are scored, and what that says."""
        stage = self.asked.shortcuts
        works = paired(scores, self.asked.changed, self.asked.seed) if self.asked.changed else []
        if stage is None or not stage.tests or not works:
            return None, ()
        run = self.done(stage, works)
        return run, shortcuts_of(stage, self.detector, works, rows_of(self.store, run.key, works), scores)


@contextlib.contextmanager
def _running(engine: str, address: str | None, detector: Detector, opening: Opening) -> Iterator[Run]:
    """What runs a stage: this process, or a cluster that all stages share."""
    if engine == "local":
        yield lambda stage, works, store, key, advance: run_stage(stage, works, store, key, detector, advance)
        return
    from xaifake.audit.running.by_ray import cluster, run_stage_on_ray

    with cluster(address):
        on_ray = functools.partial(run_stage_on_ray, address=address)
        yield lambda stage, works, store, key, advance: on_ray(stage, works, store, key, opening, advance)
