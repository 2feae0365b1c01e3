"""A saved detector that was scored by ONNX Runtime before opens without TensorFlow, and is inspected all the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_models import saved, small, views

from xaifake.detector.loading import load_detector
from xaifake.detector.planted import planted_model
from xaifake.detector.runtime import keras
from xaifake.detector.runtimes import kept
from xaifake.errors import ModelFileError, UnsafeModelError

pytestmark = pytest.mark.keras

WARM = """
import sys
import numpy as np
from xaifake.detector.loading import load_detector
from xaifake.detector.planted import planted_picture
from xaifake import plugins
from xaifake.game.region_game import new_game
from xaifake.records import Face, View
from xaifake.images import picture_of
from xaifake.records import Box

detector = load_detector(sys.argv[1], runtime="onnxruntime")
pixels = planted_picture().pixels
(face,) = detector.faces(picture_of(pixels), Box(0, 0, *pixels.shape[:2]))
game = new_game(detector.view([face])[0], regions=8)
detector.prepare(1000)
for name in ("gradcam", "shap:calls=32"):
    plugins.make("explainer", name).explain(detector, [game], 0)
print(detector.runtime.partition(" ")[0], sorted({"tensorflow", "keras", "tf_keras"} & set(sys.modules)))
detector.tap(game.view.pixels[None], "stripes")
print("tensorflow" in sys.modules)
"""


@pytest.mark.parametrize(("major", "name"), [(3, "m.keras"), (2, "m.h5")])
def test_a_known_detector_opens_without_tensorflow(major: int, name: str, tmp_path: Path) -> None:
    """Grad-CAM and SHAP run from what is kept; TensorFlow comes when a layer is named."""
    path = saved(planted_model(major, "nested"), tmp_path / name)
    load_detector(path, runtime="onnxruntime")
    done = subprocess.run([sys.executable, "-c", WARM, str(path)], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["onnxruntime []", "True"], done.stderr
    assert done.stderr == ""


def test_the_contract_of_a_known_detector_is_the_same(tmp_path: Path) -> None:
    """Contract, assumptions and file do not tell whether the model was loaded."""
    path = saved(small(keras(3)), tmp_path / "m.keras")
    cold, warm = (load_detector(path, runtime="onnxruntime") for _ in range(2))
    assert (warm.contract, warm.assumptions, warm.file) == (cold.contract, cold.assumptions, cold.file)
    np.testing.assert_array_equal(warm.score(views()), cold.score(views()))


def test_another_contract_is_another_choice(tmp_path: Path) -> None:
    """A known detector read the other way round gives the negated logit."""
    path = saved(small(keras(3)), tmp_path / "m.keras")
    high, low = (load_detector(path, runtime="onnxruntime", fake_when=when) for when in ("high", "low"))
    np.testing.assert_array_equal(high.score(views()), -low.score(views()))


def test_a_damaged_choice_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph that is not what was written is never run."""
    monkeypatch.setenv("XAIFAKE_CACHE", str(tmp_path / "cache"))
    path = saved(small(keras(3)), tmp_path / "m.keras")
    expected = load_detector(path, runtime="onnxruntime").score(views())
    (graph,) = kept.folder().glob("*.score.onnx")
    whole = graph.read_bytes()
    graph.write_bytes(whole[:-1])
    np.testing.assert_array_equal(load_detector(path, runtime="onnxruntime").score(views()), expected)
    assert graph.read_bytes() != whole[:-1]


def test_a_known_detector_is_inspected_first(tmp_path: Path) -> None:
    """What was scored with the user's word is refused without it."""
    k = keras(3)
    path = saved(small(k, k.layers.Lambda(lambda x: x * 1.0, output_shape=lambda shape: shape)), tmp_path / "m.keras")
    load_detector(path, runtime="onnxruntime", allow_unsafe=True)
    with pytest.raises(UnsafeModelError, match="--allow-unsafe"):
        load_detector(path, runtime="onnxruntime")


def test_a_file_that_changed_is_not_loaded(tmp_path: Path) -> None:
    """What was inspected is what is loaded, however much later."""
    path = saved(small(keras(3)), tmp_path / "m.keras")
    load_detector(path, runtime="onnxruntime")
    warm = load_detector(path, runtime="onnxruntime")
    path.write_bytes(path.read_bytes() + b"\0")
    warm.score(views())
    with pytest.raises(ModelFileError, match="has changed since it was inspected"):
        warm.gradient(views())
