"""The page, served by the command as its users serve it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from xaifake.app.settings import DEMO

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with the demo's detector, and with one more that takes faces alone; files up to 1 MB.

    TensorFlow alone runs them: there is nothing to be converted, measured and kept first.
    """
    folder = tmp_path_factory.mktemp("served")
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "xaifake",
        "app",
        DEMO,
        str(_faces(folder)),
        f"--port={port}",
        "--max-upload=1",
        "--runtime=tensorflow",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder), "XAIFAKE_CACHE": str(folder / "cache")}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
    assert "Traceback" not in (folder / "log").read_text()


def _faces(folder: Path) -> Path:
    """The demo's detector, fed with the face and not with the picture as a whole."""
    model = folder / "faces.keras"
    shutil.copy(DEMO, model)
    contract = Path(DEMO).with_name("detector.contract.toml").read_text()
    (folder / "faces.contract.toml").write_text(contract.replace('crop = "whole"', 'crop = "face"'))
    return model


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except OSError:
            assert server.poll() is None
            time.sleep(0.2)
    raise AssertionError(f"Nothing is served. Received: {address}")
