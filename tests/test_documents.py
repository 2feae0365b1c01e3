"""What README tells people to type, typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typed import BLOCK, ROOT, script_of, typed

README = ROOT / "README.md"


def test_what_is_not_typed_is_typed_elsewhere() -> None:
    """README's lines that a test cannot type twice: those of a checkout, the package index, and a server that stays."""
    text = README.read_text(encoding="utf-8")
    lines = [
        line.partition("#")[0].strip() for kind, block in BLOCK.findall(text) if kind == "sh" for line in block.splitlines()
    ]
    left = [line for line in lines if line not in script_of(text)]
    assert left == ["scripts/demo", "scripts/test", "pip install '.[fast,app]'", "xaifake app detector.keras mine.keras"]


@pytest.mark.keras
def test_readme_runs(tmp_path: Path) -> None:
    """Every other line of README runs as it stands and in its order, and leaves what README names."""
    said = typed(README, tmp_path)
    assert "P(FAKE) = 0.94" in said
    folder = tmp_path / "try"
    assert {one.name for one in (folder / "audit").iterdir()} >= {
        "audit.html",
        "audit.json",
        "rows.csv",
        "rows.parquet",
        "cases",
    }
    assert {one.name for one in (folder / "xaifake-out").iterdir()} == {"edited.html", "edited.json", "edited.npz"}
    assert {one.name for one in folder.iterdir()} >= {
        "my.toml",
        "ci.xml",
        "mine.keras",
        "both.keras",
        "figure.pdf",
        "edited.html",
    }
