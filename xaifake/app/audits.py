"""An audit in a process of its own, so that the page stays quick and an audit can be ended at any moment."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import xaifake
from xaifake.app.detectors import opened
from xaifake.app.jobs import UNFORESEEN, Job
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.errors import UsageError
from xaifake.report.audits.gallery import FILE

REPORT = FILE
"""What an audit that is done has in its folder."""
LINE = 10_000
"""Characters of a line of the other process, at most."""


class Auditing(Job[Path]):
    """An audit that another process makes; its one outcome is the folder that holds the reports.

    Args:
        session: whose it is.
        command: the process.
        output: where it writes.
    """

    def __init__(self, session: Session, command: Sequence[str], output: Path) -> None:
        super().__init__()
        self.visitor = session.name
        self._output = output
        self._stopping = False
        self._said: str | None = None
        places = [str(Path(xaifake.__file__).parents[1]), *filter(None, sys.path)]
        self._process = subprocess.Popen(  # noqa: S603 - this Python, on our own code
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="backslashreplace",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
            start_new_session=True,  # a group of its own, which ends whole, and hears no Ctrl-C but through us
        )
        self.state = "running"
        self._thread = threading.Thread(target=self._follow, args=(self._process.stderr,), name="xaifake-audit")
        self._thread.start()

    @property
    def ahead(self) -> int:
        return 0

    def stop(self) -> None:
        """End the process and all that it started. What it wrote so far is of no use to anybody."""
        if self.finished:
            return
        self._stopping = True
        with contextlib.suppress(ProcessLookupError):  # it ended just now
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._thread.join()

    def _follow(self, lines: IO[str]) -> None:
        """Listen to what the process says until it ends; its words become this job's."""
        with lines:
            while line := lines.readline(LINE):
                self._hear(line)
        code = self._process.wait()
        if self._stopping:
            self.state = "stopped"
        elif code in (0, 1) and (self._output / REPORT).is_file():  # 1 where no picture could be scored: the report says why
            self.outcomes = (self._output,)
            self.state = "done"
        else:
            self.error = self._said or UNFORESEEN
            self.state = "failed"

    def _hear(self, line: str) -> None:
        try:
            event = json.loads(line)
        except ValueError:  # a library that speaks past us
            return
        match event:
            case {"event": "progress", "what": str(what), "done": int(done), "total": int() | None as total}:
                self.what, self.done, self.total = what, done, total
            case {"event": "error", "text": str(text)}:
                self._said = text


_running: list[Auditing] = []
_counting = threading.Lock()


def begin(session: Session, settings: Settings, title: str, data: Path, *, sample: int = 10) -> Job[Path]:
    """Audit a data set by the command line's own ``xaifake audit``; its one outcome is the folder that holds the reports.

    Args:
        session: whose it is; the process ends with it.
        settings: those of the page.
        title: the detector's.
        data: the folder of pictures, as `datasets.unpacked` gives it; from now on the audit's, which deletes it where it is
            refused, and any earlier one of the session.
        sample: pictures to explain whole, about.

    Raises:
        UsageError: this visitor's last audit still runs, or as many others as may run at a time.
    """
    model = opened(settings, title).model
    with _counting:
        _running[:] = [audit for audit in _running if not audit.finished]
        mine = any(audit.visitor == session.name for audit in _running)
        if mine or len(_running) >= settings.max_audits:
            shutil.rmtree(data, ignore_errors=True)
            who = "your last one still runs" if mine else f"{len(_running)} of others run now"
            raise UsageError(
                f"One audit of a visitor runs at a time, and {settings.max_audits} of all; stop yours, or wait a little. "
                f"Received: another audit while {who}"
            )
        for old in (*session.folder.glob("audit-*"), *session.folder.glob("data-*")):
            if old not in (data, *data.parents):
                shutil.rmtree(old, ignore_errors=True)
        output = Path(tempfile.mkdtemp(prefix="audit-", dir=session.folder))
        audit = Auditing(session, _command(settings, model, data, output, sample), output)
        _running.append(audit)
    session.began(audit)
    return audit


def _command(settings: Settings, model: str, data: Path, output: Path, sample: int) -> list[str]:
    # -P, --no-config: neither a module nor defaults that lie where the server was started may change what it does
    start = [sys.executable, "-P", "-m", "xaifake", "audit", "--no-config", "--log-json"]
    return [*start, f"--output={output}", f"--sample={sample}", *settings.flags, "--", model, str(data)]
