"""What docs/benchmarks.md shows: the committed tables, and nothing typed by hand."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

TABLE = {
    "title": "A table",
    "command": "python benchmarks/some.py",
    "measured": "2026-11-21",
    "machine": {"processor": "Abacus", "cores": 2, "memory_gib": 24, "load_before": 0.1, "load_after": 1.9},
    "columns": ["what", "calls", "ratio"],
    "rows": [{"what": "a | b", "calls": 1024, "ratio": 0.12345}, {"what": "no calls"}],
}


def test_page_is_what_its_tables_give(benchmarks: Path) -> None:
    """Every committed table has its place on the page, and the page is as publish.py writes it."""
    done = subprocess.run(
        [sys.executable, benchmarks / "publish.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("The page shows its tables.\n", 0), done.stderr


def test_tables_say_how_they_were_made_and_not_where() -> None:
    """Command, date, revision, machine and versions stand in each file; paths and host names of a machine do not."""
    from tables import KEPT, read

    tables = read(KEPT)
    assert "stock" in tables
    for name, table in tables.items():
        assert {"title", "command", "measured", "revision", "machine", "versions", "peers", "columns", "rows", "raw"} <= set(
            table
        ), name
        text = json.dumps(table)
        assert re.findall(r"(?:/home|/root|/work|/tmp|/usr)\b|\w:\\\\", text) == [], name
        assert platform.node() not in re.findall(r"[\w.-]+", text), name


def test_markdown_shows_rows_under_their_columns() -> None:
    """Counts get separators, floats three digits, a bar is escaped, and what a row lacks stays empty."""
    from tables import markdown

    assert markdown(TABLE) == (
        "| what | calls | ratio |\n| --- | --- | --- |\n| a \\| b | 1,024 | 0.123 |\n| no calls |  |  |\n"
    )


def test_line_above_a_table_tells_machine_and_load() -> None:
    """The load before and after is told where it is known."""
    from tables import made

    idle = TABLE | {"machine": {"processor": "Abacus", "cores": 2, "memory_gib": 24}}
    line = "`python benchmarks/some.py`, 2026-11-21, Abacus, 2 cores, 24 GiB"
    assert (made(idle), made(TABLE)) == (line, f"{line}, load 0.1 … 1.9")


def test_filling_replaces_what_stood_there_and_nothing_else() -> None:
    """Prose around a place stays; filling twice changes nothing."""
    from tables import filled

    page = "before\n<!-- table: some -->\nold\n<!-- end -->\nafter\n"
    once = filled(page, {"some": TABLE})
    assert "old" not in once
    assert (once.startswith("before\n"), once.endswith("<!-- end -->\nafter\n")) == (True, True)
    assert once == filled(once, {"some": TABLE})


def test_new_table_gets_a_section_once() -> None:
    """A table without a place is put at the end under its title; one that has a place stays there."""
    from tables import filled, with_place

    page = with_place("# Page\n", "some", "A table")
    assert page == "# Page\n\n## A table\n\n<!-- table: some -->\n<!-- end -->\n"
    assert with_place(filled(page, {"some": TABLE}), "some", "Another title") == filled(page, {"some": TABLE})


@pytest.mark.parametrize(("page", "tables"), [("", {"some": TABLE}), ("<!-- table: some -->\n<!-- end -->", {})])
def test_table_and_place_need_each_other(page: str, tables: dict[str, object]) -> None:
    """A table without a place, or a place without its table, is named."""
    from tables import filled

    with pytest.raises(ValueError, match="Received only one of the two: some"):
        filled(page, tables)
