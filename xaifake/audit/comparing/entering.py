"""The detectors of a comparison as each of them scores every picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from xaifake.audit.comparing.naming import Entrant
from xaifake.audit.drives.means import ALL
from xaifake.audit.drives.shares import Shares
from xaifake.audit.folder import keep_manifest
from xaifake.audit.running.gathering import evidence_of, scores_of, works_of
from xaifake.audit.running.jobs import begun, key_of
from xaifake.audit.running.local import left, run_stage
from xaifake.audit.running.protocol import Advance
from xaifake.audit.running.stages.scores import ScoresStage
from xaifake.audit.running.store import Store
from xaifake.audit.statistics import performance_over
from xaifake.audit.summarising import error_counts
from xaifake.dataset import Manifest
from xaifake.detector.engine import Detector
from xaifake.records import Contestant, Evidence, Interval, Scores, StageRun

Watch = Callable[[str, int], AbstractContextManager[Advance]]
"""Called when a detector begins, with its name and the pictures it has still to score; gives what counts model calls."""


@dataclass(frozen=True, eq=False)
class Entered:
    """A detector that has scored all pictures."""

    name: str
    detector: Detector
    run: StageRun
    scores: Scores

    @property
    def on_faces(self) -> bool:
        """Whether its maps lie on pictures."""
        return self.detector.contract.domain_name == "pixel"

    def maps(self, manifest: Manifest, store: Store) -> Iterator[Evidence]:
        """Its Grad-CAM maps in chunks."""
        return evidence_of(manifest, store, self.run.key)

    def contestant(self, seed: int) -> Contestant:
        """What the record says of it."""
        shares = Shares(self.scores)
        return Contestant(
            name=self.name,
            model=self.detector.file,
            contract=self.detector.contract,
            assumptions=self.detector.assumptions,
            stage=self.run,
            errors=error_counts(self.scores.errors),
            performance=performance_over(self.scores, seed),
            parts=tuple(replace(one, evidence=_overall(one.evidence)) for one in shares.parts()),
            places=tuple(replace(one, evidence=_overall(one.evidence)) for one in shares.places()),
        )


def entered(entrants: Sequence[Entrant], manifest: Manifest, store: Store, watch: Watch) -> Iterator[Entered]:
    """One after the other; all are loaded before the first one scores, so that none is refused after hours."""
    works, stage = works_of(manifest.entries), ScoresStage()
    detectors = [begun(store, entrant.opening, len(works))[0] for entrant in entrants]
    keep_manifest(manifest, store)
    for entrant, detector in zip(entrants, detectors, strict=True):
        key = key_of(stage, detector)
        with watch(entrant.name, left(stage, works, store, key)) as advance:
            run = run_stage(stage, works, store, key, detector, advance)
        yield Entered(entrant.name, detector, run, scores_of(manifest, store, key, detector.contract.threshold))


def _overall(evidence: Mapping[str, Interval]) -> dict[str, Interval]:
    """The share over all pictures alone."""
    return {kind: found for kind, found in evidence.items() if kind == ALL}
