"""Nothing that comes from strangers steers the terminal that it is printed on, nor passes for a line of ours."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from audits_made import named
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.__main__ import main
from xaifake.audit.audits import save_audit
from xaifake.cli._terminal import detail, progress, record, refuse, result, say, speaking
from xaifake.letters import in_a_line, in_a_text

STEERING = "\x1b]0;owned\x07\x1b[2J\x9b31m\x7f\r\b\x00\u202egpj.exe\u2066\u200b\u2028\ufeff\U000e0041\ud800\nAll agrees."
"""Titles, clearing, colours, names in the other direction, half a letter, and a line of ours."""


def seen(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> str:
    """What a terminal receives of both streams."""
    pty = pytest.importorskip("pty", reason="pseudo-terminals are of Unix")
    ours, theirs = pty.openpty()
    received: list[bytes] = []

    def read() -> None:
        with contextlib.suppress(OSError):  # so Linux says that the other end is closed
            while read := os.read(ours, 1 << 16):
                received.append(read)

    reader = threading.Thread(target=read)
    reader.start()
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        patch.setattr(sys, "stderr", terminal)
        act()
    reader.join()
    os.close(ours)
    return b"".join(received).decode().replace("\r\n", "\n")


def steering(text: str) -> set[str]:
    """What of a text is not seen, line ends and the two joiners aside."""
    return {letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - set(
        "\n\u200c\u200d"
    )


@pytest.mark.parametrize("flags", [(), ("--verbose",), ("--log-json",)])
def test_whatever_is_printed_is_seen(flags: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes, refusals, details, results, JSON; a bar moves the cursor by carriage returns, and by nothing else."""

    def act() -> None:
        with speaking(flags):
            say(STEERING)
            refuse(STEERING)
            detail(STEERING)
            result(STEERING, "ours")
            record({STEERING: STEERING})
            with progress(2, STEERING) as advance:
                advance(1)

    told = seen(monkeypatch, act)
    assert steering(told) <= {"\r"}
    assert "\nAll agrees." not in told or "--verbose" in flags  # a detail may be a traceback of many lines
    assert "\\u202egpj.exe" in told


@pytest.mark.slow
def test_commands_print_an_audit_of_hostile_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`diff`, in words and as JSON, of audits in which every name is hostile, and a refusal that names one."""
    folders = [tmp_path / name for name in ("before", "after")]
    for number, folder in enumerate(folders):
        folder.mkdir()
        save_audit(named(f"{number}{STEERING}"), folder)
    before, after = map(str, folders)
    for argv in (["diff", before, after], ["check", f"{after}{STEERING[:9]}", "--max-shortcuts", "0"]):
        told = seen(monkeypatch, lambda argv=argv: main(argv))  # type: ignore[misc]
        assert told
        assert not steering(told)
        assert "\nAll agrees." not in told
    told = seen(monkeypatch, lambda: main(["diff", before, after, "--json"]))
    assert not steering(told)
    assert f"1{STEERING}" in [change["after"] for change in json.loads(told)["setup"]]


@settings(max_examples=50)
@given(st.text())
def test_what_is_seen_stays(text: str) -> None:
    """Letters, marks, signs, spaces and the two joiners are printed as they are, and an escape is not escaped again."""
    told = in_a_line(text)
    assert told == in_a_line(told) == in_a_text(told)
    kept = [letter for letter in text if in_a_line(letter) == letter]
    assert not [letter for letter in text if unicodedata.category(letter)[0] in "LMNPS" and letter not in kept]
    assert told == text or len(kept) < len(text)
