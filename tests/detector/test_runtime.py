"""TensorFlow comes quietly, or its absence is said in one line."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from types import ModuleType
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


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has not imported TensorFlow, where importing it is free of cost and effect."""
    for name in (*runtime.SETTINGS, "TF_USE_LEGACY_KERAS"):
        monkeypatch.setenv(name, "")  # so that it is put back, whatever the test sets
        monkeypatch.delenv(name)
    for name in ("tensorflow", "tf_keras"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(importlib, "import_module", ModuleType)


@pytest.mark.usefixtures("fresh")
def test_a_gpu_s_memory_is_taken_as_it_is_needed() -> None:
    """TensorFlow is told so by the variable of its own that holds for all GPUs."""
    runtime.tensorflow()
    assert "true" == os.environ["TF_FORCE_GPU_ALLOW_GROWTH"]


@pytest.mark.usefixtures("fresh")
def test_the_user_s_settings_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of GPU memory, messages and tf.keras is left as it is."""
    said = {"TF_FORCE_GPU_ALLOW_GROWTH": "false", "TF_CPP_MIN_LOG_LEVEL": "0", "TF_USE_LEGACY_KERAS": "0"}
    for name, value in said.items():
        monkeypatch.setenv(name, value)

    runtime.keras(2)

    assert said == {name: os.environ[name] for name in said}


@pytest.mark.usefixtures("fresh")
def test_a_tensorflow_that_is_at_work_is_not_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the user has imported it, neither its GPUs nor its tf.keras change."""
    monkeypatch.setitem(sys.modules, "tensorflow", ModuleType("tensorflow"))

    runtime.keras(2)

    assert not {"TF_FORCE_GPU_ALLOW_GROWTH", "TF_USE_LEGACY_KERAS"} & set(os.environ)


@pytest.mark.keras
@pytest.mark.parametrize(
    "code", ["import tensorflow as tf; Layer = tf.keras.layers.Layer", "from tensorflow.keras.layers import Layer"]
)
def test_tf_keras_is_of_the_file_s_major(code: str) -> None:
    """A Keras 2 file's own layers, written against tf.keras, come from the Keras that reads it, and Keras 3 works beside.

    Other processes that are started afterwards have the tf.keras that they would have had.
    """
    code = f"from xaifake.detector import runtime; old = runtime.keras(2); {code}; new = runtime.keras(3)"
    code += "; import os; print(Layer is old.layers.Layer, new.__version__[0], os.environ.get('TF_USE_LEGACY_KERAS'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ["True", "3", "None"] == done.stdout.split()


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
