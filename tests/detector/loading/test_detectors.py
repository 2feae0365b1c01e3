"""Loading: what is refused and why, and what of a detector is recorded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from small_models import SIDE, expected_logits, randomised, saved, small, views

from xaifake.detector.inspection import inspect_model
from xaifake.detector.loading import load_detector, wrap_model
from xaifake.detector.runtime import keras
from xaifake.errors import (
    ContractError,
    ModelFileError,
    NotADetectorError,
    UnknownNameError,
    UnsafeModelError,
    UsageError,
)

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(("major", "name"), [(3, "m.keras"), (3, "m.h5"), (2, "m.keras"), (2, "m.h5")])
def test_a_lambda_is_refused_and_never_run(major: int, name: str, tmp_path: Path) -> None:
    """A Lambda's code runs only with the user's word; until then nothing in the file is even deserialised."""
    marker = tmp_path / "ran"
    source = f"lambda x: (open({str(marker)!r}, 'w').close(), x)[1]"
    k = keras(major)
    path = saved(small(k, k.layers.Lambda(eval(source), output_shape=lambda shape: shape)), tmp_path / name)  # noqa: S307 - the attack itself
    marker.unlink(missing_ok=True)  # building it may have run it
    with pytest.raises(UnsafeModelError, match=r"Lambda.*--allow-unsafe.*Received: ") as refusal:
        load_detector(path)
    assert "\n" not in str(refusal.value)
    assert not marker.exists()
    load_detector(path, allow_unsafe=True)
    assert marker.exists()


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x89HDF\r\n\x1a\n" + b"\0" * 64, b"PK\x03\x04" + b"\0" * 64])
def test_what_no_keras_saved_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    """Empty, foreign and truncated files."""
    path = tmp_path / "m.h5"
    path.write_bytes(content)
    with pytest.raises(ModelFileError) as refusal:
        load_detector(path)
    assert "\n" not in str(refusal.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A path where nothing lies."""
    with pytest.raises(ModelFileError, match=r"none\.keras"):
        load_detector(tmp_path / "none.keras")


def test_a_damaged_weight_gets_one_line(tmp_path: Path) -> None:
    """A config that promises other weights than the file holds is Keras' error in one sentence, no traceback."""
    path = saved(small(keras(3)), tmp_path / "m.h5")
    with h5py.File(path, "r+") as file:
        del file["model_weights/evidence"]
    with pytest.raises(ModelFileError, match="cannot rebuild") as refusal:
        load_detector(path)
    assert "\n" not in str(refusal.value)


def test_a_grid_of_scores_is_no_detector(tmp_path: Path) -> None:
    """A fully convolutional model that gives (N, h, w, 1) is refused."""
    k = keras(3)
    x = k.Input((SIDE, SIDE, 3))
    path = saved(k.Model(x, k.layers.Conv2D(1, 3, activation="sigmoid")(x)), tmp_path / "m.keras")
    with pytest.raises(NotADetectorError, match="row of scores"):
        load_detector(path)


@pytest.mark.parametrize(("major", "name"), [(3, "m.keras"), (2, "m.keras"), (3, "m.h5"), (2, "m.h5")])
def test_a_model_is_known_by_its_content(major: int, name: str, tmp_path: Path) -> None:
    """Under a name that says nothing, it loads all the same."""
    model = small(keras(major))
    path = saved(model, tmp_path / name).rename(tmp_path / "detector.bin")
    np.testing.assert_allclose(load_detector(path).score(views()), expected_logits(model), atol=1e-4)


def test_flags_win_over_the_file_given_over_the_file_beside(tmp_path: Path) -> None:
    """Precedence: keywords, then contract=, then MODEL.contract.toml, then inference."""
    path = saved(small(keras(3)), tmp_path / "m.keras")
    (tmp_path / "m.contract.toml").write_text('crop = "face"\nthreshold = 0.2\nfake_when = "low"\n')
    (tmp_path / "other.toml").write_text("threshold = 0.4\nrange = [-1, 1]\n")
    beside = load_detector(path, threshold=0.7)
    assert (beside.contract.crop, beside.contract.threshold, beside.contract.fake_when) == ("face", 0.7, "low")
    given = load_detector(path, contract=tmp_path / "other.toml", range=(0, 255))
    assert (given.contract.crop, given.contract.threshold, given.contract.range) == ("whole", 0.4, (0.0, 255.0))
    again = load_detector(path, contract=given.contract)
    assert (again.contract, again.assumptions) == (given.contract, ())


def test_a_mistyped_field_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    """An unknown keyword names the nearest field, even where the model is missing."""
    with pytest.raises(UnknownNameError, match="Did you mean threshold"):
        load_detector(tmp_path / "none.keras", treshold=0.3)


def test_a_low_output_that_means_fake_turns_the_logit(tmp_path: Path) -> None:
    """fake_when="low" is the negated logit."""
    path = saved(small(keras(3)), tmp_path / "m.keras")
    high, low = load_detector(path, fake_when="high"), load_detector(path, fake_when="low")
    np.testing.assert_array_equal(high.score(views()), -low.score(views()))


def test_the_record_says_which_file_and_what_saved_it(tmp_path: Path) -> None:
    """Path, SHA-256, format and major go with every result."""
    path = saved(small(keras(2)), tmp_path / "m.h5")
    file = load_detector(path).file
    assert (file.path, file.format, file.keras_major) == (str(path), "keras 2 hdf5", 2)
    assert file.sha256 == inspect_model(path).sha256


@pytest.mark.parametrize("major", [3, 2])
def test_a_model_in_memory_is_wrapped(major: int) -> None:
    """Contract from its config, SHA-256 of its weights, the same logits; other weights have another SHA-256."""
    model = small(keras(major))
    detector = wrap_model(model, fake_when="high")
    np.testing.assert_allclose(detector.score(views()), expected_logits(model), atol=1e-4)
    assert detector.contract.size == (SIDE, SIDE)
    assert "fake_when" not in {assumption.field for assumption in detector.assumptions}
    assert "range" in {assumption.field for assumption in detector.assumptions}
    assert (detector.file.path, detector.file.keras_major) == ("model in memory", major)
    assert detector.file.sha256 != wrap_model(randomised(model, seed=9)).file.sha256


@pytest.mark.parametrize("major", [3, 2])
def test_a_subclassed_model_takes_its_size_from_the_fields(major: int) -> None:
    """A model without config and input shape is asked for its size, and works with it."""
    k = keras(major)

    class Subclassed(k.Model):
        def __init__(self) -> None:
            super().__init__()
            self.inside = small(k)

        def call(self, x: Any, training: bool = False) -> Any:
            return self.inside(x, training=training)

    model = Subclassed()
    with pytest.raises(ContractError, match="--size"):
        wrap_model(model)
    detector = wrap_model(model, size=SIDE)
    np.testing.assert_allclose(detector.score(views()), expected_logits(model.inside), atol=1e-4)


def test_what_is_no_keras_model_cannot_be_wrapped() -> None:
    """A function or another library's model is refused by type."""
    with pytest.raises(UsageError, match="Keras 3 or of Keras 2"):
        wrap_model(np.array)


def test_loading_writes_nothing_to_the_terminal(tmp_path: Path) -> None:
    """A fresh process that loads a compiled model of each major says nothing on stderr or stdout."""
    paths = []
    for major in (2, 3):
        model = small(keras(major))
        model.compile("adam", loss="binary_crossentropy", metrics=["accuracy"])
        paths.append(str(saved(model, tmp_path / f"m{major}.h5")))
    code = f"from xaifake.detector.loading import load_detector as load\nfor path in {paths!r}: load(path)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
