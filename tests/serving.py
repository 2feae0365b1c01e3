"""The page as its command serves it, in a process of its own with folders of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Served:
    """A page that answers: where, by which process, and what that says."""

    port: int
    process: subprocess.Popen[str]
    log: Path

    @property
    def address(self) -> str:
        """The page's, without a slash at its end."""
        return f"http://{ADDRESS}:{self.port}"


def free_port() -> int:
    """One where nobody listens now."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> Iterator[Served]:
    """``xaifake app`` with these arguments; it keeps what visitors send below the folder, and is ended by Ctrl-C."""
    place = folder / "tmp"
    place.mkdir(exist_ok=True)
    port, log = free_port(), folder / "log"
    own = {"PYTHONPATH": str(ROOT), "TMPDIR": str(place), **(environment or {})}
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "xaifake", "app", *arguments, f"--port={port}"],
            env={**os.environ, **own},
            stdout=said,
            stderr=said,
            text=True,
            cwd=folder,
        )
    try:
        _answers(f"http://{ADDRESS}:{port}/_stcore/health", process)
        yield Served(port, process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        finally:
            process.kill()


def _answers(address: str, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except OSError:
            assert process.poll() is None, f"The server ended with {process.returncode}"
            assert time.monotonic() < until, f"Nothing is served. Received: {address}"
            time.sleep(0.2)
