"""All rows of an audit as tables for other programs: one line a picture, in CSV and in Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.exhibits import name_of, outside_share, top_part
from xaifake.faces.parts import PARTS
from xaifake.records import Scores

if TYPE_CHECKING:
    import pyarrow as pa

TOLD = ("label", "split", "group", "identity", "source")
"""What a data set may say of a picture."""
ROWS = 4096
"""Lines that are made together."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet takes for a formula."""


def table_files(
    scores: Scores, *, strata: Mapping[str, Sequence[str]] | None = None, clusters: Mapping[str, int] | None = None
) -> dict[str, bytes]:
    """The files ``rows.csv`` and ``rows.parquet``; the same scores give the same bytes.

    One line a picture, in order of ids: id, uri, name, label, split, group, identity, source; score (for FAKE), logit,
    prediction, outcome; the facts of its file; part (that leads), outside (share of the evidence outside the face), and
    ``part NAME``, each part's share of it; strata and cluster; error.

    In the CSV a text that a spreadsheet would take for a formula has an apostrophe before it; Parquet keeps it as it is.
    """
    table = rows_table(scores, strata=strata, clusters=clusters)
    return {"rows.csv": csv_bytes(table), "rows.parquet": _parquet_bytes(table)}


def rows_table(
    scores: Scores, *, strata: Mapping[str, Sequence[str]] | None = None, clusters: Mapping[str, int] | None = None
) -> pa.Table:
    """The same as a table in memory; what is not known is null."""
    import pyarrow as pa

    strata, clusters, entries = strata or {}, clusters or {}, scores.entries
    rows, scored = range(len(entries)), scores.scored
    calls = ("FAKE" if called else "REAL" for called in scores.called_fake)
    return pa.table(
        {
            "id": _texts(entry.id for entry in entries),
            "uri": _texts(entry.uri for entry in entries),
            "name": _texts(map(name_of, entries)),
            **{name: _texts(getattr(entry, name) for entry in entries) for name in TOLD},
            "score": _numbers(scores.p_fake),
            "logit": _numbers(scores.logits),
            "prediction": _texts(call if has else None for call, has in zip(calls, scored, strict=True)),
            "outcome": _texts(scores.outcomes),
            **{name: _numbers(fact) if fact.dtype.kind == "f" else _texts(fact) for name, fact in scores.facts.items()},
            "part": _texts(top_part(scores, row) for row in rows),
            "outside": pa.array([outside_share(scores, row) for row in rows], pa.float64()),
            **{f"part {part}": _numbers(scores.evidence[:, at]) for at, part in enumerate(PARTS)},
            "strata": _texts(", ".join(strata.get(entry.id, ())) for entry in entries),
            "cluster": pa.array([clusters.get(entry.id) for entry in entries], pa.int64()),
            "error": _texts(scores.errors),
        }
    )


def csv_bytes(table: pa.Table) -> bytes:
    """A table as UTF-8 CSV that no spreadsheet computes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(_harmless, table.column_names))
    for batch in table.to_batches(ROWS):
        writer.writerows([_harmless(cell) for cell in row] for row in _lines(batch))
    return text.getvalue().encode()


def _lines(batch: pa.RecordBatch) -> Iterable[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _harmless(cell: Any) -> Any:
    """Texts alone: a negative number is a number."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell


def _parquet_bytes(table: pa.Table) -> bytes:
    import pyarrow.parquet as pq

    memory = io.BytesIO()
    pq.write_table(table, memory, compression="zstd")
    return memory.getvalue()


def _numbers(column: NDArray[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.array(column.astype(np.float64), from_pandas=True)  # NaN is null


def _texts(told: Iterable[str | None]) -> pa.Array:
    """Names of files may hold what is no UTF-8; such bytes are written as escapes."""
    import pyarrow as pa

    return pa.array([str(text).encode("utf-8", "backslashreplace").decode() if text else None for text in told], pa.string())
