"""Manifests of CSV, JSON Lines and Parquet."""

from __future__ import annotations

import csv
import io
import json
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import tree

from xaifake.dataset import Manifest, Reading, read_manifest
from xaifake.dataset.columns import Columns, text_of
from xaifake.errors import UsageError

ROWS = [
    {"path": "a.png", "label": "fake", "subset": "test", "generator": "gan", "person": "007", "mask": "m/a.png"},
    {"path": "sub/b.png", "label": "real", "subset": "train", "generator": "", "person": "8", "mask": ""},
]


def written(path: Path, rows: list[dict[str, object]]) -> str:
    """The table at that path, by its ending."""
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix in (".jsonl", ".ndjson"):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, rows[0], delimiter="\t" if path.suffix == ".tsv" else ";")
            writer.writeheader()
            writer.writerows(rows)
    return str(path)


def read(path: str, **reading: object) -> Manifest:
    return read_manifest([path], reading=Reading(**reading))  # type: ignore[arg-type]


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "ndjson", "parquet"])
def test_columns_are_known_by_their_usual_names(ending: str, tmp_path: Path) -> None:
    """Every kind of table says the same: paths from its own folder, and 007 stays 007."""
    tree(tmp_path, "a.png", "sub/b.png")
    found = read(written(tmp_path / f"faces.{ending}", ROWS))  # type: ignore[arg-type]
    entries = sorted(found.entries, key=lambda entry: entry.uri)
    assert [
        (str(tmp_path / "a.png"), "FAKE", "test", "gan", "007", str(tmp_path / "m/a.png"), f"faces.{ending}"),
        (str(tmp_path / "sub/b.png"), "REAL", "train", None, "8", None, f"faces.{ending}"),
    ] == [(e.uri, e.label, e.split, e.group, e.identity, e.mask, e.source) for e in entries]
    assert found.notes[0].startswith(
        f"faces.{ending}: image from path, label from label, split from subset, group from generator"
    )


def test_columns_can_be_told(tmp_path: Path) -> None:
    """--column goes before the usual names, and --group-by is a column too."""
    rows: list[dict[str, object]] = [{"path": "wrong.png", "where": "a.png", "is_fake": 1, "label": 0, "camera": "X"}]
    path = written(tmp_path / "faces.jsonl", rows)
    tree(tmp_path, "a.png")
    (entry,) = read(path, columns={"image": "where", "label": "is_fake"}, fake=("1",), group_by="camera").entries
    assert (str(tmp_path / "a.png"), "FAKE", "X") == (entry.uri, entry.label, entry.group)


@pytest.mark.parametrize("value", [0, 1, 1.0, True, "2", "unknown"])
def test_values_are_not_guessed(value: object, tmp_path: Path) -> None:
    """Neither 1 nor True is taken for FAKE, not even in a column called is_fake: the flags are named."""
    path = written(tmp_path / "faces.jsonl", [{"path": "a.png", "is_fake": value}])
    with pytest.raises(
        UsageError, match=rf"--fake VALUE.*--real VALUE.*Received: {text_of(value)} in is_fake of faces.jsonl"
    ):
        read(path)


def test_a_row_without_a_label_has_none(tmp_path: Path) -> None:
    """An empty cell, NaN and null say nothing."""
    tree(tmp_path, "a.png")
    for value in (None, "", float("nan")):
        (entry,) = read(written(tmp_path / "faces.jsonl", [{"path": "a.png", "label": value}])).entries
        assert entry.label is None


def test_missing_files_and_empty_rows_are_refused(tmp_path: Path) -> None:
    """Each with its own reason; the others are read."""
    tree(tmp_path, "a.png")
    rows: list[dict[str, object]] = [{"path": "a.png"}, {"path": "gone.png"}, {"path": ""}]
    found = read(written(tmp_path / "faces.csv", rows))
    assert 1 == len(found.entries)
    reasons = {Path(refused.uri).name: refused.reason for refused in found.refused}
    assert reasons["faces.csv row 3"] == "The row names no picture in path."
    assert reasons["gone.png"].startswith("The picture cannot be read (No such file or directory)")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("faces.csv", b"a,b\n1,2\n", r"--column image=NAME says which. Received: .*faces.csv with a, b"),
        ("faces.csv", b"\xff\xfepath\n", "The manifest cannot be read .*Received: "),
        ("faces.csv", b'path\n"a\n', "The manifest cannot be read .*Received: "),
        ("faces.jsonl", b"[1]\n", "each line of JSON Lines is an object"),
        ("faces.jsonl", b"[" * 100_000 + b"\n", "The manifest cannot be read .*Received: "),
        ("faces.parquet", b"PAR1", "The manifest cannot be read .*Received: "),
        ("faces.csv", b"", "none was found"),
    ],
)
def test_a_table_that_cannot_be_read_is_one_sentence(name: str, content: bytes, says: str, tmp_path: Path) -> None:
    """Damaged, foreign or empty."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=says) as caught:
        read(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_a_table_of_bytes_is_refused(tmp_path: Path) -> None:
    """Parquet files of Hugging Face hold the pictures themselves."""
    path = written(tmp_path / "a.parquet", [{"image": {"bytes": b"x", "path": "a.png"}, "label": 0}])
    with pytest.raises(UsageError, match="holds the pictures themselves"):
        read(path)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With those that are."""
    path = written(tmp_path / "faces.csv", [{"path": "a.png", "y": "fake"}])
    with pytest.raises(UsageError, match=r"has only path, y. Received: label=truth"):
        read(path, columns={"label": "truth"})


CELLS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12)


@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5), delimiter=st.sampled_from(",;\t"))
def test_cells_come_out_as_they_went_in(rows: list[tuple[str, str, str]], delimiter: str) -> None:
    """Whatever stands in them, quotes and delimiters included, and whatever parts them; blanks around are dropped."""
    from xaifake.dataset.sources.table import _csv

    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([("path", "split", "person"), *rows])
    with ExitStack() as open_:
        names, picked = _csv(io.BytesIO(text.getvalue().encode()), open_)
        read_back = list(picked(names))
    columns = Columns(read_back[0], Reading(), "table")
    fields = ("image", "split", "identity")
    assert [tuple(cell.strip() or None for cell in row) for row in rows] == [
        tuple(columns.value(field, row) for field in fields) for row in read_back
    ]
