"""All rows of an audit as tables for other programs: one line a picture, in CSV and in Parquet."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.exhibits import name_of, outside_share, top_part
from xaifake.dataset.spreadsheets import csv_bytes, texts
from xaifake.faces.parts import PARTS
from xaifake.records import Scores

if TYPE_CHECKING:
    import pyarrow as pa

TOLD = ("label", "split", "group", "identity", "source")
"""What a data set may say of a picture."""


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
            "id": texts(entry.id for entry in entries),
            "uri": texts(entry.uri for entry in entries),
            "name": texts(map(name_of, entries)),
            **{name: texts(getattr(entry, name) for entry in entries) for name in TOLD},
            "score": _numbers(scores.p_fake),
            "logit": _numbers(scores.logits),
            "prediction": texts(call if has else None for call, has in zip(calls, scored, strict=True)),
            "outcome": texts(scores.outcomes),
            **{name: _numbers(fact) if fact.dtype.kind == "f" else texts(fact) for name, fact in scores.facts.items()},
            "part": texts(top_part(scores, row) for row in rows),
            "outside": pa.array([outside_share(scores, row) for row in rows], pa.float64()),
            **{f"part {part}": _numbers(scores.evidence[:, at]) for at, part in enumerate(PARTS)},
            "strata": texts(", ".join(strata.get(entry.id, ())) for entry in entries),
            "cluster": pa.array([clusters.get(entry.id) for entry in entries], pa.int64()),
            "error": texts(scores.errors),
        }
    )


def _parquet_bytes(table: pa.Table) -> bytes:
    import pyarrow.parquet as pq

    memory = io.BytesIO()
    pq.write_table(table, memory, compression="zstd")
    return memory.getvalue()


def _numbers(column: NDArray[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.array(column.astype(np.float64), from_pandas=True)  # NaN is null
