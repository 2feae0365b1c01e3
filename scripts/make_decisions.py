"""Write docs/decisions/index.md: every decision by its number.

python scripts/make_decisions.py
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "decisions"
HEAD = """# Decisions

What would be expensive to undo, one page each: what was decided, why, and at what price.
`scripts/make_decisions.py` writes this list.

| | decision |
|---|---|
"""


def page() -> str:
    """The list, as Markdown; each page begins with ``# NUMBER. TITLE``."""
    rows = []
    for path in sorted(FOLDER.glob("0*.md")):
        number, _, title = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").partition(". ")
        rows.append(f"| {number} | [{title}]({path.name}) |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    (FOLDER / "index.md").write_text(page(), encoding="utf-8")
