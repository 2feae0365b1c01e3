"""Loading: what is refused and why, what the user's own code adds, and what of a detector is recorded."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from xaifake.detector.inspection import inspect_model
from xaifake.detector.loading import load_detector, wrap_model
from xaifake.detector.loading.user_code import user_module
from xaifake.detector.loading.weights import keys
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

SIDE = 16


def views() -> NDArray[np.float32]:
    return np.random.default_rng(5).uniform(0, 255, (3, SIDE, SIDE, 3)).astype(np.float32)


def small(k: Any, *between: Any, head: str | None = "sigmoid") -> Any:
    """A small detector with layers of one's own in the middle, its weights random."""
    x = k.Input((SIDE, SIDE, 3))
    y = k.layers.Conv2D(4, 3, activation="relu", name="evidence")(x)
    for layer in between:
        y = layer(y)
    return randomised(k.Model(x, k.layers.Dense(1, activation=head, name="score")(k.layers.GlobalAveragePooling2D()(y))))


def randomised(model: Any, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    model.set_weights(
        [rng.normal(0.2, 0.4, w.shape) ** 2 + (w.ndim > 1) * rng.normal(0, 0.3, w.shape) for w in model.get_weights()]
    )
    return model


def saved(model: Any, path: Path, **options: Any) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras' advice on formats
        model.export(str(path), verbose=False) if path.suffix == "" and not options else model.save(str(path), **options)
    return path


def weights_only(path: Path) -> Path:
    """A new-style weights file of a small Keras 3 model."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        small(keras(3)).save_weights(str(path))
    return path


def expected_logits(model: Any) -> NDArray[np.float32]:
    """The logits of a model with a sigmoid head, fed views scaled to [0, 1]."""
    p = np.asarray(model(views() / 255, training=False), np.float64)[:, 0]
    return np.asarray(np.log(p / (1 - p)), np.float32)


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


@pytest.mark.parametrize("major", [2, 3])
def test_a_saved_model_folder_is_a_program(major: int, tmp_path: Path) -> None:
    """A SavedModel of either major needs the user's word, and then gives the detector's logits."""
    model = small(keras(major))
    path = saved(model, tmp_path / "folder", **({"save_format": "tf"} if major == 2 else {}))
    with pytest.raises(UnsafeModelError, match="--allow-unsafe"):
        load_detector(path)
    detector = load_detector(path, allow_unsafe=True)
    np.testing.assert_allclose(detector.score(views()), expected_logits(model), atol=1e-4)


def test_an_exported_model_gives_logits_beyond_what_a_probability_can_hold(tmp_path: Path) -> None:
    """The logit is read before the exported sigmoid: 40 stays 40, where the probability is 1 in float32."""
    model = small(keras(3))
    model.get_layer("score").bias.assign([40.0])
    detector = load_detector(saved(model, tmp_path / "folder"), allow_unsafe=True)
    assert float(detector.score(views())[0]) > 35
    logits, gradient = detector.gradient(views())
    assert np.abs(gradient).max() > 0
    assert logits.shape == (3,)


def test_an_exported_model_has_no_layer_to_tap(tmp_path: Path) -> None:
    """Grad-CAM is refused in one sentence for a SavedModel without layers."""
    detector = load_detector(saved(small(keras(3)), tmp_path / "folder"), allow_unsafe=True)
    with pytest.raises(NotADetectorError):
        detector.tap(views())


def test_an_export_that_augments_at_random_is_refused(tmp_path: Path) -> None:
    """Keras 3 exports RandomFlip as it works in training: scores of such a file do not repeat."""
    k = keras(3)
    path = saved(small(k, k.layers.RandomFlip("horizontal")), tmp_path / "folder")
    with pytest.raises(NotADetectorError, match="at random"):
        load_detector(path, allow_unsafe=True)


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


GATE = """
from {keras} import layers

class Gate(layers.Layer):
    def call(self, x):
        return x * 2
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Writes a module into the current directory and gives its name."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, source: str) -> str:
        (tmp_path / f"{name}.py").write_text(dedent(source))
        monkeypatch.delitem(sys.modules, name, raising=False)
        return name

    return write


@pytest.mark.parametrize(("major", "name"), [(3, "m.keras"), (3, "m.h5"), (2, "m.keras"), (2, "m.h5")])
def test_custom_layers_come_with_the_users_module(
    major: int, name: str, tmp_path: Path, module: Callable[[str, str], str]
) -> None:
    """Without the module its absence is said; with it, as a name, a path or a mapping, the model answers as it did."""
    named = module(f"gates_{major}_{name.partition('.')[2]}", GATE.format(keras="keras" if major == 3 else "tf_keras"))
    gate = user_module(named).Gate
    model = small(keras(major), gate())
    path = saved(model, tmp_path / name)
    with pytest.raises(UsageError, match=r"Gate.*--custom-objects"):
        load_detector(path)
    for objects in (named, f"{named}.py", {"Gate": gate}):
        np.testing.assert_allclose(
            load_detector(path, custom_objects=objects).score(views()), expected_logits(model), atol=1e-4
        )


@pytest.mark.parametrize(("major", "name"), [(3, "m.keras"), (3, "m.h5"), (2, "m.keras"), (2, "m.h5")])
def test_registered_layers_come_with_their_module(
    major: int, name: str, tmp_path: Path, module: Callable[[str, str], str]
) -> None:
    """A layer saved under its package's name is found once its module has been imported."""
    package = "keras" if major == 3 else "tf_keras"
    source = GATE.format(keras=package).replace(
        "class", f"import {package}\n@{package}.saving.register_keras_serializable('mine')\nclass"
    )
    named = module(f"registered_{major}_{name.partition('.')[2]}", source)
    model = small(keras(major), user_module(named).Gate())
    path = saved(model, tmp_path / name)
    detector = load_detector(path, custom_objects=named)
    np.testing.assert_allclose(detector.score(views()), expected_logits(model), atol=1e-4)


def test_a_module_that_cannot_be_imported_gets_one_line(tmp_path: Path, module: Callable[[str, str], str]) -> None:
    """A missing module, and one that fails on import."""
    path = saved(small(keras(3)), tmp_path / "m.keras")
    with pytest.raises(UsageError, match="nowhere"):
        load_detector(path, custom_objects="nowhere")
    with pytest.raises(UsageError, match="ZeroDivisionError"):
        load_detector(path, custom_objects=module("broken", "1 / 0"))


BUILDER = """
def build():
    import {keras} as k
    x = k.Input(({side}, {side}, 3))
    y = k.layers.Conv2D(4, 3, activation="relu")(x)
    return k.Model(x, k.layers.Dense(1, activation="sigmoid")(k.layers.GlobalAveragePooling2D()(y)))
"""


@pytest.mark.parametrize("builder_major", [3, 2])
@pytest.mark.parametrize("file_major", [3, 2])
@pytest.mark.parametrize("name", ["w.weights.h5", "legacy.h5", "full.h5"])
def test_weights_are_put_into_the_builders_model(
    file_major: int, builder_major: int, name: str, tmp_path: Path, module: Callable[[str, str], str]
) -> None:
    """Weights files of either major, new and old, fill a model of either major; its contract comes from the model."""
    model = small(keras(file_major))
    path = tmp_path / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        {"w": model.save_weights, "legacy": legacy_weights(model), "full": model.save}[name.partition(".")[0]](str(path))
    source = BUILDER.format(keras="keras" if builder_major == 3 else "tf_keras", side=SIDE)
    named = module(f"builder_{file_major}{builder_major}_{name.partition('.')[0]}", source)
    detector = load_detector(path, builder=f"{named}:build")
    assert detector.contract.size == (SIDE, SIDE)
    np.testing.assert_allclose(detector.score(views()), expected_logits(model), atol=1e-4)


def legacy_weights(model: Any) -> Callable[[str], None]:
    """Save weights as Keras 2 saved them before ``.weights.h5``: the weights group of a whole model, on its own."""

    def save(path: str) -> None:
        model.save(path + ".whole.h5")
        with h5py.File(path + ".whole.h5") as whole, h5py.File(path, "w") as file:
            for name in whole["model_weights"]:
                whole.copy(f"model_weights/{name}", file)
            file.attrs.update(whole["model_weights"].attrs)

    return save


def with_backbone(k: Any) -> Any:
    """A head on a nested backbone of equal layers, whose weights could be swapped without any shape telling."""
    x = k.Input((SIDE, SIDE, 3))
    y = x
    for index in range(4):
        y = k.layers.BatchNormalization(name=f"norm{index}")(k.layers.Conv2D(3, 3, padding="same", name=f"conv{index}")(y))
    backbone = k.Model(x, y, name="backbone")
    z = k.Input((SIDE, SIDE, 3))
    return k.Model(z, k.layers.Dense(1, activation="sigmoid")(k.layers.GlobalAveragePooling2D()(backbone(z))))


@pytest.mark.parametrize("major", [3, 2])
@pytest.mark.parametrize("frozen", [range(2), range(2, 8), range(9)])
def test_weights_saved_partly_frozen_are_not_swapped(major: int, frozen: range, tmp_path: Path) -> None:
    """Keras' old files order weights by what was trainable; matched by name, any freezing loads right."""
    model = with_backbone(keras(major))
    model = randomised(model, seed=2)
    for index in frozen:
        model.layers[1].layers[index].trainable = False
    path = tmp_path / "legacy.h5"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        legacy_weights(model)(str(path))
    detector = load_detector(path, builder=lambda: with_backbone(keras(major)))
    np.testing.assert_allclose(detector.score(views()), expected_logits(model), atol=1e-4)


def test_automatic_names_match_by_their_order() -> None:
    """Keras numbers unnamed layers by how many came before; the order of the numbers is what counts."""
    assert keys(["conv2d_10/kernel:0", "conv2d_9/kernel:0"]) == keys(["conv2d_1/kernel", "conv2d/kernel"])
    assert keys(["a/depthwise_kernel:0"]) == keys(["net/b/kernel"])


@pytest.mark.parametrize("kind", ["legacy", "new"])
def test_weights_of_another_architecture_are_refused(kind: str, tmp_path: Path) -> None:
    """A builder that returns another network gets one line."""
    k = keras(3)
    path = tmp_path / ("legacy.h5" if kind == "legacy" else "w.weights.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (legacy_weights(small(k)) if kind == "legacy" else small(k).save_weights)(str(path))
    with pytest.raises(ModelFileError) as refusal:
        load_detector(path, builder=lambda: with_backbone(k))
    assert "\n" not in str(refusal.value)


def test_weights_without_a_builder_say_what_to_pass(tmp_path: Path) -> None:
    """Weights alone are no model."""
    path = weights_only(tmp_path / "w.weights.h5")
    with pytest.raises(UsageError, match="--builder MODULE:FUNCTION"):
        load_detector(path)


@pytest.mark.parametrize(
    ("builder", "sentence"),
    [("nocolon", "MODULE:FUNCTION"), ("os:nothing", "must be a function"), ("builtins:input", "The builder failed")],
)
def test_a_wrong_builder_gets_one_line(builder: str, sentence: str, tmp_path: Path) -> None:
    """A name that cannot be split, that leads nowhere, or whose function fails."""
    path = weights_only(tmp_path / "w.weights.h5")
    with pytest.raises(UsageError, match=sentence):
        load_detector(path, builder=builder)


def test_a_builder_for_a_whole_keras_file_is_refused(tmp_path: Path) -> None:
    """A .keras file holds its own model; a builder beside it would be ignored in silence."""
    with pytest.raises(UsageError, match="builder"):
        load_detector(saved(small(keras(3)), tmp_path / "m.keras"), builder="a:b")


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


@pytest.mark.parametrize(
    ("name", "major", "size", "scale"),
    [
        ("malay_meso.hdf5", 2, 256, (0.0, 1.0)),
        ("sabari_cnn.keras", 3, 128, (0.0, 1.0)),
        ("dbhade_rescaling.h5", 3, 224, (0.0, 255.0)),
        ("notcleo_dct.h5", 2, 32, (0.0, 1.0)),
    ],
)
def test_real_detectors_load_with_the_contract_their_readme_states(
    name: str, major: int, size: int, scale: tuple[float, float], data: Path
) -> None:
    """Third-party detectors, without any flag: size, range and head come out right (which side is FAKE cannot)."""
    detector = load_detector(data / "detectors" / name)
    assert (detector.file.keras_major, detector.contract.size, detector.contract.range) == (major, (size, size), scale)
    blank = np.full((1, size, size, 3), 127, np.float32)
    assert np.isfinite(detector.score(blank)).all()


def test_real_weights_load_through_a_builder(data: Path) -> None:
    """MesoNet's published weights of Keras 2.1.5 fill a Meso4 of Keras 3."""

    def meso4() -> Any:
        layers = keras(3).layers
        stack = [layers.Input((256, 256, 3))]
        for filters, side, pool in ((8, 3, 2), (8, 5, 2), (16, 5, 2), (16, 5, 4)):
            stack.append(layers.Conv2D(filters, side, padding="same", activation="relu"))
            stack += [layers.BatchNormalization(), layers.MaxPooling2D(pool, padding="same")]
        stack += [layers.Flatten(), layers.Dropout(0.5), layers.Dense(16), layers.LeakyReLU(negative_slope=0.1)]
        return keras(3).Sequential([*stack, layers.Dropout(0.5), layers.Dense(1, activation="sigmoid")])

    detector = load_detector(data / "detectors" / "meso4_df.weights.h5", builder=meso4, fake_when="low")
    assert detector.contract.size == (256, 256)
    assert np.isfinite(detector.score(np.zeros((1, 256, 256, 3), np.float32))).all()


def test_a_real_model_of_something_else_is_refused_before_tensorflow_starts(data: Path) -> None:
    """A dense network on 40 numbers: one sentence, and no ten seconds of import."""
    path = data / "detectors" / "niteezzz_not_an_image_model.h5"
    code = dedent(f"""
        import sys
        from xaifake.detector.loading import load_detector
        from xaifake.errors import NotADetectorError
        try:
            load_detector({str(path)!r})
        except NotADetectorError as error:
            print(error, "tensorflow" in sys.modules)
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "does not take pictures" in done.stdout
    assert "(any, 40)" in done.stdout
    assert done.stdout.endswith("False\n")
