"""TensorFlow comes quietly, or its absence is said in one line."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from typing import NoReturn

import pytest

from xaifake.detector import runtime
from xaifake.errors import ModelError


def test_a_missing_library_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own reason is kept, and stderr works again afterwards."""

    def absent(name: str) -> NoReturn:
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr(importlib, "import_module", absent)
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    before = os.fstat(2)
    with pytest.raises(ModelError, match=r"pip install.*No module named 'tensorflow'") as refusal:
        runtime.tensorflow()
    assert "\n" not in str(refusal.value)
    assert os.fstat(2).st_ino == before.st_ino


@pytest.mark.keras
def test_another_backend_is_refused_in_one_line() -> None:
    """Keras 3 on NumPy cannot be asked for gradients; the sentence says which variable to set."""
    code = "from xaifake.detector import runtime; runtime.keras(3)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_BACKEND": "numpy"},
        check=False,
    )
    assert "set KERAS_BACKEND=tensorflow before Keras is imported. Received: numpy" in done.stderr.splitlines()[-1]


@pytest.mark.keras
def test_both_majors_come_without_a_word() -> None:
    """Nothing on stdout or stderr, and stderr is open afterwards."""
    code = (
        "from xaifake.detector import runtime; import sys; runtime.keras(2), runtime.keras(3); print('x', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "x\n")
