"""How commands end: with which exit code, in which words, and that pipes and terminals get what they can read."""

from __future__ import annotations

import importlib
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xaifake.__main__ import main
from xaifake.cli._ending import _sentence
from xaifake.errors import CaseError, UsageError


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("inspect none.h5", 1),
        ("inspect", 2),
        ("contract none.h5", 1),
        ("contract none.h5 --size big", 2),
        ("report none.json", 1),
        ("report . --blind", 2),
        ("review none.json none.review.json", 1),
        ("sign none.json --key none.pem", 2),
        ("verify none.json --offline", 1),
        ("check none", 2),
        ("check none --min-auc 0.9", 1),
        ("check none --min-auc 9", 2),
        ("diff none none", 1),
        ("explain none.h5 none.png", 1),
        ("explain none.h5 none.png --seed -1", 2),
        ("audit none.h5 none", 1),
        ("audit none.h5 none --fill ink", 2),
        ("compare none.h5 --data none", 2),
        ("train none d -o m.keras", 2),
        ("ensemble a.h5 b.h5 -o c.keras", 1),
        ("calibrate none.h5 none --limit 1", 2),
        ("selftest --size 8", 2),
        ("completion fish", 2),
        ("app none.h5", 1),
        ("--help", 0),
        ("explain --help", 0),
    ],
)
def test_exit_codes(line: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """0 all went well, 1 refused, 2 a wrong command line, whichever the command."""
    monkeypatch.chdir(tmp_path)
    assert code == main(shlex.split(line))


FULL, NO_MEMORY = OSError(28, "No space left on device", "a.png"), MemoryError("Unable to allocate 2 GiB")


def broken(error: BaseException) -> Callable[[object], int]:
    """A command that ends so."""

    def run(_: object) -> int:
        raise error

    return run


def caused() -> CaseError:
    """A refusal that has a cause."""
    error = CaseError("no case. Received: x")
    error.__cause__ = KeyError("format")
    return error


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UsageError("not so. Received: x"), 2, "xaifake: not so. Received: x\n"),
        (caused(), 1, "xaifake: no case. Received: x\n"),
        (KeyboardInterrupt(), 130, "xaifake: stopped\n"),
        (BrokenPipeError(), 1, ""),
        (
            FULL,
            1,
            f"xaifake: {_sentence(FULL)}\n",
        ),
        (
            NO_MEMORY,
            1,
            f"xaifake: {_sentence(NO_MEMORY)}\n",
        ),
        (
            RuntimeError("odd"),
            1,
            "xaifake: This is a fault of xaifake, not of yours; --verbose shows where. Received: RuntimeError: odd\n",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_end_is_one_line(
    error: BaseException, code: int, line: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """No traceback, whatever ends a command."""
    with monkeypatch.context() as patch:
        patch.setattr("xaifake.cli.inspect.run", broken(error))
        patch.setattr(sys, "stdout", sys.__stdout__ if isinstance(error, BrokenPipeError) else sys.stdout)
        patch.setattr(os, "dup2", lambda *_: None)  # which would close the tests' own standard output
        assert code == main(["inspect", "m"])
    assert line == capfd.readouterr().err


def test_what_the_system_refuses_is_no_fault_of_xaifake() -> None:
    """A full disk and a full memory, wherever a library meets them: what to do, and what it was."""
    assert re.fullmatch(r"The system refuses .*TMPDIR.* Received: \[Errno 28\] No space left .*a.png'", _sentence(FULL))
    assert re.fullmatch(r"There is no memory left: .*--memory.* Received: Unable to allocate 2 GiB", _sentence(NO_MEMORY))
    assert "fault of xaifake" in _sentence(FileNotFoundError(2, "No such file or directory"))


def test_verbose_tells_what_a_refusal_came_from(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The cause's traceback, behind the refusal and named as what it is; without --verbose, not."""
    monkeypatch.setattr("xaifake.cli.inspect.run", broken(caused()))
    _, _, err = told(capsys, "inspect", "m", "--verbose")
    assert "xaifake: no case. Received: x\nwhat that came from:\nKeyError: 'format'\n" in err
    assert "KeyError" not in told(capsys, "inspect", "m")[2]


STOPPED = [
    *("audit m d", "train cnn 'my data' -o m", "compare a b --data d", "explain m i", "demo"),
    *("calibrate m d", "ensemble a b -o c"),
]


@pytest.mark.parametrize("typed", STOPPED)
def test_a_stop_says_what_is_kept(typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """And the command by which to go on, as it was typed."""
    name = typed.split()[0]
    monkeypatch.setattr(f"xaifake.cli.{name}.run", broken(KeyboardInterrupt()))
    code, _, err = told(capsys, *shlex.split(typed))
    kept = importlib.import_module(f"xaifake.cli.{name}").KEPT
    assert (130, f"xaifake: stopped; {kept}: xaifake {typed}\n") == (code, err)


@pytest.fixture(params=[(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["SIGTERM", "SIGHUP"])
def request_to_end(request: pytest.FixtureRequest) -> Iterator[tuple[int, int]]:
    """A signal as a new process finds it, and its exit code: what ran before may have left a handler, such as Ray's."""
    before = signal.signal(request.param[0], signal.SIG_DFL)
    yield request.param
    if before is not None:  # one that was not made in Python cannot be put back
        signal.signal(request.param[0], before)


def test_a_request_to_end_is_heeded_as_ctrl_c_is(
    request_to_end: tuple[int, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same words, an exit code that says which, and afterwards the signal means what it meant before."""
    number, code = request_to_end

    def requested(_: object) -> int:
        assert signal.getsignal(number) is not signal.SIG_DFL  # else all tests would end here
        signal.raise_signal(number)
        return 0

    monkeypatch.setattr("xaifake.cli.inspect.run", requested)
    assert (code, "", "xaifake: stopped\n") == told(capsys, "inspect", "m")
    assert signal.SIG_DFL == signal.getsignal(number)


def test_what_ignores_a_closed_terminal_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under ``nohup`` SIGHUP is ignored, and a command leaves it so."""

    def hung_up(_: object) -> int:
        signal.raise_signal(signal.SIGHUP)
        return 0

    monkeypatch.setattr("xaifake.cli.inspect.run", hung_up)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert 0 == main(["inspect", "m"])
    finally:
        signal.signal(signal.SIGHUP, before)


def in_terminal(*command: str, **environment: str) -> str:
    """What a command writes where all its output is a terminal of 100 columns."""
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    whole = {**os.environ, **environment}
    with subprocess.Popen([sys.executable, *command], stdin=theirs, stdout=theirs, stderr=theirs, env=whole) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                chunk = os.read(ours, 4096)
            except OSError:  # how Linux says that nobody holds the other end
                break
            written += chunk
        process.wait()
    os.close(ours)
    return written.decode()


BAR = """
from xaifake.cli._terminal import *
with speaking([]), progress(3, "steps") as advance:
    advance(1)
    say("a note")
    result("a result")
"""


@pytest.mark.slow
def test_no_colour_is_ever_written() -> None:
    """Not in a terminal, not with FORCE_COLOR, and so neither with NO_COLOR nor in a dumb one: no escape at all."""
    for environment in ({"NO_COLOR": "1", "TERM": "dumb"}, {"FORCE_COLOR": "1", "TERM": "xterm-256color"}):
        written = in_terminal("-m", "xaifake", "explan", **environment)
        assert "Did you mean explain?" in written
        assert "\x1b" not in written + in_terminal("-c", BAR, **environment)
    assert "\x1b" not in in_terminal("-m", "xaifake", "--help", TERM="xterm-256color", FORCE_COLOR="1")


@pytest.mark.slow
def test_bars_are_drawn_in_a_terminal_alone() -> None:
    """A bar among the lines there; the lines alone in a pipe."""
    assert "steps:  33%" in in_terminal("-c", BAR)
    piped = subprocess.run([sys.executable, "-c", BAR], capture_output=True, text=True, check=True)
    assert ("a result\n", "a note\n") == (piped.stdout, piped.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("line", ["--help", "explain --help", "completion bash"])
def test_a_closed_pipe_ends_quietly(line: str) -> None:
    """``xaifake … | head -1``: a line, and no complaint."""
    done = subprocess.run(
        ["bash", "-c", f"{shlex.quote(sys.executable)} -m xaifake {line} | head -1"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert 1 == len(done.stdout.splitlines())
    assert not done.stderr
