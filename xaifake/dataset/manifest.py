"""The manifest: every picture of a data set, whatever kind it is, and what the data set says of each."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

from xaifake.records import Entry, Refused

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = tuple(column.name for column in fields(Entry))


@dataclass(frozen=True)
class Manifest:
    """A data set.

    Attributes:
        name: what to call it.
        addresses: as the user gave them.
        entries: its pictures in order of ids, and of one id in order of addresses: a picture that lies there twice is two
            entries.
        refused: files that could not be read, and why.
        notes: what else there is to know, in sentences: files passed over, pictures without a label.
    """

    name: str
    addresses: tuple[str, ...]
    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """Of every entry's id, label, split, group and identity, in order: the same wherever the files lie."""
        digest = hashlib.sha256()
        said = ((e.id, e.label or "", e.split or "", e.group or "", e.identity or "") for e in self.entries)
        for line in sorted(said):
            digest.update(json.dumps(line).encode() + b"\n")
        return digest.hexdigest()

    def table(self) -> pa.Table:
        """The entries as a table of texts; all else stands in its metadata."""
        import pyarrow as pa

        columns = {name: pa.array([getattr(e, name) for e in self.entries], pa.string()) for name in COLUMNS}
        rest = {
            "name": self.name,
            "addresses": self.addresses,
            "refused": [asdict(refused) for refused in self.refused],
            "notes": self.notes,
        }
        return pa.table(columns).replace_schema_metadata({"xaifake.manifest": json.dumps(rest)})

    @classmethod
    def from_table(cls, table: pa.Table) -> Manifest:
        """What `table` made a table of."""
        rest = json.loads(table.schema.metadata[b"xaifake.manifest"])
        columns = [table.column(name).to_pylist() for name in COLUMNS]
        return cls(
            rest["name"],
            tuple(rest["addresses"]),
            tuple(map(entry_of, *columns)),
            tuple(Refused(**refused) for refused in rest["refused"]),
            tuple(rest["notes"]),
        )


def entry_of(digest: str, uri: str, *said: str | None) -> Entry:
    """An entry from its columns. Repeated words are kept once: there may be a million of entries."""
    return Entry(digest, uri, *(said and sys.intern(said) for said in said))  # type: ignore[arg-type]
