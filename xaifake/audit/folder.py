"""An audit's folder read back: its record, every picture's scores and maps, and the cases of its sample. No TensorFlow."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from xaifake.audit.audits import NAME, audit_from, load_audit
from xaifake.audit.drives import clusters_by_id
from xaifake.audit.exhibits import MOST, exhibits_of
from xaifake.audit.running.gathering import evidence_of, scores_of
from xaifake.audit.running.sampling import sample
from xaifake.audit.running.stages.cases import CasesStage, cases_of
from xaifake.audit.running.stages.scores import ScoresStage
from xaifake.audit.running.store import Store
from xaifake.dataset import Manifest, read_entry
from xaifake.dataset.places import Place
from xaifake.errors import CaseError
from xaifake.faces import faces_of
from xaifake.records import Audit, Case, Entry, Evidence, Exhibit, Pixels, Scores

MANIFEST = "manifest.parquet"


def keep_manifest(manifest: Manifest, store: Store) -> None:
    """Write the manifest beside the rows, as ``manifest.parquet``."""
    import pyarrow.parquet as pq

    memory = io.BytesIO()
    pq.write_table(manifest.table(), memory, compression="zstd")
    store.write(MANIFEST, memory.getvalue())


@dataclass(frozen=True)
class AuditFolder:
    """What `xaifake.audit.auditing.run_audit` wrote; ``address`` as it was named there. Each part is read when asked for.

    ``reach`` are beginnings of addresses at which its pictures may lie, beside paths here and the folder's own host:
    an audit may come from a stranger. None is anywhere, for whoever has just read them all.

    Raises:
        CaseError: where there is no audit, a part of it is damaged or of another run, or a picture is out of reach.
    """

    address: str
    reach: Sequence[str] | None = ()

    @cached_property
    def store(self) -> Store:
        return Store(self.address)

    @cached_property
    def audit(self) -> Audit:
        data = self.store.read(NAME)
        if data is None:
            raise CaseError(f"An audit is the folder that xaifake audit wrote. Received: {self.address} without {NAME}")
        return audit_from(data, self.store.shown(NAME))

    @cached_property
    def manifest(self) -> Manifest:
        import pyarrow.parquet as pq

        try:
            manifest = Manifest.from_table(pq.read_table(io.BytesIO(self.store.read(MANIFEST) or b""), use_threads=False))
        except (OSError, LookupError, TypeError, ValueError) as error:  # pyarrow's own errors are among these
            raise CaseError(f"The audit's manifest is missing or damaged. Received: {self.store.shown(MANIFEST)}") from error
        if manifest.sha256 != self.audit.data.sha256:
            raise CaseError(
                "The manifest is of another data set than the audit, which was perhaps begun anew and did not come to its "
                f"end; run xaifake audit again. Received: {self.store.shown(MANIFEST)}"
            )
        return manifest

    @cached_property
    def scores(self) -> Scores:
        return scores_of(self.manifest, self.store, self._key(ScoresStage.name), self.audit.contract.threshold)

    def evidence(self) -> Iterator[Evidence]:
        """The Grad-CAM maps of all pictures, in chunks."""
        return evidence_of(self.manifest, self.store, self._key(ScoresStage.name))

    @cached_property
    def strata(self) -> Mapping[str, tuple[str, ...]]:
        """By id, why a picture was looked at closely."""
        drawn = {stratum.name: stratum.drawn for stratum in self.audit.strata}
        return sample(self.scores, drawn, self.audit.seed)[1]

    @cached_property
    def clusters(self) -> Mapping[str, int]:
        """By id, the number of the kind of maps that a picture's is of."""
        clusters = self.audit.drives and self.audit.drives.clusters
        return clusters_by_id(clusters, self.scores, self.evidence()) if clusters else {}

    def cases(self) -> Iterator[Case]:
        """The cases of the sample, in order of ids, but those that could not be explained."""
        if CasesStage.name not in {run.name for run in self.audit.stages}:
            return iter(())
        sampled = [entry for entry in self.scores.entries if entry.id in self.strata]
        for entry in sampled:
            self._require_reach(entry)
        return cases_of(self.store, self._key(CasesStage.name), sampled)

    def exhibits(self, pages: Mapping[str, str] | None = None, most: int = MOST) -> list[Exhibit]:
        """The pictures that a report shows; ``pages`` says by id where a case's own report lies."""
        return exhibits_of(
            self.scores,
            self.cases(),
            self.evidence(),
            self._crop,
            strata=self.strata,
            clusters=self.clusters,
            pages=pages,
            domain=self.audit.contract.domain_name,
            most=most,
        )

    def _crop(self, entry: Entry) -> Pixels:
        """What the detector received of an entry, as it lies in the picture."""
        self._require_reach(entry)
        return faces_of(read_entry(entry), self.audit.contract.crop)[0].pixels

    def _require_reach(self, entry: Entry) -> None:
        if self.reach is not None and not Place(self.address).may_name(entry.uri, self.reach):
            raise CaseError(
                "The audit's pictures lie on another machine, which is asked for them only if you name it: "
                f"--reach {entry.uri.partition('://')[0]}://... Received: {entry.uri}"
            )

    def _key(self, stage: str) -> str:
        return next(run.key for run in self.audit.stages if run.name == stage)


def audit_at(address: str) -> Audit:
    """The audit in a folder, here or at an address of fsspec, or in an ``audit.json`` alone.

    Raises:
        CaseError: there is none, or it is damaged.
    """
    return load_audit(address) if Path(address).is_file() else AuditFolder(address).audit
