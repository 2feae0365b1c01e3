"""A table as it is kept: one JSON file, the Markdown made of it, and its place in ``docs/benchmarks.md``.

The page holds ``<!-- table: NAME -->`` and ``<!-- end -->``; what stands between them is made from
``docs/benchmarks/NAME.json`` alone, so that no figure there is typed by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
"""What was measured last on this machine; not committed."""
KEPT = Path(__file__).parents[1] / "docs" / "benchmarks"
"""What the page quotes."""
PAGE = KEPT.with_suffix(".md")
PLACE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
Table = Mapping[str, Any]


def to_json(table: Table) -> str:
    """The file's text: sorted keys, since ``columns`` says in what order they are shown; NumPy's numbers as numbers."""
    return json.dumps(table, indent=1, sort_keys=True, ensure_ascii=False, default=lambda number: number.item()) + "\n"


def read(folder: Path) -> dict[str, Table]:
    """The tables of a folder by name."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}


def markdown(table: Table) -> str:
    """The rows under their columns; what a row lacks stays empty."""
    columns = table["columns"]
    lines = [columns, ["---"] * len(columns), *([_cell(row.get(c)) for c in columns] for row in table["rows"])]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.3g}"
    return "" if value is None else str(value).replace("|", r"\|")


def made(table: Table) -> str:
    """How the table came about, in a line."""
    machine = table["machine"]
    load = " … ".join(str(machine[when]) for when in ("load_before", "load_after") if when in machine)
    box = f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB" + (load and f", load {load}")
    return f"`{table['command']}`, {table['measured']}, {box}"


def block(name: str, table: Table) -> str:
    """What the page shows of a table."""
    note = f" {table['note']}" if "note" in table else ""
    return f"{made(table)}; [versions and raw figures](benchmarks/{name}.json).{note}\n\n{markdown(table)}"


def with_place(page: str, name: str, title: str) -> str:
    """The page, with a section at its end for a table that has no place yet."""
    if name in (found[2] for found in PLACE.finditer(page)):
        return page
    return f"{page.rstrip()}\n\n## {title}\n\n<!-- table: {name} -->\n<!-- end -->\n"


def filled(page: str, tables: Mapping[str, Table]) -> str:
    """The page with every table in its place.

    Raises:
        ValueError: the page asks for a table that there is not, or has no place for one.
    """
    places = {found[2] for found in PLACE.finditer(page)}
    if odd := sorted(places ^ tables.keys()):
        raise ValueError(
            "Each table docs/benchmarks/NAME.json has one place in docs/benchmarks.md, <!-- table: NAME --> and "
            f"<!-- end -->, and each place its table. Received only one of the two: {', '.join(odd)}"
        )
    return PLACE.sub(lambda found: f"{found[1]}{block(found[2], tables[found[2]])}{found[3]}", page)
