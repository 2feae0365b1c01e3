"""``xaifake app``: what cannot be served is refused in one line before anything is opened, and settings arrive whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from xaifake.__main__ import main
from xaifake.app import serving
from xaifake.app.settings import DEMO, Settings


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be served: settings, port, address and public name."""
    told: list[Any] = []

    def serve(*given: object, begin: Any) -> None:
        told.extend(given)
        begin("http://127.0.0.1:8501")

    monkeypatch.setattr(serving, "serve", serve)
    return told


def test_without_a_model_the_demo_s_is_served(served: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """On loopback, at the usual port; the address is printed, and how to end it."""
    assert main(["app"]) == 0
    assert served == [Settings(), 8501, "127.0.0.1", None]
    said = capsys.readouterr()
    assert said.out == "http://127.0.0.1:8501 (Ctrl-C ends it and deletes what visitors sent)\n"
    assert said.err == ""


def test_flags_reach_the_page(served: list[Any]) -> None:
    """Contract, runtime and limits of one model, as they were typed."""
    flags = ["--port", "9000", "--max-upload", "5", "--max-pictures", "2", "--resize", "area", "--runtime", "tensorflow"]
    assert main(["app", DEMO, *flags, "--memory", "8GB", "--public-name", "faces.example"]) == 0
    settings, *where = served
    assert where == [9000, "127.0.0.1", "faces.example"]
    assert settings == Settings(
        fields=(("resize", "area"),), runtime="tensorflow", memory="8GB", max_upload_mb=5, max_pictures=2
    )


def test_same_model_is_served_once(served: list[Any]) -> None:
    """However often it is named."""
    assert main(["app", DEMO, DEMO]) == 0
    assert served[0].models == (DEMO,)


def test_other_address_brings_a_caution(served: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever lets other machines in is told that nobody logs in."""
    assert main(["app", "--address", "192.168.0.7"]) == 0
    assert served[2] == "192.168.0.7"
    assert "whoever reaches this address can use the page, nobody logs in" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "code", "reason"),
    [
        (["nowhere.h5"], 1, "nowhere.h5"),
        ([DEMO, "nowhere.h5"], 1, "nowhere.h5"),
        (
            [DEMO, "b.h5", "--size", "64"],
            2,
            "--size says how one model is read; of several, each is read as MODEL.contract.toml",
        ),
        ([DEMO, "b.h5", "--fake-when", "low"], 2, "Received: --fake-when with 2 models"),
        (["--size", "huge"], 2, "size must be"),
        (["--runtime", "abacus"], 2, "abacus"),
        (["--memory", "much"], 2, "--memory takes a size"),
        (["--max-upload", "0"], 2, "--max-upload takes a whole number from 1. Received: 0"),
        (["--max-pictures", "-1"], 2, "--max-pictures takes a whole number from 1. Received: -1"),
    ],
)
def test_what_cannot_be_served_is_refused_in_one_line(
    served: list[Any], capsys: pytest.CaptureFixture[str], flags: list[str], code: int, reason: str
) -> None:
    """Before the server starts."""
    assert main(["app", *flags]) == code
    said = capsys.readouterr().err
    assert said.startswith("xaifake: ")
    assert reason in said
    assert said.count("\n") == 1
    assert served == []


def test_model_that_could_run_code_is_not_served(
    served: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is no model is refused by what it holds."""
    (tmp_path / "model.keras").write_bytes(b"\x80\x04cos\nsystem\n.")
    assert main(["app", str(tmp_path / "model.keras")]) == 1
    assert "model.keras" in capsys.readouterr().err
    assert served == []


def test_without_streamlit_it_is_said_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, and exit code 1."""
    monkeypatch.setitem(sys.modules, "streamlit", None)
    assert main(["app"]) == 1
    said = capsys.readouterr()
    assert "pip install 'xaifake[app]'" in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)
