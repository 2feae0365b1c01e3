"""The other side is believed nothing: every answer that is not one ends its process, in a sentence."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from model_files import small_model, write_hdf5

from xaifake.detector.isolation import process
from xaifake.detector.isolation.messages import Shapes
from xaifake.detector.isolation.process import Process
from xaifake.detector.loading import load_detector
from xaifake.errors import IsolationError, ModelFileError, NotADetectorError

LIAR = """
import json, os, struct, sys, time
orders = json.loads(sys.argv[1])
def heard(count):
    content = b""
    while len(content) < count:
        content += os.read(orders["reads"], count - len(content))
    return content
def hear(): return json.loads(heard(struct.unpack(">I", heard(4))[0]))
def say(header, more=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    os.write(orders["writes"], struct.pack(">I", len(text) if length is None else length) + text + more)
hear()
say({"id": 1, "said": {}, "shapes": []})
hear()
SAY
time.sleep(60)
"""
LIES = {
    "another number": "say({'id': 1, 'said': {}, 'shapes': [[3]]}, b'x' * 12)",
    "no number": "say({'said': {}, 'shapes': [[3]]}, b'x' * 12)",
    "a huge shape": "say({'id': 2, 'said': {}, 'shapes': [[2147483647, 2147483647]]})",
    "a longer shape": "say({'id': 2, 'said': {}, 'shapes': [[4]]}, b'x' * 16)",
    "a negative shape": "say({'id': 2, 'said': {}, 'shapes': [[-3]]})",
    "a shape of text": "say({'id': 2, 'said': {}, 'shapes': [['3']]})",
    "a shape of true": "say({'id': 2, 'said': {}, 'shapes': [[True]]})",
    "many axes": "say({'id': 2, 'said': {}, 'shapes': [[1] * 60]})",
    "more arrays": "say({'id': 2, 'said': {}, 'shapes': [[3]] * 1000})",
    "no shapes": "say({'id': 2, 'said': {}})",
    "a huge header": "say({}, length=2**32 - 1)",
    "deep nesting": "say(b'[' * 60000)",
    "no JSON": "say(b'(((')",
    "no text": "say(b'\\xff\\xfe\\x00')",
    "no object": "say([1, 2, 3])",
    "a huge number": "say(b'{\"id\": ' + b'9' * 6000 + b'}')",
    "both an answer and an error": "say({'id': 2, 'said': {}, 'error': 'ModelError', 'text': '', 'shapes': []})",
    "an error with numbers": "say({'id': 2, 'error': 'ModelError', 'text': '', 'shapes': [[3]]}, b'x' * 12)",
    "an error of another kind": "say({'id': 2, 'error': 'SystemExit', 'text': 'bye', 'shapes': []})",
    "an error without text": "say({'id': 2, 'error': 'ModelError', 'text': ['x'], 'shapes': []})",
}


def liar(monkeypatch: pytest.MonkeyPatch, says: str, patience: float = 20) -> Process:
    """A process in which a liar answers the second question."""
    monkeypatch.setattr(process, "COMMAND", LIAR.replace("SAY", says))
    return Process("model.h5", [], 10**9, patience)


def three(shapes: Shapes) -> bool:
    """Three scores."""
    return shapes == [(3,)]


@pytest.mark.slow
def test_no_lie_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes instead of what was asked for is refused at once, and its process has ended."""
    for name, lie in LIES.items():
        other = liar(monkeypatch, lie)
        with pytest.raises(IsolationError, match="gave an answer that cannot be used"):
            other.ask("score", {}, fits=three, most=100)
        assert not other.alive, name


@pytest.mark.slow
def test_silence_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A side that does not answer, or answers half, is ended when its time is up, and so is one that does not listen."""
    for says in ("pass", "say({'id': 2, 'said': {}, 'shapes': [[3]]}, b'x')"):
        silent, began = liar(monkeypatch, says, patience=1.0), time.monotonic()
        with pytest.raises(IsolationError, match="no answer within 1 second"):
            silent.ask("score", {}, [np.zeros((64, 64, 64), np.float32)] if says == "pass" else [], three, 100)
        assert time.monotonic() - began < 10
        assert not silent.alive


@pytest.mark.slow
def test_an_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """How the process ended is in the sentence."""
    for says, told in {"os.kill(os.getpid(), 11)": r"has ended \(SIGSEGV\)", "os._exit(3)": "has ended;"}.items():
        with pytest.raises(IsolationError, match=told):
            liar(monkeypatch, says).ask("score", {}, fits=three, most=100)


@pytest.mark.slow
def test_errors_of_xaifake_come_back_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error comes back in its class, its text cut and without what steers a terminal."""
    for kind in (NotADetectorError, ModelFileError):
        says = f"say({{'id': 2, 'error': '{kind.__name__}', 'text': '\\x1b[2Jno\\n' + 'x' * 9000, 'shapes': []}})"
        with pytest.raises(kind, match=r"^\\x1b\[2Jno\\nx+…$") as caught:
            liar(monkeypatch, says).ask("score", {}, fits=three, most=100)
        assert len(str(caught.value)) <= process.TEXT


@pytest.mark.slow
def test_no_process_outlives_its_asker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that nobody holds any more has ended, and left no descriptor."""
    import psutil

    here = psutil.Process()
    others = {*here.children()}
    other = liar(monkeypatch, "pass")
    before, (child,) = here.num_fds(), {*here.children()} - others
    del other
    assert not child.is_running()
    assert before - 2 == here.num_fds()


@pytest.mark.slow
@pytest.mark.usefixtures("closable")
def test_a_refused_model_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The other side reads a copy that nobody else changes; where it refuses the model, both are gone at once."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    told = "say({'id': 2, 'error': 'ModelFileError', 'text': 'read ' + ' '.join(orders['readable']), 'shapes': []})"
    monkeypatch.setattr(process, "COMMAND", LIAR.replace("SAY", told))
    path = write_hdf5(tmp_path / "detector", small_model())
    with pytest.raises(ModelFileError, match=f"^read {path}$"):
        load_detector(path, isolate=True)
    assert [] == [*(tmp_path / "temporary").iterdir()]


def test_no_secret_travels(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the other Python is told of the environment is what computing depends on."""
    for name in ("AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "SSH_AUTH_SOCK", "HTTPS_PROXY", "LD_PRELOAD", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "x")
    told = process.environment()
    assert {"OMP_NUM_THREADS"} == {name for name, value in told.items() if value == "x"}
    assert not Path(told["HOME"]).exists()
