"""What a command imports and what it says on standard error, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from small_models import saved, small

from xaifake.cli.demo import MATERIAL
from xaifake.detector.runtime import keras

pytestmark = pytest.mark.keras
PICTURE = MATERIAL / "edited.png"
LISTED = {"tensorflow", "keras", "tf_keras", "shap", "lime", "sklearn", "skimage", "matplotlib", "numba"}
RUN = "import sys; from xaifake.__main__ import main; code = main(sys.argv[1:]); print(*sys.modules); sys.exit(code)"


@pytest.fixture(scope="module")
def keras2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Keras 2 file."""
    return saved(small(keras(2)), tmp_path_factory.mktemp("models") / "keras2.h5")


def imported(model: Path, methods: str, folder: Path, runtime: str = "tensorflow") -> set[str]:
    """Which of the listed packages ``xaifake explain`` has imported when it has done its work."""
    command = ["explain", model, PICTURE, "--methods", methods, "--runtime", runtime, "-o", folder]
    done = subprocess.run([sys.executable, "-c", RUN, *map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()} & LISTED


def test_gradcam_of_keras_3_imports_what_tensorflow_imports(tmp_path: Path) -> None:
    """No other method's package: checks and contours take scikit-image. sklearn and matplotlib come with Keras 3 itself,
    which TensorFlow imports.
    """
    found = imported(MATERIAL / "detector.keras", "gradcam", tmp_path)
    assert {"tensorflow", "keras", "sklearn", "matplotlib", "skimage"} == found


def test_gradcam_of_keras_2_imports_no_keras_3(keras2: Path, tmp_path: Path) -> None:
    """One Keras, the one that the file is of, and so neither sklearn nor matplotlib."""
    assert {"tensorflow", "tf_keras", "skimage"} == imported(keras2, "gradcam", tmp_path)


def test_lime_imports_no_shap(keras2: Path, tmp_path: Path) -> None:
    """LIME brings its own package, scikit-learn's regression, and scikit-image's superpixels, and nothing else."""
    assert {"tensorflow", "tf_keras", "lime", "sklearn", "skimage"} == imported(keras2, "lime:calls=64", tmp_path)


def test_a_converted_model_needs_no_tensorflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once ONNX Runtime has taken a model, Grad-CAM and LIME of the next run import neither TensorFlow nor any Keras."""
    pytest.importorskip("tf2onnx")
    monkeypatch.setenv("XAIFAKE_CACHE", str(tmp_path))
    first = imported(MATERIAL / "detector.keras", "gradcam,lime:calls=64", tmp_path, runtime="onnxruntime")
    second = imported(MATERIAL / "detector.keras", "gradcam,lime:calls=64", tmp_path, runtime="onnxruntime")
    assert first >= {"tensorflow", "keras"}
    assert {"lime", "sklearn", "skimage"} == second


@pytest.mark.parametrize("major", [2, 3])
def test_nothing_but_assumptions_is_said(major: int, keras2: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports, loading, tracing, conversion and leaving write nothing to standard error, the first time nor the second."""
    monkeypatch.setenv("XAIFAKE_CACHE", str(tmp_path / "cache"))
    model = keras2 if major == 2 else MATERIAL / "detector.keras"
    methods = ["--methods", "gradcam,shap,lime,parts", "--calls", "300"]
    command = [sys.executable, "-m", "xaifake", "explain", model, PICTURE, *methods, "-o", tmp_path / "out"]
    for _ in range(2):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
        assert [] == [line for line in done.stderr.splitlines() if not line.startswith("assumed ")]


def test_a_refusal_gets_through(keras2: Path, tmp_path: Path) -> None:
    """Silence is TensorFlow's alone: what xaifake has to say after TensorFlow's start still reaches standard error."""
    command = ["explain", keras2, PICTURE, "--layer", "no_such_layer", "--methods", "gradcam", "-o", tmp_path]
    done = subprocess.run([sys.executable, "-m", "xaifake", *map(str, command)], capture_output=True, text=True, check=False)
    assert "no_such_layer" in done.stderr.splitlines()[-1]
    assert done.returncode == 2
