"""What a stage of an audit must look like, and how each of its workers comes by the detector."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from xaifake.errors import MemoryCeilingError
from xaifake.records import Entry, Options

if TYPE_CHECKING:  # stages are named and planned without either
    import pyarrow as pa

    from xaifake.detector.engine import Detector

Row = Mapping[str, Any]
"""One row of a shard, by column. Every row has ``id`` and ``error``; where there is an error, nothing else."""
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Work:
    """One picture that a stage is asked about, and where it takes one, a partner of the other label."""

    entry: Entry
    partner: Entry | None = None

    @property
    def asked(self) -> str:
        """What a row answers beside its stage: the picture's id, and where there are any, its mask and its partner's id."""
        beside = [self.entry.mask or "", self.partner.id if self.partner else ""]
        return self.entry.id if not any(beside) else sha256("\n".join([self.entry.id, *beside]).encode()).hexdigest()


@dataclass(frozen=True)
class Opening:
    """How to load the detector, in this process or in another: `xaifake.load_detector`'s arguments.

    The runtime is named, never left to be timed, and so is how many views are scored at once, so that all workers of a job,
    and those that resume it, compute alike to the last bit (see `xaifake.audit.running.jobs.begun`).
    """

    model: str
    options: Mapping[str, Any] = field(default_factory=dict)
    batch: int | None = None

    def open(self) -> Detector:
        """The detector.

        Raises:
            MemoryCeilingError: less than the job's views fit at once.
        """
        from xaifake.detector.loading import load_detector

        detector = load_detector(self.model, **self.options)
        if self.batch is not None and detector.batch < self.batch:
            raise MemoryCeilingError(
                f"This job was begun with {self.batch} views at once, and its rows would differ in their last digits with "
                f"fewer; raise --memory, or name another folder with -o. Received: room for {detector.batch}"
            )
        detector.batch = self.batch or detector.batch
        return detector


class Stage(Protocol):
    """What is asked of each picture. A frozen dataclass that can be pickled; its fields are its options.

    The same works in the same order give the same bytes, here and elsewhere. A picture that cannot be used is a row with an
    error, never an exception.
    """

    name: ClassVar[str]
    """Its folder's: scores, cases, shortcuts."""
    shard: ClassVar[int]
    """Pictures of one shard: what a kill can lose."""

    @property
    def options(self) -> Options:
        """All that its rows depend on beside picture, model and contract, ready for JSON: a change makes another job."""

    @property
    def calls(self) -> int:
        """Model calls for one picture, at most."""

    def schema(self) -> pa.Schema:
        """The columns of its rows."""

    def rows(self, detector: Detector, works: Sequence[Work], advance: Advance) -> list[Row]:
        """One row for each, in order."""
