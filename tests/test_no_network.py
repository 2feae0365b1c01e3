"""xaifake reaches no machine but the one that it runs on, unless an address is named.

What README, the tour and the how-tos teach is typed cut off from every network, too (`typed.py`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cut_off import TRIED, can_be_cut_off, cut_off

pytestmark = pytest.mark.skipif(not can_be_cut_off(), reason="this system makes no network namespaces for its users")

TRIES = {
    "a packet": "s.socket(s.AF_INET, s.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "a connection": "s.create_connection(('192.0.2.1', 80))",
    "version 6": "s.create_connection(('2001:db8::1', 80))",
}
SERVED = """
import signal, socket, subprocess, sys, time, urllib.request
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
server = subprocess.Popen([sys.executable, "-m", "xaifake", "app", f"--port={port}"])
for _ in range(600):
    time.sleep(0.1)
    try:
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).read()
        break
    except OSError:
        assert server.poll() is None
server.send_signal(signal.SIGINT)
server.wait(30)
assert b"<title>" in page
"""

SCORED = """
import numpy as np
from xaifake.detector.runtimes.by_onnx import session
from onnx import TensorProto, helper
ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "graph", ends[:1], ends[1:])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
session(model.SerializeToString())(np.ones(1, np.float32))
"""


@pytest.mark.parametrize("tried", TRIES)
def test_whoever_tries_is_seen(tried: str) -> None:
    """A packet and a connection to another machine are counted, though the one who tried says nothing of it."""
    quiet = f"import contextlib, socket as s\nwith contextlib.suppress(OSError):\n    {TRIES[tried]}"
    assert TRIED == subprocess.run(cut_off(sys.executable, "-c", quiet), capture_output=True, check=False).returncode


def test_loopback_stays() -> None:
    """What is said on this machine alone is no try."""
    said = "import socket as s; a = s.create_server(('127.0.0.1', 0)); s.create_connection(a.getsockname()).send(b'x')"
    assert 0 == subprocess.run(cut_off(sys.executable, "-c", said), check=False).returncode


def test_onnx_runtime_keeps_no_account(tmp_path: Path) -> None:
    """ONNX Runtime would number this machine in a file of its user's, and tell its makers what runs here."""
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[1])}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    assert 0 == subprocess.run(cut_off(sys.executable, "-c", SCORED), env=environment, check=False).returncode
    assert [] == list(tmp_path.rglob("*"))


@pytest.mark.keras
def test_the_page_reaches_nobody(tmp_path: Path) -> None:
    """The page starts, serves and ends without a packet for another machine."""
    done = subprocess.run(cut_off(sys.executable, "-c", SERVED), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr[-3000:]
