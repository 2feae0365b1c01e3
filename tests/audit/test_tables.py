"""Rows of an audit for other programs: complete, the same each time, and harmless to spreadsheets."""

from __future__ import annotations

import csv
import io

from scores_made import HOSTILE, entry, scores_of

from xaifake.audit.tables import csv_bytes, rows_table, table_files

NAMES = ["=1+1.png", "+2.png", "-3.png", "@four.png", "plain.png", 'caf\u00e9, "quoted"\nand cut.png', "no utf-8 \udc80.png"]


def made() -> object:
    entries = [entry(at, "FAKE" if at % 2 else "REAL", uri=name) for at, name in enumerate(NAMES)]
    return scores_of(entries, [-1.5, 2.0, 0.0, 1.0, None, 3.0, -4.0])


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def test_one_line_a_picture() -> None:
    """Score, prediction, outcome, facts, leading part and error, each in its column; what is not known is empty."""
    rows = read(csv_bytes(rows_table(made(), strata={entry(0).id: ["errors", "random"]}, clusters={entry(0).id: 3})))
    first, fifth = rows[0], rows[4]
    assert len(rows) == len(NAMES)
    assert ("REAL", "REAL", "TN") == (first["label"], first["prediction"], first["outcome"])
    assert ("-1.5", "4096", "PNG", "mouth") == (first["logit"], first["bytes"], first["format"], first["part"])
    assert ("errors, random", "3", "") == (first["strata"], first["cluster"], first["jpeg_quality"])
    assert ("", "", "", "It is no picture.") == (fifth["score"], fifth["prediction"], fifth["outcome"], fifth["error"])


def test_spreadsheets_compute_nothing() -> None:
    """No text in the CSV begins as a formula does; numbers, negative ones too, stay numbers."""
    rows = read(csv_bytes(rows_table(made())))
    assert [f"'{name}" for name in NAMES[:4]] == [row["name"] for row in rows[:4]]
    assert f"'{HOSTILE}" == rows[1]["group"]
    assert "plain.png" == rows[4]["name"]
    assert -1.5 == float(rows[0]["logit"])


def test_parquet_keeps_texts_as_they_are() -> None:
    """Parquet has columns of types, so nothing needs to be made harmless; bytes that are no UTF-8 are escaped."""
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(table_files(made())["rows.parquet"]))
    assert [*NAMES[:6], "no utf-8 \\udc80.png"] == table["name"].to_pylist()
    assert ["double", "string"] == [str(table.schema.field(name).type) for name in ("score", "label")]


def test_same_scores_give_the_same_bytes() -> None:
    """Both files are written alike each time."""
    assert table_files(made()) == table_files(made())
