"""CSV that no spreadsheet computes, wherever it parts cells, and that reads back as it was."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from trees import tree

from xaifake.dataset import read_manifest
from xaifake.dataset.spreadsheets import csv_bytes, harmless, restored

SIGNS = "=+-@＝＋－＠"
NASTY = st.text(st.sampled_from(f"{SIGNS}'\",; \t\r\n|aé\u3000\u2028"), max_size=12)


@given(NASTY | st.text())
@example("a\r=cmd|' /C calc'!A0")
@example('a;"=1+1"')
@example("'=1")
def test_no_cell_is_a_formula_and_every_cell_comes_back(text: str) -> None:
    """Parted at commas, semicolons, tabs or line ends, quotes and spaces aside; its reader has the text that there was."""
    guarded = harmless(text)
    begins = [cell.lstrip("\" '")[:1] for cell in re.split(r"[,;\t\r\n]", guarded) if not cell.lstrip('" ').startswith("'")]
    assert not [sign for sign in begins if sign in SIGNS and sign]
    assert text == restored(guarded)


@settings(max_examples=25)
@given(st.lists(NASTY, min_size=1, max_size=4))
def test_a_text_is_one_cell(names: list[str]) -> None:
    """A bare carriage return begins no row either, and names of columns are as harmless as cells."""
    told = csv_bytes(pa.table({"=name\r": pa.array(names), "score": [-1.5] * len(names)})).decode()
    header, *rows = csv.reader(io.StringIO(told, newline=""))
    assert header == ["'=name\r", "score"]
    assert rows == [[harmless(name), "-1.5"] for name in names]


def test_a_table_that_we_wrote_names_the_same_pictures(tmp_path: Path) -> None:
    """A picture in a folder whose name is a formula is found again, and its group is what it was."""
    tree(tmp_path, "=1+1/a;-b.png")
    written = csv_bytes(pa.table({"image": ["=1+1/a;-b.png"], "label": ["FAKE"], "group": ["@home"]}))
    (tmp_path / "table.csv").write_bytes(written)
    (entry,) = read_manifest([str(tmp_path / "table.csv")]).entries
    assert (str(tmp_path / "=1+1/a;-b.png"), "@home") == (entry.uri, entry.group)


def test_time_is_linear() -> None:
    """A text of a million separators costs what it weighs."""
    assert harmless("," * 1_000_000 + "=") == "," * 1_000_000 + "'="
    assert harmless("\t\"'" * 300_000) == "\t\"'" * 300_000
