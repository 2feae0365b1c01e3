"""The pictures of a sample explained whole, each as a case that can be restored without TensorFlow."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from xaifake.ahead import ahead
from xaifake.audit.cases import explain_many
from xaifake.audit.checking import doubts_of
from xaifake.audit.planning import DEFAULT_METHODS, Plan, plan_of
from xaifake.audit.running.jobs import computing
from xaifake.audit.running.protocol import Advance, Row, Work
from xaifake.audit.running.shards import Shards
from xaifake.audit.running.store import Store
from xaifake.audit.saving import case_bytes, case_of
from xaifake.audit.subjects import Question
from xaifake.dataset import read_entry, read_uri
from xaifake.detector.engine import Detector
from xaifake.detector.inspection.formats import digest
from xaifake.errors import XaifakeError
from xaifake.game.region_game import DEFAULT_FILL, new_game
from xaifake.records import Case, Entry, Failure, Options

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class CasesStage:
    """`explain_many` with these options; see there.

    A row holds the case's JSON and NPZ, as `xaifake.audit.saving.save_case` writes them, less what depends on the run that
    made it: seconds are 0; machine, command, time and the digest of xaifake's own source are the audit's to tell.

    Attributes:
        budget: model calls for each masking method; without it, each method's own default.
    """

    name: ClassVar[str] = "cases"
    shard: ClassVar[int] = 4
    methods: tuple[str, ...] = DEFAULT_METHODS
    checks: tuple[str, ...] | None = None
    measures: tuple[str, ...] = ()
    limits: tuple[str, ...] | None = None
    reference: str | None = None
    robustness: bool = True
    budget: int | None = None
    seed: int = 0
    regions: int = 50
    fill: str = DEFAULT_FILL
    feather: float | None = None

    @property
    def options(self) -> Options:
        """As `explain_many` takes them, by the names that they stand for now."""
        game = {"regions": self.regions, "fill": self.fill, "feather": self.feather}
        reference = None if self.reference is None else digest(Path(self.reference))
        return {**self._plan.options, **game, "calls": self.budget, "reference": reference}

    @property
    def calls(self) -> int:
        return self._plan.calls

    @property
    def _plan(self) -> Plan:
        doubts = doubts_of(self.checks, self.measures, self.limits, self.robustness, reference=self.reference)
        game = functools.partial(new_game, regions=self.regions, fill=self.fill, feather=self.feather)
        return plan_of(self.methods, self.budget, doubts, self.seed, game, _no_time)

    def schema(self) -> pa.Schema:
        import pyarrow as pa

        columns = {"error": pa.string(), "record": pa.binary(), "arrays": pa.binary()}
        return pa.schema([pa.field("id", pa.string(), nullable=False), *columns.items()])

    def rows(self, detector: Detector, works: Sequence[Work], advance: Advance) -> list[Row]:
        """One row for each, in order."""
        asked = list(ahead(_question, works, len(works)))
        explained = explain_many(
            detector,
            [one for one in asked if isinstance(one, Question)],
            methods=self.methods,
            checks=self.checks,
            measures=self.measures,
            limits=self.limits,
            reference=self.reference,
            robustness=self.robustness,
            calls=self.budget,
            seed=self.seed,
            regions=self.regions,
            fill=self.fill,
            feather=self.feather,
            advance=advance,
            clock=_no_time,
        )
        outcomes = (next(explained) if isinstance(one, Question) else one for one in asked)
        return [_row(work, outcome) for work, outcome in zip(works, outcomes, strict=True)]


def cases_of(store: Store, key: str, entries: Iterable[Entry]) -> Iterator[Case]:
    """The cases of these pictures, those that could be explained, in order of ids. No TensorFlow.

    Args:
        store: where the rows lie.
        key: of the stage of cases.
        entries: the pictures.

    Raises:
        CaseError: a row does not hold a case.
        PictureError: a picture can no longer be read.
    """
    works = {work.asked: work for work in map(Work, entries)}
    for table in Shards(store, CasesStage.name, key).tables(works.values(), ["record", "arrays"]):
        for row in table.to_pylist():
            entry = works[row["asked"]].entry
            if row["record"] is not None:
                yield case_of(row["record"], row["arrays"], read_entry(entry), entry.uri)


def _question(work: Work) -> Question | str:
    """What is asked of a picture, or why it cannot be."""
    try:
        mask = None if work.entry.mask is None else read_uri(work.entry.mask)
        return Question(read_entry(work.entry), mask=mask)
    except XaifakeError as error:
        return str(error)


def _row(work: Work, outcome: Case | Failure | str) -> Row:
    if not isinstance(outcome, Case):
        return {"id": work.entry.id, "error": outcome if isinstance(outcome, str) else outcome.error}
    provenance = outcome.provenance and dataclasses.replace(outcome.provenance, machine={})
    outcome = dataclasses.replace(outcome, provenance=provenance, versions=computing())
    record, arrays = case_bytes(outcome)
    return {"id": work.entry.id, "error": None, "record": record, "arrays": arrays}


def _no_time() -> float:
    """A clock that stands, so that rows do not depend on how fast they were made."""
    return 0.0
