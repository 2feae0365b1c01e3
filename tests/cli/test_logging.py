"""What is said on standard error, to a person or to a program, and that standard output is left to results."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from xaifake.__main__ import main
from xaifake.cli import _terminal
from xaifake.cli._terminal import detail, done, progress, refuse, say, speaking


def everything() -> None:
    """One of all that a command may say."""
    say("a note")
    detail("a detail")
    logging.getLogger("xaifake.detector").info("of the library")
    with progress(4, "steps") as advance:
        advance(1)
        advance(3)
    refuse("a refusal\nin two lines")
    done(1)


@pytest.fixture
def heard(capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """The lines on standard error under some flags; nothing stands on standard output."""

    def hear(*tokens: str) -> list[str]:
        with speaking(tokens):
            everything()
        out, err = capsys.readouterr()
        assert not out
        return err.splitlines()

    return hear


def test_a_person_hears_notes_and_refusals(heard: Callable[..., list[str]]) -> None:
    """A line each, a refusal on one line behind the program's name; no bar where there is no terminal."""
    assert ["a note", "xaifake: a refusal in two lines"] == heard()


def test_quiet_leaves_errors(heard: Callable[..., list[str]]) -> None:
    """Nothing but the refusal."""
    assert ["xaifake: a refusal in two lines"] == heard("--quiet")


def test_verbose_adds_what_the_library_tells(heard: Callable[..., list[str]]) -> None:
    """Details, in the order in which they happened."""
    assert ["a note", "a detail", "of the library", "xaifake: a refusal in two lines"] == heard("--verbose")


def test_a_program_hears_one_object_a_line(heard: Callable[..., list[str]]) -> None:
    """Notes, the beginning and the end of a progress, the error, and that it is done."""
    assert [
        {"event": "note", "text": "a note"},
        {"event": "progress", "what": "steps", "done": 0, "total": 4},
        {"event": "progress", "what": "steps", "done": 4, "total": 4},
        {"event": "error", "text": "a refusal\nin two lines"},
        {"event": "done", "text": "ended with exit code 1"},
    ] == [json.loads(line) for line in heard("--log-json")]


def test_a_program_that_wants_quiet_hears_errors(heard: Callable[..., list[str]]) -> None:
    """--quiet holds for programs too."""
    assert [{"event": "error", "text": "a refusal\nin two lines"}] == [
        json.loads(line) for line in heard("--log-json", "--quiet")
    ]


def test_progress_comes_a_few_times_a_second(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A thousand steps in two seconds are eight lines, the first and the last."""
    clock = iter(step / 500 for step in range(2000))
    monkeypatch.setattr(_terminal.time, "monotonic", lambda: next(clock))
    with speaking(["--log-json"]), progress(None, "steps") as advance:
        for _ in range(1000):
            advance(1)
    told: list[Any] = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (10, 0, 1000) == (len(told), told[0]["done"], told[-1]["done"])
    assert {None} == {one["total"] for one in told}


def test_warnings_of_libraries_are_spoken_likewise(capsys: pytest.CaptureFixture[str]) -> None:
    """A program reads JSON alone, whatever a library warns of."""
    with warnings.catch_warnings(), speaking(["--log-json"]):
        warnings.simplefilter("always")
        warnings.warn("old", UserWarning, stacklevel=1)
    assert "UserWarning: old" in json.loads(capsys.readouterr().err)["text"]


def test_nothing_is_left_behind(heard: Callable[..., list[str]]) -> None:
    """After a command, Python's logging is as it was: a program that runs many commands hears each once."""
    before = (list(_terminal.LOG.handlers), _terminal.LOG.level, _terminal.LOG.propagate)
    heard("--verbose", "--log-json")
    assert before == (list(_terminal.LOG.handlers), _terminal.LOG.level, _terminal.LOG.propagate)


@pytest.mark.parametrize("command", [["--log-json", "inspect", "none.h5"], ["inspect", "none.h5", "--log-json"]])
def test_before_or_after_the_command(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A refusal is JSON either way, and standard output stays empty."""
    assert 1 == main(command)
    out, err = capsys.readouterr()
    assert not out
    assert "none.h5" in json.loads(err)["text"]
    assert "error" == json.loads(err)["event"]


def test_a_wrong_command_line_is_told_to_programs_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Even what argparse refuses is one JSON object."""
    assert 2 == main(["--log-json", "inspcet"])
    assert "Did you mean inspect?" in json.loads(capsys.readouterr().err)["text"]
