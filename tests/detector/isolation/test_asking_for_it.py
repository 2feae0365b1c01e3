"""Who can ask for a closed process: the commands that only ask a model, and the page."""

from __future__ import annotations

import pytest

from xaifake.app.settings import Settings
from xaifake.cli._parser import parser
from xaifake.detector.isolation import landlock
from xaifake.detector.loading import inspect_detector
from xaifake.errors import IsolationError

ASKING = {"app", "audit", "compare", "explain", "selftest", "verify"}


def test_commands_that_only_ask_a_model_have_the_flag() -> None:
    """Those that train, weigh or feed a model anew need the model itself."""
    commands = parser().commands
    having = {name for name, command in commands.items() if "--isolate" in command.format_help()}
    loading = {name for name, command in commands.items() if "--allow-unsafe" in command.format_help()}
    assert ASKING == having
    assert {"calibrate", "ensemble"} == loading - having


def test_the_page_passes_it_on() -> None:
    """To the detectors that it loads, and to the audits that it starts."""
    settings = Settings(isolate=True)
    assert settings.loading["isolate"] is True
    assert "--isolate" in settings.flags


def test_the_page_is_refused_before_it_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process can be closed, inspection says so, and no detector is loaded otherwise."""
    monkeypatch.setattr(landlock, "version", lambda: 0)
    with pytest.raises(IsolationError, match="Linux 6"):
        inspect_detector("model.h5", isolate=True)
