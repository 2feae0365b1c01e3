"""Tables of which each row names a picture."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import PurePosixPath
from typing import Any, ClassVar

from xaifake.dataset.addresses import opened
from xaifake.dataset.columns import Columns
from xaifake.dataset.places import Place
from xaifake.dataset.protocol import Finding, Found, Remark
from xaifake.dataset.reading import Reading
from xaifake.dataset.sources._folders import FolderNames
from xaifake.dataset.spreadsheets import restored
from xaifake.errors import UsageError
from xaifake.records import Refused

LONGEST = 1 << 20
"""Characters of a line."""
LONGEST_VALUE = 1 << 13
"""Characters of a path, an address, a label."""
MOST_COLUMNS = 1000
BATCH = 256
"""Rows of a Parquet file that are read at once."""
MOST_OF_BATCH = 64 << 20
"""Bytes of these rows. A value that stands in the file once may be in each."""
MOST_OF_COLUMN = 1 << 30
"""Bytes of a column's values in one group of rows, unpacked."""
Rows = Iterator[Mapping[str, Any]]
Opened = tuple[Sequence[str], Callable[[Sequence[str]], Rows]]
"""The columns that there are, none in an empty table, and what reads some of them: those that say nothing are not read."""


class Table:
    """A manifest: a table of CSV, TSV, JSON Lines or Parquet; paths are from the table's own folder.

    Columns are known by the usual names, or told by `Reading.columns`. A CSV may be parted by commas, semicolons or tabs.
    """

    title: ClassVar[str] = "CSV, JSON Lines or Parquet manifests"

    def recognises(self, place: Place) -> bool:
        """A file with the ending of a table."""
        return not place.is_folder and _ending(place) in READERS

    def find(self, place: Place, reading: Reading) -> Iterator[Finding]:
        """Every row."""
        if _ending(place) not in READERS:
            raise UsageError(f"A manifest is a file that ends in {', '.join(READERS)}. Received: {place.given}")
        try:
            with opened(place.address) as file, ExitStack() as open_:
                names, read = READERS[_ending(place)](file, open_)
                if names:
                    yield from _findings(names, read, place, reading)
        except UsageError:
            raise
        except (OSError, ValueError, csv.Error, RecursionError) as error:  # pyarrow's own are ValueErrors and OSErrors
            raise UsageError(f"The manifest cannot be read ({error}). Received: {place.given}") from error


def _findings(
    names: Sequence[str], read: Callable[[Sequence[str]], Rows], place: Place, reading: Reading
) -> Iterator[Finding]:
    columns, folders = _columns(names, reading, place), FolderNames(place, reading)
    yield Remark(columns.remark())
    for number, row in enumerate(read(list(columns.names.values())), 1):
        yield _found(row, columns, f"row {number}", place, reading, folders)


def _found(
    row: Mapping[str, Any], columns: Columns, where: str, place: Place, reading: Reading, folders: FolderNames
) -> Found | Refused:
    if isinstance(row.get(columns.names["image"]), (bytes, dict)):
        raise UsageError(
            "A manifest names pictures by their paths; this one holds the pictures themselves: save them as files. "
            f"Received: {place.given}"
        )
    if any(isinstance(value, str) and len(value) > LONGEST_VALUE for value in row.values()):
        return Refused(f"{place.address} {where}", f"The row has a value of more than {LONGEST_VALUE} characters.")
    image = columns.value("image", row)
    if image is None:
        return Refused(f"{place.address} {where}", f"The row names no picture in {columns.names['image']}.")
    mask = columns.value("mask", row)
    named = [place.beside(path) for path in (image, mask) if path]
    for address in named:
        if not place.may_name(address, reading.reach):
            return Refused(address, "A table names files from where it lies; --reach ADDRESS lets it name others.")
    said = columns.said(row)
    said = said._replace(group=said.group or folders.group(image))
    return Found(named[0], *said, mask=named[1] if mask else None, source=place.name)


def _columns(names: Iterable[str], reading: Reading, place: Place) -> Columns:
    known = [name for name in names if name]
    if len(known) > MOST_COLUMNS or len(known) > len(set(known)):
        raise UsageError(
            f"A manifest has up to {MOST_COLUMNS} columns, each of its own name. "
            f"Received: {place.given} with {len(known)} columns of {len(set(known))} names"
        )
    columns = Columns(known, reading, place.name)
    if "image" not in columns.names:
        raise UsageError(
            "A manifest has a column that names each row's picture, called path, image or file_name; --column image=NAME "
            f"says which. Received: {place.given} with {', '.join(known[:20])}"
        )
    return columns


def _ending(place: Place) -> str:
    return PurePosixPath(place.name).suffix.lower()


def _csv(file: Any, open_: ExitStack) -> Opened:
    text = open_.enter_context(io.TextIOWrapper(file, "utf-8-sig", newline=""))
    header = text.readline(LONGEST)
    text.seek(0)
    rows = filter(None, csv.reader(_lines(text), delimiter=max(",;\t", key=header.count), strict=True))
    names = [restored(name) for name in next(rows, [])]

    def read(wanted: Sequence[str]) -> Rows:
        places = {name: names.index(name) for name in wanted}
        return ({name: restored(row[place]) for name, place in places.items() if place < len(row)} for row in rows)

    return names, read


def _json_lines(file: Any, open_: ExitStack) -> Opened:
    text = open_.enter_context(io.TextIOWrapper(file, "utf-8-sig"))
    lines = (line for line in _lines(text) if line.strip())
    rows = map(_object, lines)
    first = next(rows, {})
    return list(first), lambda wanted: ({name: row.get(name) for name in wanted} for row in chain([first], rows))


def _object(line: str) -> dict[str, Any]:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("each line of JSON Lines is an object")  # noqa: TRY004 - a wrong file, not a wrong call
    return row


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines, none longer than `LONGEST`: a file of nothing else would be read whole for its first."""
    while line := text.readline(LONGEST):
        if len(line) == LONGEST:
            raise ValueError(f"a line has more than {LONGEST} characters")
        yield line


def _parquet(file: Any, open_: ExitStack) -> Opened:
    import pyarrow.parquet as pq

    table = open_.enter_context(pq.ParquetFile(file))
    return table.schema_arrow.names, lambda wanted: _batches(table, wanted)


def _batches(table: Any, wanted: Sequence[str]) -> Rows:
    for number in range(table.metadata.num_row_groups):
        group = table.metadata.row_group(number)
        sizes = (group.column(column).total_uncompressed_size for column in range(group.num_columns))
        if max(sizes, default=0) > MOST_OF_COLUMN:
            raise ValueError(f"a column has more than {MOST_OF_COLUMN >> 20} MiB in one group of rows")
    for batch in table.iter_batches(BATCH, columns=wanted, use_threads=False):
        if batch.nbytes > MOST_OF_BATCH:
            raise ValueError(f"{BATCH} rows have more than {MOST_OF_BATCH >> 20} MiB")
        yield from batch.to_pylist()


READERS = {".csv": _csv, ".tsv": _csv, ".jsonl": _json_lines, ".ndjson": _json_lines, ".parquet": _parquet}
