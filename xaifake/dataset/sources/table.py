"""Tables of which each row names a picture."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
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
BATCH = 10_000
"""Rows of a Parquet file that are read at once."""
Rows = Iterator[Mapping[str, Any]]


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
        columns, folders = None, FolderNames(place, reading)
        for number, row in enumerate(_rows(place), 1):
            if columns is None:
                columns = _columns(row, reading, place)
                yield Remark(columns.remark())
            image = columns.value("image", row)
            if image is None:
                yield Refused(f"{place.address} row {number}", f"The row names no picture in {columns.names['image']}.")
                continue
            mask = columns.value("mask", row)
            said = columns.said(row)
            said = said._replace(group=said.group or folders.group(image))
            yield Found(place.beside(image), *said, mask=mask and place.beside(mask), source=place.name)


def _columns(row: Mapping[str, Any], reading: Reading, place: Place) -> Columns:
    columns = Columns((name for name in row if name), reading, place.name)
    if "image" not in columns.names:
        raise UsageError(
            "A manifest has a column that names each row's picture, called path, image or file_name; --column image=NAME "
            f"says which. Received: {place.given} with {', '.join(filter(None, row))}"
        )
    if isinstance(row[columns.names["image"]], (bytes, dict)):
        raise UsageError(
            "A manifest names pictures by their paths; this one holds the pictures themselves: save them as files. "
            f"Received: {place.given}"
        )
    return columns


def _ending(place: Place) -> str:
    return PurePosixPath(place.name).suffix.lower()


def _rows(place: Place) -> Rows:
    try:
        with opened(place.address) as file:
            yield from READERS[_ending(place)](file)
    except UsageError:
        raise
    except (OSError, ValueError, csv.Error, RecursionError) as error:  # pyarrow's own errors are ValueErrors and OSErrors
        raise UsageError(f"The manifest cannot be read ({error}). Received: {place.given}") from error


def _csv(file: Any) -> Rows:
    with io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
        header = text.readline(LONGEST)
        text.seek(0)
        delimiter = max(",;\t", key=header.count)
        for row in csv.DictReader(text, delimiter=delimiter, strict=True):
            yield {_bare(name): _bare(cell) for name, cell in row.items()}


def _bare(cell: Any) -> Any:
    """A cell without what guards it from spreadsheets; what lacks, or is too much in a row, as it is."""
    return restored(cell) if isinstance(cell, str) else cell


def _json_lines(file: Any) -> Rows:
    with io.TextIOWrapper(file, "utf-8-sig") as text:
        while line := text.readline(LONGEST):
            if not line.strip():
                continue
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("each line of JSON Lines is an object")  # noqa: TRY004 - a wrong file, not a wrong call
            yield row


def _parquet(file: Any) -> Rows:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(file).iter_batches(BATCH, use_threads=False):
        yield from batch.to_pylist()


READERS = {".csv": _csv, ".tsv": _csv, ".jsonl": _json_lines, ".ndjson": _json_lines, ".parquet": _parquet}
