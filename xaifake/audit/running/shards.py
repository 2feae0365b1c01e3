"""Rows on disk: immutable Parquet shards, each written whole, whose name says which pictures it holds.

``rows/STAGE-KEY/part-HASH.parquet``. A row is finished when a sound shard holds it; what is not finished is cut into chunks
in order of ids, so that whoever takes up a job cuts it where the one before did.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from xaifake.audit.running.protocol import Row, Stage, Work
from xaifake.audit.running.store import Store
from xaifake.errors import CaseError

if TYPE_CHECKING:
    import pyarrow as pa

KEYED = 12
"""Digits of a key that a folder's name holds; the whole key stands in every shard."""
NAMED = 16
"""Digits of what a shard holds, in its name."""
MOST_BYTES = 2**28
"""The largest shard that is read."""
MOST_UNPACKED = 2**30
"""The most that a shard may take in memory."""
ASKED = "asked"
"""The column that says what a row answers (`Work.asked`)."""
LOG = logging.getLogger(__name__)


class Shards:
    """The finished rows of one stage under one key.

    Shards that are damaged, or that are of something else, are told once in a warning and count as not there.
    """

    def __init__(self, store: Store, stage: str, key: str) -> None:
        self.folder = f"rows/{stage}-{key[:KEYED]}"
        self._store = store
        self._stage = stage
        self._key = key
        self._sound: dict[str, dict[str, str | None]] = {}
        self._unsound: set[str] = set()

    def name(self, works: Sequence[Work]) -> str:
        """The name of the shard that holds just these."""
        return f"{self.folder}/{_named(work.asked for work in works)}"

    def stands(self, works: Sequence[Work]) -> bool:
        """Whether the shard of just these is there, and sound."""
        return self._is_sound(self.name(works))

    def finished(self) -> dict[str, str | None]:
        """What of all rows has been answered, as far as is known now, and the error of each or None."""
        names = [name for name in self._store.names(self.folder) if self._is_sound(name)]
        self._sound = {name: self._sound[name] for name in names}  # without those that somebody has removed meanwhile
        return {asked: error for name in sorted(self._sound) for asked, error in self._sound[name].items()}

    def pending(self, works: Sequence[Work], size: int) -> list[list[Work]]:
        """What is not finished, each picture once, in chunks of ``size`` in order of ids.

        Whole chunks leave the others where they were, so the same works are cut alike whatever is finished.
        """
        finished = self.finished()
        left = {work.asked: work for work in reversed(works) if work.asked not in finished}  # of equals the first
        ordered = sorted(left.values(), key=lambda work: (work.entry.id, work.asked))
        return [ordered[start : start + size] for start in range(0, len(ordered), size)]

    def write(self, stage: Stage, works: Sequence[Work], rows: Sequence[Row]) -> None:
        """Keep a chunk's rows; a shard of that name, damaged or the same, gives way.

        Raises:
            OutputError: they cannot be written.
        """
        name, data = self.name(works), shard_bytes(stage, self._key, works, rows)
        self._store.write(name, data)
        self._unsound.discard(name)

    def tidy(self) -> None:
        """Remove what killed processes have left beside shards that stand."""
        self._store.tidy(self.folder)

    def tables(self, works: Iterable[Work], columns: Sequence[str]) -> Iterator[pa.Table]:
        """These columns, and ``asked``, of the rows that answer these works, shard by shard, each row once.

        Rows of other pictures, which the folder holds too where a data set has shrunk, are passed over.
        """
        import pyarrow as pa

        left = {work.asked for work in works}
        self.finished()
        for name in sorted(self._sound):
            wanted = left & self._sound[name].keys()
            if wanted and (table := self._read(name, [ASKED, *columns])) is not None:
                kept = [asked in wanted for asked in table.column(ASKED).to_pylist()]
                yield table.filter(pa.array(kept))
            left -= wanted

    def _is_sound(self, name: str) -> bool:
        """Whether a shard can be relied on; what it answers is kept."""
        if name not in self._sound and (table := self._read(name)) is not None:
            answered = (table.column(column).to_pylist() for column in (ASKED, "error"))
            self._sound[name] = dict(zip(*answered, strict=True))
        return name in self._sound

    def _read(self, name: str, columns: Sequence[str] | None = None) -> pa.Table | None:
        """Columns of a shard, or all, which looks whether all are sound; None where it is not."""
        if name in self._unsound:
            return None
        data = self._store.read(name)
        if data is None:
            return None
        try:
            return self._table(data, name, columns)
        except CaseError as error:
            self._unsound.add(name)
            LOG.warning("%s So its pictures count as not done. Received: %s", error, self._store.shown(name))
            return None

    def _table(self, data: bytes, name: str, columns: Sequence[str] | None) -> pa.Table:
        """Columns of a shard.

        Raises:
            CaseError: it is damaged, or none of this stage and key.
        """
        import pyarrow.parquet as pq

        try:
            if len(data) > MOST_BYTES:
                raise ValueError(f"more than {MOST_BYTES // 2**20} MiB")
            file = pq.ParquetFile(io.BytesIO(data), page_checksum_verification=True)
            groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
            if sum(group.total_byte_size for group in groups) > MOST_UNPACKED:
                raise ValueError(f"more than {MOST_UNPACKED // 2**20} MiB when unpacked")
            said = file.schema_arrow.metadata or {}
            if (said.get(b"stage"), said.get(b"key")) != (self._stage.encode(), self._key.encode()):
                raise ValueError("rows of another job")
            table = file.read(columns=columns, use_threads=False)  # its threads now and then abort a process that ends
            if name.rpartition("/")[2] != _named(table.column(ASKED).to_pylist()):
                raise ValueError("other pictures than its name says")
        except Exception as error:  # readers of foreign bytes raise whatever they like
            reason = str(error).partition("\n")[0][:200]
            raise CaseError(f"A file among an audit's rows is damaged or does not belong there: {reason}.") from error
        return table


def shard_bytes(stage: Stage, key: str, works: Sequence[Work], rows: Sequence[Row]) -> bytes:
    """A shard as Parquet: the same works and rows give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if [work.entry.id for work in works] != [row["id"] for row in rows]:
        raise ValueError(f"The stage {stage.name} gave rows of other pictures than it was asked about.")
    schema = stage.schema().append(pa.field(ASKED, pa.string(), nullable=False))
    answered = [{**row, ASKED: work.asked} for work, row in zip(works, rows, strict=True)]
    schema = schema.with_metadata({"stage": stage.name, "key": key})
    memory = io.BytesIO()
    table = pa.Table.from_pylist(answered, schema)
    pq.write_table(table, memory, compression="zstd", write_page_checksum=True)
    return memory.getvalue()


def _named(asked: Iterable[Any]) -> str:
    content = hashlib.sha256("\n".join(asked).encode())
    return f"part-{content.hexdigest()[:NAMED]}.parquet"
