"""Rivals wait at a pipe, work when asked, and say why they failed."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

SCRIPT = """
import sys
sys.path.insert(0, {peers!r})
from pathlib import Path
from answering import serve

def add(numbers):
    print("noise")
    return sum(numbers)

serve({{"add": add, "fail": lambda: 1 / 0}}, Path(__file__).with_suffix(".txt"))
"""


@pytest.fixture
def script(benchmarks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rival that adds, and whose environment is this one."""
    import rivals

    monkeypatch.setattr(rivals, "ENVIRONMENTS", tmp_path / "cache" / "venvs")
    (tmp_path / "adder.txt").write_text("# what it uses\nnumpy>=2\n")
    (tmp_path / "adder.py").write_text(SCRIPT.format(peers=str(benchmarks / "peers")))
    return tmp_path / "adder.py"


def test_rival_answers_task_after_task(script: Path) -> None:
    """Its packages' prints are no answers; its versions are those of its requirements."""
    from rivals import Peer

    with Peer(Path(sys.executable), script) as adder:
        assert adder.versions == {"python": platform.python_version(), "numpy": version("numpy")}
        assert [adder.run("add", numbers=[1, 2]), adder.run("add", numbers=[3])] == [3, 3]
        assert "noise" in adder.log.read_text()


def test_rival_that_fails_is_quoted(script: Path) -> None:
    """The end of a rival is an error with its last words."""
    from rivals import Peer

    with Peer(Path(sys.executable), script) as adder, pytest.raises(RuntimeError, match="ZeroDivisionError"):
        adder.run("fail")


def test_environment_is_made_once(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment whose requirements are unchanged is used as it is; a changed one is made anew."""
    import rivals

    made: list[str] = []

    def run(command: list[object], **_: object) -> None:
        made.append(str(command[2]))
        (rivals.ENVIRONMENTS / "adder").mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(rivals, "PEERS", script.parent)
    monkeypatch.setattr(rivals.subprocess, "run", run)
    for _ in range(2):
        assert rivals.environment("adder") == rivals.ENVIRONMENTS / "adder" / "bin" / "python"
    assert made == ["venv", "pip"]
    (script.parent / "adder.txt").write_text("numpy>=3\n")
    rivals.environment("adder")
    assert made == ["venv", "pip", "venv", "pip"]
