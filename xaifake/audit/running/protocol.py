"""What a stage of an audit must look like, and how each of its workers comes by the detector."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

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


@dataclass(frozen=True)
class Opening:
    """How to load the detector, in this process or in another: `xaifake.load_detector`'s arguments.

    The runtime is named, never left to be timed, so that all workers of a job, and those that resume it, compute alike.
    """

    model: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def open(self) -> Detector:
        """The detector."""
        from xaifake.detector.loading import load_detector

        return load_detector(self.model, **self.options)


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
