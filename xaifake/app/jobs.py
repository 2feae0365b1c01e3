"""Work that goes on while the page is drawn: one thread asks detectors, picture by picture, visitor after visitor."""

from __future__ import annotations

import logging
import threading
import traceback
import uuid
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from xaifake.app.detectors import Opened
from xaifake.app.session import Session
from xaifake.app.uploads import Upload
from xaifake.errors import UsageError, XaifakeError
from xaifake.records import Case, Failure

if TYPE_CHECKING:
    from xaifake.audit.subjects import Question
    from xaifake.interfaces import Explainer

LOG = logging.getLogger(__name__)
State = Literal["waiting", "running", "done", "failed", "stopped"]
Outcome = TypeVar("Outcome")
UNFORESEEN = "This should not have happened, and the server's log says what did; try again, or tell whoever serves the page."


class Job(ABC, Generic[Outcome]):
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

    @property
    @abstractmethod
    def ahead(self) -> int:
        """How many jobs have their turn before this one."""

    @property
    def finished(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in ("done", "failed", "stopped")

    @abstractmethod
    def stop(self) -> None:
        """Have it end soon; outcomes so far are kept."""


class Stopped(Exception):  # noqa: N818 - no error: somebody asked for it
    """Ends an explanation between two calls of the model."""


class Explaining(Job[Case | Failure]):
    """Pictures of one visitor, explained one at each turn.

    Args:
        turns: where it waits.
        visitor: whose they are.
        outcomes: gives one outcome a picture; it reports model calls to the function that it is given.
        pictures: how many there are.
        calls: model calls of one picture, at most.
    """

    def __init__(
        self,
        turns: Turns,
        visitor: str,
        outcomes: Callable[[Callable[[int], None]], Generator[Case | Failure]],
        pictures: int,
        calls: int,
    ) -> None:
        super().__init__(pictures * calls)
        self.visitor = visitor
        self._turns = turns
        self._outcomes = outcomes(self._advance)
        self._pictures, self._calls = pictures, calls
        self.name = uuid.uuid4().hex
        self._stopping = threading.Event()

    @property
    def ahead(self) -> int:
        return self._turns.before(self)

    def stop(self) -> None:
        self._stopping.set()
        self._turns.leave(self)

    def turn(self) -> None:
        """Explain the next picture."""
        self.state = "running"
        try:
            self._advance(0)
            self.outcomes += (next(self._outcomes),)
            self.done = len(self.outcomes) * self._calls  # methods that were sure early did not ask all their calls
            if len(self.outcomes) == self._pictures:
                self.state = "done"
        except Stopped:
            self.state = "stopped"
        except XaifakeError as error:
            self.state, self.error = "failed", str(error)
        except Exception as error:  # one visitor's accident must not take the detector from the others
            LOG.exception("an explanation failed by %s: %s", type(error).__name__, error)  # noqa: TRY401 - handlers write one line
            LOG.debug("%s", traceback.format_exc())
            self.state, self.error = "failed", UNFORESEEN
        if self.finished:
            self._outcomes.close()  # else it and this job would hold each other, and all pictures, until a collection

    def _advance(self, scored: int) -> None:
        if self._stopping.is_set():
            raise Stopped
        self.done += scored


class Turns:
    """A thread that works while there is anything to do, one picture of one visitor after one of the next.

    There is one for all detectors: a single one takes all cores, and what is set for a whole process while a game is played
    (the threads of BLAS, `xaifake.threads`) is set by one at a time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: list[Explaining] = []
        self._present: Explaining | None = None
        self._working = False

    def enter(self, job: Explaining) -> None:
        """Let a job have its turns."""
        with self._lock:
            self._queue.append(job)
            if not self._working:
                self._working = True
                threading.Thread(target=self._work, name="xaifake-turns").start()

    def leave(self, job: Explaining) -> None:
        """Take a job out that has not its turn just now."""
        with self._lock:
            if job in self._queue and job is not self._present:
                self._queue.remove(job)
                job.state = "stopped"

    def before(self, job: Explaining) -> int:
        """How many jobs come first."""
        with self._lock:
            return self._queue.index(job) if job in self._queue else 0

    def _work(self) -> None:
        while job := self._next():
            job.turn()

    def _next(self) -> Explaining | None:
        """The job whose turn it is, all of its visitor's jobs behind those of others once it had it."""
        with self._lock:
            if last := self._present:
                self._queue = [job for job in self._queue if not job.finished]
                self._queue.sort(key=lambda job: job.visitor == last.visitor)
            self._present = self._queue[0] if self._queue else None
            self._working = self._present is not None
            return self._present


TURNS = Turns()
"""Those of this process."""


def explain(session: Session, opened: Opened, pictures: Sequence[Upload | Question], **options: Any) -> Job[Case | Failure]:
    """Explain pictures when it is their turn; each becomes a `Case`, or a `Failure` that says why not.

    They are the cases of the command line, field by field; only their pictures have no path.

    Args:
        session: whose they are; the job ends with it.
        opened: the detector.
        pictures: uploads, or questions whose ``image``, ``original`` and ``mask`` are uploads.
        options: those of `xaifake.audit.cases.explain_many`.

    Raises:
        UsageError: an option that cannot be used; or no pictures; or so much is under way for this visitor already; or there
            is no room for so many pixels.
    """
    from xaifake.audit.subjects import Question

    if not pictures:
        raise UsageError("There is nothing to explain; upload a picture. Received: no pictures")
    explainers, calls = _planned(**options)
    asked = [one if isinstance(one, Question) else Question(one) for one in pictures]
    told = {"methods": explainers, "command": ("xaifake", "app"), "started": datetime.now(UTC).isoformat(timespec="seconds")}

    def outcomes(advance: Callable[[int], None]) -> Generator[Case | Failure]:
        from xaifake.audit.cases import explain_many

        opened.detector.prepare(len(asked) * calls)
        for question in asked:
            try:
                decoded = _decoded(question)
            except XaifakeError as error:
                yield Failure(_name(question.image), error)
            else:
                (outcome,) = explain_many(opened.detector, [decoded], **{**options, **told}, advance=advance)
                yield outcome

    job = Explaining(TURNS, session.name, outcomes, len(asked), calls)
    session.room.holds(session.name, job.name, sum(_decoded_bytes(question) for question in asked))
    weakref.finalize(job, session.room.holds, session.name, job.name, 0)
    session.began(job)
    TURNS.enter(job)
    return job


def _planned(
    *,
    methods: Sequence[str | Explainer] | None = None,
    checks: Sequence[str] | None = None,
    measures: Sequence[str] = (),
    limits: Sequence[str] | None = None,
    reference: str | None = None,
    robustness: bool = True,
    calls: int | None = None,
    **others: Any,  # noqa: ARG001 - they change no number of calls
) -> tuple[list[Explainer], int]:
    """The explainers, and how often one picture has the model asked, at most."""
    from xaifake.audit.checking import doubts_of
    from xaifake.audit.planning import DEFAULT_METHODS, calls_of, explainers_of

    explainers = explainers_of(DEFAULT_METHODS if methods is None else methods, calls=calls)
    return explainers, calls_of(explainers, doubts_of(checks, measures, limits, robustness, reference=reference))


def _decoded(question: Question) -> Question:
    """The question, its uploads decoded."""

    def decoded(image: object) -> object:
        return image.picture() if isinstance(image, Upload) else image

    return replace(question, image=decoded(question.image), original=decoded(question.original), mask=decoded(question.mask))


def _decoded_bytes(question: Question) -> int:
    images = (question.image, question.original, question.mask)
    return sum(3 * image.height * image.width for image in images if isinstance(image, Upload))


def _name(image: object) -> str:
    from xaifake.images import name_of

    return image.name if isinstance(image, Upload) else name_of(image)
