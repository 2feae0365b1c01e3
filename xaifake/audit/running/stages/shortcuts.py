"""Changed copies of pictures of a sample, scored: what the shortcut tests judge by."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.ahead import ahead
from xaifake.audit.running.protocol import Advance, Row, Work
from xaifake.audit.subjects import Question, Subject, subject_of
from xaifake.dataset import read_entry
from xaifake.errors import NumbersError, PictureError
from xaifake.interfaces import Engine, Seen, ShortcutTest
from xaifake.records import Entry, Options, ViewPixels

if TYPE_CHECKING:
    import pyarrow as pa

    from xaifake.detector.engine import Detector

Copies = dict[str, ViewPixels]
"""Changed copies by their names, ``TEST/CHANGE``; the view as it is has the name `AS_IS`."""
AS_IS = ""
AHEAD = 2
"""Pictures whose copies are made while others are scored: each has about forty."""


@dataclass(frozen=True)
class ShortcutsStage:
    """One call for each changed copy of a picture, and one for the picture as it is.

    A row holds the logit and, by name, those of the copies; copies that a picture does not allow are missing.

    Attributes:
        tests: the shortcut tests, with their options in the name; all there are by default.
        seed: with a picture's id, all that is random about its copies.
    """

    name: ClassVar[str] = "shortcuts"
    shard: ClassVar[int] = 8
    tests: tuple[str, ...] = plugins.names("shortcut")
    seed: int = 0

    @cached_property
    def plugins(self) -> Mapping[str, ShortcutTest]:
        """The tests by name."""
        made = (plugins.make("shortcut", spec) for spec in self.tests)
        return {plugins.name_of(type(test)): test for test in made}

    @property
    def options(self) -> Options:
        return {"tests": [plugins.spec_of(test) for test in self.plugins.values()], "seed": self.seed}

    @property
    def calls(self) -> int:
        return 1 + sum(test.calls for test in self.plugins.values())

    def schema(self) -> pa.Schema:
        import pyarrow as pa

        after = pa.map_(pa.string(), pa.float32())
        columns = [("error", pa.string()), ("logit", pa.float32()), ("after", after)]
        return pa.schema([pa.field("id", pa.string(), nullable=False), *columns])

    def rows(self, detector: Detector, works: Sequence[Work], advance: Advance) -> list[Row]:
        """One row for each, in order; copies of several pictures share batches."""
        errors: dict[int, str] = {}
        logits: dict[int, dict[str, float]] = {place: {} for place in range(len(works))}
        with contextlib.closing(ahead(functools.partial(self.copies, detector), works, AHEAD)) as made:
            waiting = _each(made, errors)
            while batch := list(itertools.islice(waiting, detector.batch)):
                answers = _scored(detector, np.stack([pixels for _, _, pixels in batch]))
                advance(len(batch))
                for (place, name, _), answer in zip(batch, answers, strict=True):
                    if isinstance(answer, str):
                        errors[place] = answer
                    else:
                        logits[place][name] = answer
        return [
            {"id": work.entry.id, "error": errors[place]}
            if place in errors
            else {"id": work.entry.id, "error": None, "logit": found.pop(AS_IS), "after": list(found.items())}
            for (place, found), work in zip(logits.items(), works, strict=True)
        ]

    def copies(self, detector: Detector, work: Work) -> Copies | str:
        """The copies of one picture, or the sentence that says why there are none."""
        seen = _seen(detector, work.entry)
        if isinstance(seen, str):
            return seen
        partner = None if work.partner is None else _seen(detector, work.partner)
        return self.copies_of(detector, seen, None if isinstance(partner, str) else partner, work.entry.id)

    def copies_of(self, engine: Engine, seen: Seen, partner: Seen | None, name: str) -> Copies:
        """The copies of a view: of the same pictures by the same name, the same ones."""
        copies = {AS_IS: seen.view.pixels}
        for test, plugin in self.plugins.items():
            changed = plugin.changed(engine, seen, partner, _random(self.seed, test, name))
            copies |= {f"{test}/{change}": pixels for change, pixels in changed.items()}
        return copies


def _seen(detector: Detector, entry: Entry) -> Subject | str:
    """The face of an entry, or the sentence that says why there is none."""
    try:
        found = subject_of(detector, Question(read_entry(entry)))
    except PictureError as error:
        return str(error)
    return found if isinstance(found, Subject) else found.error


def _random(seed: int, test: str, name: str) -> np.random.Generator:
    """The picture's own, for one test: it hangs on nothing else that is asked."""
    digest = hashlib.sha256(f"{seed} {test} {name}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def _each(made: Iterator[Copies | str], errors: dict[int, str]) -> Iterator[tuple[int, str, ViewPixels]]:
    """Every copy with its picture's place and its name; sentences go among the errors."""
    for place, copies in enumerate(made):
        if isinstance(copies, str):
            errors[place] = copies
        else:
            yield from ((place, name, pixels) for name, pixels in copies.items())


def _scored(detector: Detector, views: NDArray[np.float32]) -> list[float | str]:
    """The logit of each view; where one gets none, its sentence, and the others theirs."""
    try:
        return [float(logit) for logit in detector.score(views)]
    except NumbersError as error:
        return [str(error)] if len(views) == 1 else [answer for view in views for answer in _scored(detector, view[None])]
