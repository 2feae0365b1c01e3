"""A stage run in this process. Others may run the same stage beside it: they share the work, shard by shard."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from xaifake.audit.running.protocol import Advance, Opening, Row, Stage, Work
from xaifake.audit.running.shards import Shards
from xaifake.audit.running.store import Store
from xaifake.detector.engine import Detector
from xaifake.records import StageRun

WAIT = 0.5
"""Seconds between looks at what others do, once nothing else is left to do."""


def run_stage(
    stage: Stage, works: Sequence[Work], store: Store, key: str, detector: Detector | Opening, advance: Advance
) -> StageRun:
    """Give every picture its row: those that are finished stay, the others are computed here, chunk by chunk.

    Once it returns, the store holds one row for each. A chunk that another process has begun is left to it; where that
    process ends without it, this one does it.

    Args:
        stage: what is asked.
        works: of which pictures; of several that ask the same, one is asked.
        store: where rows lie.
        key: from `xaifake.audit.running.jobs.key_of`.
        detector: or how to load it, which then happens only if anything is left to do.
        advance: called with model calls, `Stage.calls` for each picture that had no row when this began: those that were
            planned and not needed, and those of other processes, among them.

    Raises:
        OutputError: a shard cannot be written. What is finished stays.
    """
    shards = Shards(store, stage.name, key)
    worker = _Worker(stage, detector)
    pending = shards.pending(works, stage.shard)
    while pending:
        mine = sum(_done(chunk, worker, shards, store, advance) for chunk in pending)
        before, pending = sum(map(len, pending)), shards.pending(works, stage.shard)
        others = before - mine - sum(map(len, pending))
        advance(others * stage.calls)
        if not mine + others:
            time.sleep(WAIT)
    shards.tidy()
    return run_of(stage, works, shards, key)


def left(stage: Stage, works: Sequence[Work], store: Store, key: str) -> int:
    """How many of these pictures have no row yet."""
    return sum(map(len, Shards(store, stage.name, key).pending(works, stage.shard)))


def run_of(stage: Stage, works: Sequence[Work], shards: Shards, key: str) -> StageRun:
    """What a finished stage comes to; its calls are those that were planned for the pictures that have no error."""
    finished = shards.finished()
    errors = [finished[asked] for asked in {work.asked for work in works}]
    failed = sum(error is not None for error in errors)
    return StageRun(stage.name, key, len(errors), failed, (len(errors) - failed) * stage.calls, stage.options)


@dataclass
class _Worker:
    """A stage and its detector, which is loaded for the first chunk."""

    stage: Stage
    given: Detector | Opening

    @cached_property
    def detector(self) -> Detector:
        return self.given.open() if isinstance(self.given, Opening) else self.given

    def rows(self, chunk: Sequence[Work], advance: Advance) -> list[Row]:
        return self.stage.rows(self.detector, chunk, advance)


def _done(chunk: Sequence[Work], worker: _Worker, shards: Shards, store: Store, advance: Advance) -> int:
    """How many rows of a chunk this process has written: all or, where another is at it or was faster, none."""
    with store.lock(shards.name(chunk)) as alone:
        if not alone or shards.stands(chunk):
            return 0
        planned = len(chunk) * worker.stage.calls

        def count(calls: int) -> None:
            nonlocal planned
            calls = min(calls, planned)
            planned -= calls
            advance(calls)

        shards.write(worker.stage, chunk, worker.rows(chunk, count))
        advance(planned)
        return len(chunk)
