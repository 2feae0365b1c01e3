"""Completion scripts: that real shells take them, and what they then complete."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from xaifake import plugins
from xaifake.__main__ import main
from xaifake.cli._parser import parser
from xaifake.cli.completion import FILES, KINDS, SHELLS

pytest.importorskip("shtab")


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What ``xaifake completion`` prints."""
    assert 0 == main(["completion", shell])
    return capsys.readouterr().out


@pytest.fixture
def completed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The command line with which bash, having read the script, prints what the last of its words may become."""
    path = tmp_path / "xaifake"
    path.write_text(script("bash", capsys))
    asks = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shtab_xaifake; printf "%s\\n" "${COMPREPLY[@]}"'
    return ["bash", "-c", asks, "-", str(path), "xaifake"]


def words(command: list[str], *typed: str, folder: Path | None = None) -> set[str]:
    """What the last word may become."""
    done = subprocess.run([*command, *typed], capture_output=True, text=True, check=True, cwd=folder)
    return set(done.stdout.split())


def test_bash_completes_commands_flags_and_choices(completed: list[str]) -> None:
    """All commands; flags of the command alone, with those of all; choices."""
    assert set(plugins.names("command")) == words(completed, "")
    assert {"explain"} == words(completed, "exp")
    assert {"--methods", "--measures", "--memory", "--mean", "--mask"} == words(completed, "explain", "--m")
    assert {"--quiet"} == words(completed, "diff", "--q")
    assert {"local", "ray"} == words(completed, "audit", "--engine", "")
    assert set(SHELLS) == words(completed, "completion", "")


def test_bash_completes_names_of_plug_ins(completed: list[str]) -> None:
    """The first one, and the next behind a comma."""
    assert set(plugins.names("explainer")) == words(completed, "explain", "m", "i", "--methods", "")
    assert {"gradcam,shap", "gradcam,sobol", "gradcam,scorecam", "gradcam,smoothgrad"} == words(
        completed, "explain", "m", "i", "--methods", "gradcam,s"
    )
    assert {"median", "mean"} == words(completed, "audit", "m", "d", "--fill", "me")
    assert set(plugins.names("recipe")) == words(completed, "train", "")


def test_bash_completes_files(completed: list[str], tmp_path: Path) -> None:
    """Where a model or a picture is to be named."""
    (tmp_path / "detector.keras").touch()
    (tmp_path / "face.jpg").touch()
    assert {"detector.keras"} == words(completed, "explain", "det", folder=tmp_path)
    assert {"face.jpg"} == words(completed, "explain", "detector.keras", "fa", folder=tmp_path)
    assert {"face.jpg"} == words(completed, "explain", "m", "i", "--original", "fa", folder=tmp_path)


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
def test_other_shells_take_their_script(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a complaint about its grammar."""
    path = tmp_path / "script"
    path.write_text(script(shell, capsys))
    assert set(plugins.names("explainer")) <= set(
        path.read_text().replace("'", " ").replace("(", " ").replace(")", " ").split()
    )
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n", str(path)], check=True, capture_output=True)


def test_what_is_completed_is_there() -> None:
    """Each name that completion knows belongs to something that a command takes."""
    dests = {action.dest for command in parser().commands.values() for action in command._actions}
    assert {*FILES, *KINDS} <= dests


def test_without_shtab_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence and exit code 1."""
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert 1 == main(["completion", "bash"])
    assert "pip install 'xaifake[complete]'" in capsys.readouterr().err


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """With those there are."""
    assert 2 == main(["completion", "zhs"])
    assert "There is no shell of that name; there are: bash, zsh, tcsh. Did you mean zsh?" in capsys.readouterr().err
