"""How benchmarks measure, and what they keep."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest


def test_rivals_take_turns_after_a_round_that_does_not_count() -> None:
    """Three rounds of two rivals are asked for in turn, and two of them are timed."""
    from measuring import rounds

    asked: list[str] = []
    seconds = rounds({"a": lambda: asked.append("a"), "b": lambda: asked.append("b")}, 2)
    assert asked == ["a", "b"] * 3
    assert {name: len(times) for name, times in seconds.items()} == {"a": 2, "b": 2}


def test_ratio_is_the_median_of_the_rounds() -> None:
    """One slow round moves nothing."""
    from measuring import ratio

    assert ratio([2, 2, 90], [1, 1, 1]) == 2


def test_published_table_is_printed_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was measured is printed with machine and versions; the file has the rows, NumPy's numbers among them."""
    import measuring

    monkeypatch.setattr(measuring, "RESULTS", tmp_path)
    monkeypatch.setattr(sys, "argv", ["some/where/stock.py", "/some/where/a.keras", "7"])
    rows = [{"what": "ours", "calls": np.int64(3)}, {"what": "theirs", "goal": "≤ 1"}]
    measuring.publish("some", "Some table", rows, raw={"seconds": [0.5]}, peers={"stock": {"lime": "0.2"}}, note="Noted.")

    kept = json.loads((tmp_path / "some.json").read_text("utf-8"))
    assert kept["command"] == "python benchmarks/stock.py a.keras 7"
    assert kept["columns"] == ["what", "calls", "goal"]
    assert kept["rows"] == rows
    assert (kept["raw"], kept["peers"], kept["note"]) == ({"seconds": [0.5]}, {"stock": {"lime": "0.2"}}, "Noted.")
    assert kept["versions"]["numpy"] == np.__version__
    printed = capsys.readouterr().out
    for part in ("## Some table", "stock: lime 0.2", f"numpy {np.__version__}", "| theirs |  | ≤ 1 |"):
        assert part in printed


def test_all_measures_every_script_that_publishes(benchmarks: Path) -> None:
    """A script that publishes a table stands in ``benchmarks/all``, and all that stand there are scripts."""
    listed = subprocess.run([benchmarks / "all", "--help"], capture_output=True, text=True, check=True).stdout
    publishing = [path.name for path in sorted(benchmarks.glob("*.py")) if calls_publish(path)]
    assert [name for name in publishing if name not in listed] == []
    assert [name for name in re.findall(r"\w+\.py(?=[ ,])", listed) if not (benchmarks / name).is_file()] == []


def calls_publish(path: Path) -> bool:
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    return any(isinstance(call.func, ast.Name) and call.func.id == "publish" for call in calls)
