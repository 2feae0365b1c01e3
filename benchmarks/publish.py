"""Put measured tables into the documentation: ``python benchmarks/publish.py [NAME ...] [--check]``.

Each table named is taken from ``benchmarks/results`` into ``docs/benchmarks``; then ``docs/benchmarks.md`` is filled anew. A
table that the page had no place for gets a section at its end. With ``--check`` nothing is written: it fails
where the page differs from its tables.
"""

from __future__ import annotations

import argparse
import shutil
import sys

from tables import KEPT, PAGE, RESULTS, filled, read, to_json, with_place


def main(names: list[str], *, check: bool) -> int:
    if check:
        return differing()
    KEPT.mkdir(exist_ok=True)
    for name in names:
        shutil.copyfile(RESULTS / f"{name}.json", KEPT / f"{name}.json")
    page, tables = PAGE.read_text("utf-8"), read(KEPT)
    for name in names:
        page = with_place(page, name, tables[name]["title"])
    PAGE.write_text(filled(page, tables), "utf-8")
    return 0


def differing() -> int:
    """How many files are not as this script would write them."""
    tables = read(KEPT)
    written = {PAGE: filled(PAGE.read_text("utf-8"), tables)}
    written |= {KEPT / f"{name}.json": to_json(table) for name, table in tables.items()}
    odd = [path.name for path, text in written.items() if path.read_text("utf-8") != text]
    print(f"Not as publish.py writes it: {', '.join(odd)}" if odd else "The page shows its tables.")
    return len(odd)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="tables to take from benchmarks/results")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where page and tables differ")
    arguments = parser.parse_args()
    sys.exit(main(arguments.names, check=arguments.check))
