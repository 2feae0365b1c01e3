"""Killed runs lose nothing, and the script that says so would see it if they did."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_kills_lose_nothing(benchmarks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight kills of the runner alone at random moments: no row lost, none twice, the same bytes, nothing left over."""
    import kills

    monkeypatch.setenv("PYTHONPATH", str(Path(kills.__file__).parents[1]))
    command = [sys.executable, str(benchmarks / "kills.py"), kills.CHILD]
    row = kills.killed("runner alone", command, tmp_path / "runs", kills=8, seed=1)
    assert 8 == row["kills"]
    assert [0, 0, 0, 0] == [row[name] for name in ("rows lost", "rows twice", "files that differ", "files left over")]


def test_losses_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shard that is missing, one under a second name, one that is cut, and a file and a lock that were left."""
    import kills

    monkeypatch.setattr(kills, "PICTURES", 12)
    kills.work_in(str(tmp_path))
    wanted = kills.files_in(tmp_path)
    first, second, third = wanted

    found = {first: wanted[first], second: wanted[second], "rows/idle-000000000000/again.parquet": wanted[first]}
    assert {"lost": 4, "twice": 4, "differ": 1, "left over": 1} == kills.compared(found, wanted)
    assert {"left over": 1} == +kills.compared({**wanted, f"{first.rpartition('/')[0]}/.part.lock": b""}, wanted)
    assert 0 == kills.compared(wanted, wanted).total()
    assert third in wanted
