"""Work that goes on while the page is drawn: one thread asks detectors, picture by picture, visitor after visitor."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from xaifake.app.detectors import Opened
from xaifake.app.session import Session
from xaifake.app.uploads import Upload

if TYPE_CHECKING:
    from xaifake.records import Case, Failure

LOG = logging.getLogger(__name__)
State = Literal["waiting", "running", "done", "failed", "stopped"]
Outcome = TypeVar("Outcome")
UNFORESEEN = (
    "This should not have happened, and the log of the server says what did; try again, or tell whoever serves this page."
)


class Job(Generic[Outcome]):
    """Something that a visitor asked for, as the page looks at it; what it says is of the moment.

    Attributes:
        state: ``waiting`` until it has its first turn, then ``running``, and in the end ``done``, ``failed`` or ``stopped``.
        done, total: how far it has come, in model calls; a total of None where nobody knows it.
        what: the step that it is at, in words, where there are several.
        outcomes: those so far.
        error: the sentence why it failed.
    """

    def __init__(self, total: int | None = None) -> None:
        self.state: State = "waiting"
        self.done = 0
        self.total = total
        self.what = ""
        self.outcomes: tuple[Outcome, ...] = ()
        self.error: str | None = None
        self.stopping = threading.Event()

    @property
    def ahead(self) -> int:
        """How many jobs have their turn before this one."""
        return 0

    @property
    def finished(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in ("done", "failed", "stopped")

    def stop(self) -> None:
        """Have it end at the next model call; outcomes so far are kept."""
        self.stopping.set()


def explain(session: Session, opened: Opened, pictures: Sequence[Upload | Any], **options: Any) -> Job[Case | Failure]:
    """Explain pictures, when it is their turn; each becomes a `Case`, or a `Failure` that says why not.

    Args:
        session: whose they are; the job ends with it.
        opened: the detector.
        pictures: each an `Upload`, or whatever `xaifake.audit.cases.explain_many` takes; also a `Question` about uploads.
        options: those of `explain_many`.

    Raises:
        UsageError: an option that cannot be used.
    """
    raise NotImplementedError
