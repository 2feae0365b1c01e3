"""Transfer learning: fed as the weights were trained, from weights of every shape, the head before the rest."""

from __future__ import annotations

import importlib
import socket
import urllib.error
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from model_files import chained, dense, layer, write_archive
from small_models import legacy_weights, randomised

from xaifake import plugins
from xaifake.detector.contract import write_contract
from xaifake.detector.loading import load_detector
from xaifake.detector.runtime import keras
from xaifake.errors import MissingLibraryError, ModelFileError, UnknownNameError, UnsafeModelError, UsageError
from xaifake.records import Contract, Phase
from xaifake.training.optimising import freeze
from xaifake.training.recipes import _backbones
from xaifake.training.recipes.transfer import Transfer

pytestmark = pytest.mark.keras

SIDE = 32
WEIGHTS_FILES = ((3, "new.weights.h5"), (2, "new.weights.h5"), (3, "legacy.h5"), (3, "oldest.h5"), (2, "whole.h5"))
"""With the Keras major that saved them."""
SMALLEST = {"xception": 71, "inceptionv3": 75}
FAMILIES = (
    "vgg16", "resnet50", "ResNet50V2", "densenet121", "xception", "inceptionv3", "efficientnet-b0", "efficientnetv2-b0",
    "mobilenet", "mobilenet_v2", "mobilenet_v3_small", "convnext_tiny",
)  # fmt: skip


def views(side: int = SIDE) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (2, side, side, 3)).astype(np.float32)


def encoded(contract: Contract, pixels: np.ndarray) -> np.ndarray:
    domain = plugins.make("domain", contract.domain)
    return np.asarray(domain.encode(domain.plane(pixels, contract, np), contract, np), np.float32)


def preprocessed(factory: Callable[..., Any], pixels: np.ndarray) -> np.ndarray:
    """What Keras itself does to pixels: beside the network, or in it where it can be left out there."""
    if not _backbones._bare(factory):
        return importlib.import_module(factory.__module__).preprocess_input(pixels.copy())
    whole = factory(include_top=False, weights=None, input_shape=pixels.shape[1:], include_preprocessing=True)
    first = next(place for place, layer in enumerate(whole.layers) if layer.weights)
    return keras(3).Model(whole.input, whole.layers[first - 1].output)(pixels).numpy()


def network(side: int | None = None) -> Any:
    """Two convolutions with batch norms, without a head."""
    k = keras(3)
    picture = k.Input((side, side, 3))
    tensor = picture
    for place in (1, 2):
        tensor = k.layers.Conv2D(4 * place, 3, strides=2, name=f"conv{place}")(tensor)
        tensor = k.layers.ReLU(name=f"relu{place}")(k.layers.BatchNormalization(name=f"norm{place}")(tensor))
    return randomised(k.Model(picture, tensor, name="network"))


def features(model: Any, pixels: np.ndarray) -> np.ndarray:
    """What a detector of this recipe pools."""
    pooling = keras(3).Model(model.inputs[0], model.get_layer("pooled").output)
    return pooling(pixels, training=False).numpy()


def pooled(model: Any, pixels: np.ndarray) -> np.ndarray:
    return model(pixels, training=False).numpy().mean((1, 2))


@pytest.fixture
def scope() -> Any:
    """Models of a test are forgotten after it, and so are Keras' numbers for their layers."""
    yield
    keras(3).backend.clear_session()


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize("name", [*FAMILIES, "EfficientNetV2S"])
def test_pictures_are_encoded_as_keras_preprocesses_them(name: str) -> None:
    """What the contract makes of a random picture is what Keras makes of it, beside the network or in it."""
    side = SMALLEST.get(name, SIDE)
    contract = replace(Transfer(backbone=name).contract, size=(side, side))
    expected = preprocessed(_backbones.factory_of(name), views(side))
    np.testing.assert_allclose(encoded(contract, views(side)), expected, atol=1e-5 * np.ptp(expected))


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize("name", FAMILIES)
def test_each_family_ends_in_one_logit(name: str) -> None:
    """Without weights, the model of each family scores a picture, and all of it learns at once."""
    recipe = Transfer(backbone=name, weights="none")
    side = SMALLEST.get(name, SIDE)
    model = recipe.build(replace(recipe.contract, size=(side, side)))
    assert ["logit", "p_fake"] == [layer.name for layer in model.layers[-2:]]
    assert (None, side, side, 3) == model.input_shape
    scores = model(encoded(recipe.contract, views(side)), training=False).numpy()
    assert (2, 1) == scores.shape
    assert np.all((scores > 0) & (scores < 1))
    assert [Phase("all", 40, 1e-3)] == list(recipe.phases(model))


def test_every_network_of_keras_is_known() -> None:
    """All networks of `keras.applications` can be named, and it is known how they are fed and at which size."""
    applications = keras(3).applications
    names = [name for name in dir(applications) if name[0].isupper()]
    assert 40 == len(names)
    for name in names:
        side, _ = Transfer(backbone=name).contract.size
        assert 224 <= side <= 600, name


def test_a_network_that_keras_has_not_is_refused_with_what_was_meant() -> None:
    """The message lists the networks, and names the nearest."""
    with pytest.raises(UnknownNameError, match=r"VGG16, VGG19, Xception. Did you mean ResNet50\? Received: resnet-500"):
        _ = Transfer(backbone="resnet-500").contract


def test_a_network_of_which_it_is_not_known_how_it_is_fed_is_refused() -> None:
    """A network that a later Keras brings is not fed by a guess."""

    def NetOfTomorrow() -> None:  # noqa: N802 - as Keras names its networks
        """Nothing is built."""

    with pytest.raises(UnknownNameError, match=r"not known how this network is fed; .* Received: NetOfTomorrow"):
        _backbones.feeding(NetOfTomorrow)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"dropout": 1.0}, "below 1. Received: 1"), ({"unfrozen": 1.5}, "from 0 to 1. Received: unfrozen=1.5")],
)
def test_options_out_of_bounds_are_refused(options: dict[str, float], message: str) -> None:
    """A share is a share."""
    with pytest.raises(UsageError, match=message):
        Transfer(**options)


def test_a_size_that_leaves_nothing_is_refused() -> None:
    """Keras' reason is passed on in one line."""
    recipe = Transfer(backbone="vgg16", weights="none")
    with pytest.raises(
        UsageError, match=r"VGG16 takes no such pictures, .*at least 32x32.* \(--size\). Received: \(16, 16, 3\)"
    ):
        recipe.build(replace(recipe.contract, size=(16, 16)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A backbone of one's own, for pictures of any size, with its contract beside it."""
    path = tmp_path / "network.keras"
    network().save(path)
    write_contract(
        Contract((40, 48), (0.0, 255.0), (127.0,), (128.0,), resize="pil:bicubic", crop="face"),
        (),
        path.with_name("network.contract.toml"),
    )
    return path


def trained(model: Any, phase: Phase) -> tuple[set[str], set[str]]:
    """The names of layers that changed in one step of a phase, and of those of which nothing did."""
    freeze(phase, model)
    before = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    model.compile("adam", "binary_crossentropy")
    model.train_on_batch(views(), np.array([[0.0], [1.0]]))
    same = {
        name
        for name, weights in before.items()
        if all(np.array_equal(old, new) for old, new in zip(weights, model.get_layer(name).get_weights(), strict=True))
    }
    return set(before) - same, same


@pytest.mark.parametrize(
    ("options", "learning"),
    [
        ({}, [{"logit"}, {"logit", "conv2"}]),
        ({"batch_norm": True}, [{"logit"}, {"logit", "conv2", "norm2"}]),
        ({"unfrozen": 1.0}, [{"logit"}, {"logit", "conv1", "conv2"}]),
        ({"unfrozen": 1.0, "batch_norm": True}, [{"logit"}, {"logit", "conv1", "norm1", "conv2", "norm2"}]),
        ({"unfrozen": 0.0}, [{"logit"}]),
    ],
)
def test_the_head_learns_before_the_upper_layers(file: Path, options: dict[str, Any], learning: list[set[str]]) -> None:
    """What a phase freezes is the same to the last bit after a step, statistics of batch norms too; the rest has changed."""
    recipe = Transfer(weights=str(file), **options)
    model = recipe.build(replace(recipe.contract, size=(SIDE, SIDE)))
    phases = recipe.phases(model)
    assert ["head", "fine-tuning"][: len(learning)] == [phase.name for phase in phases]
    assert sorted((phase.learning_rate for phase in phases), reverse=True) == [phase.learning_rate for phase in phases]
    everything = {"conv1", "norm1", "conv2", "norm2", "logit"}
    for phase, expected in zip(phases, learning, strict=True):
        assert (expected, everything - expected) == trained(model, phase)


def as_keras_1_named_them(model: Any) -> Callable[[str], None]:
    """Save weights as Keras' oldest official files hold them: without a version, named otherwise."""

    def save(path: str) -> None:
        with h5py.File(path, "w") as file:
            layers = [layer for layer in model.layers if layer.weights]
            file.attrs["layer_names"] = [f"old_{place}".encode() for place in range(len(layers))]
            for place, layer in enumerate(layers):
                group = file.create_group(f"old_{place}")
                group.attrs["weight_names"] = [f"old_{place}_W_{at}:0".encode() for at in range(len(layer.weights))]
                for name, value in zip(group.attrs["weight_names"], layer.get_weights(), strict=True):
                    group[name] = value

    return save


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize("classes", [0, 7])
@pytest.mark.parametrize(("major", "name"), WEIGHTS_FILES)
def test_weights_of_every_shape_give_equal_features(major: int, name: str, classes: int, tmp_path: Path) -> None:
    """New, older and oldest files, and Keras 2's whole model, with the classifier and without, fill the same network."""
    k = keras(major)
    top = {"include_top": True, "classes": classes} if classes else {"include_top": False}
    whole = randomised(k.applications.MobileNet(weights=None, input_shape=(SIDE, SIDE, 3), **top))
    save = {
        "new": whole.save_weights,
        "legacy": legacy_weights(whole),
        "oldest": as_keras_1_named_them(whole),
        "whole": whole.save,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that HDF5 is old
        save[name.partition(".")[0]](str(tmp_path / name))
    recipe = Transfer(backbone="mobilenet", weights=str(tmp_path / name))
    assert Transfer(backbone="mobilenet").contract == recipe.contract
    model = recipe.build(replace(recipe.contract, size=(SIDE, SIDE)))
    pixels = views() / 255
    grid = k.Model(whole.input, whole.get_layer("conv_pw_13_relu").output)
    expected = pooled(grid, pixels)
    np.testing.assert_allclose(features(model, pixels), expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())


@pytest.mark.usefixtures("scope")
def test_efficientnet_is_scaled_alike_whether_keras_or_a_file_brings_its_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its official files hold deviations where variances belong: fetched, and from the file, features are as Keras' are."""
    path = tmp_path / "notop.h5"
    source = randomised(keras(3).applications.EfficientNetB0(include_top=False, weights=None))
    normalisation = next(layer for layer in source.layers if isinstance(layer, keras(3).layers.Normalization))
    normalisation.set_weights([np.float32([0.485, 0.456, 0.406]), np.float32(_backbones.DEVIATIONS), np.int32(0)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that HDF5 is old
        legacy_weights(source)(str(path))
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", lambda *_, **__: str(path))
    official = keras(3).applications.EfficientNetB0(include_top=False, weights="imagenet")
    fetched = _backbones.pretrained(keras(3).applications.EfficientNetB0, (SIDE, SIDE, 3))
    recipe = Transfer(backbone="efficientnetb0", weights=str(path))
    expected = pooled(official, views())
    np.testing.assert_allclose(pooled(fetched, views()), expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())
    model = recipe.build(replace(recipe.contract, size=(SIDE, SIDE)))
    np.testing.assert_allclose(features(model, views()), expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())


def flat(k: Any, inner: Any) -> Any:
    tensor = k.layers.GlobalAveragePooling2D()(inner.output)
    return k.Model(inner.input, k.layers.Dense(1, activation="sigmoid")(k.layers.Dense(5, name="dropout")(tensor)))


def sequential(k: Any, inner: Any) -> Any:
    layers = [inner, k.layers.Flatten(), k.layers.Dense(1, activation="sigmoid")]
    return k.Sequential([k.Input((SIDE, SIDE, 3)), *layers])


def pooled_inside(k: Any, inner: Any) -> Any:
    """A nested backbone that gives no grid any more, behind a layer of preprocessing."""
    nested = k.Model(inner.input, k.layers.GlobalMaxPooling2D()(inner.output))
    picture = k.Input((SIDE, SIDE, 3))
    tensor = nested(k.layers.Rescaling(1.0)(picture))
    return k.Model(picture, k.layers.Dense(1, activation="sigmoid")(tensor))


def named_like_a_head(k: Any, inner: Any) -> Any:
    tensor = k.layers.SpatialDropout2D(0.5, name="dropout")(inner.output)
    tensor = k.layers.Flatten(name="pooled")(k.layers.Activation("linear", name="logit")(tensor))
    return k.Model(inner.input, k.layers.Dense(1, activation="sigmoid", name="p_fake")(tensor))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("shape", [flat, sequential, pooled_inside, named_like_a_head])
def test_another_detector_is_a_backbone_up_to_its_last_grid(
    shape: Callable[[Any, Any], Any], suffix: str, tmp_path: Path
) -> None:
    """However it is built, and frozen as it was, all up to the grid is taken, fed as its contract says, and may learn."""
    inner = network(SIDE)
    detector = shape(keras(3), inner)
    inner.trainable = False
    path = tmp_path / f"detector{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that HDF5 is old
        detector.save(path)
    contract = Contract((SIDE, SIDE), (-1.0, 1.0), fake_when="low", threshold=0.3)
    write_contract(contract, (), tmp_path / "detector.contract.toml")
    recipe = Transfer(weights=str(path))
    assert replace(contract, fake_when="high", threshold=0.5) == recipe.contract
    model = recipe.build(recipe.contract)
    assert len(model.trainable_weights) == len(network().trainable_weights) + 2
    np.testing.assert_allclose(features(model, views()), pooled(inner, views()), rtol=1e-5)


def test_a_trained_detector_is_saved_loaded_and_a_backbone_again(file: Path, tmp_path: Path) -> None:
    """A model of this recipe loads as a detector in safe mode, and another is built on it."""
    recipe = Transfer(weights=str(file))
    model = recipe.build(recipe.contract)
    again = tmp_path / "detector.keras"
    model.save(again)
    write_contract(recipe.contract, (), tmp_path / "detector.contract.toml")
    detector = load_detector(again, runtime="tensorflow")
    pixels = np.random.default_rng(1).integers(0, 256, (2, 40, 48, 3)).astype(np.float32)
    expected = model((pixels - 127) / 128, training=False).numpy()[:, 0]
    np.testing.assert_allclose(1 / (1 + np.exp(-detector.score(pixels))), expected, rtol=1e-4)
    second = Transfer(weights=str(again))
    assert recipe.contract == second.contract
    np.testing.assert_array_equal(features(second.build(second.contract), pixels), features(model, pixels))


def test_a_file_is_fed_as_its_contract_says_or_as_it_is_inferred(file: Path) -> None:
    """Contract and size of the file are taken, but for how a detector is read; without a contract they are inferred."""
    recipe = Transfer(weights=str(file))
    expected = Contract((40, 48), (0.0, 255.0), (127.0,), (128.0,), resize="pil:bicubic", crop="face")
    assert expected == recipe.contract
    assert (None, 40, 48, 3) == recipe.build(recipe.contract).input_shape
    file.with_name("network.contract.toml").unlink()
    assert Contract((224, 224)) == recipe.contract


def test_a_nested_backbone_of_fixed_size_takes_no_other(tmp_path: Path) -> None:
    """The refusal names the size that it takes."""
    path = tmp_path / "nested.keras"
    sequential(keras(3), network(SIDE)).save(path)
    recipe = Transfer(weights=str(path))
    with pytest.raises(UsageError, match=r"takes no pictures but of \(32, 32, 3\) \(--size\). Received: \(48, 48, 3\)"):
        recipe.build(replace(recipe.contract, size=(48, 48)))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    """By count, by shape, and in the new format by what Keras says; the sentence says how to name the right one."""
    k = keras(3)
    smaller, wider = network(SIDE), k.Sequential([k.Input((SIDE, SIDE, 3)), *(k.layers.Conv2D(3, 1) for _ in range(90))])
    saves = {
        "few.h5": (legacy_weights(smaller), "layers with weights where the file has 4"),
        "other.h5": (legacy_weights(wider), r"whose layer conv1 has weights of \[\(3, 3, 3, 32\)\] where"),
        "new.weights.h5": (smaller.save_weights, ""),
    }
    for name, (save, reason) in saves.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that HDF5 is old
            save(str(tmp_path / name))
        recipe = Transfer(backbone="mobilenet", weights=str(tmp_path / name))
        message = rf"^These are not the weights of MobileNet, .*{reason}.*\(transfer:backbone=NAME\). Received: .*{name}$"
        with pytest.raises(ModelFileError, match=message):
            recipe.build(replace(recipe.contract, size=(SIDE, SIDE)))


def test_a_model_without_a_grid_is_no_backbone(tmp_path: Path) -> None:
    """A grid of the input alone is none of the model's making."""
    k = keras(3)
    path = tmp_path / "dense.keras"
    k.Sequential([k.Input((8,)), k.layers.Dense(1)]).save(path)
    with pytest.raises(ModelFileError, match="A backbone takes one picture and makes a grid of it"):
        Transfer(weights=str(path)).build(Contract((8, 8)))


def test_files_that_could_run_code_or_are_none_are_refused_before_they_are_loaded(tmp_path: Path) -> None:
    """Risks, pictures, folders that Keras does not read back, and names without a file: each in a sentence."""
    risky = write_archive(tmp_path / "risky.keras", chained(layer("Lambda", function="code"), dense()), version="3.15.1")
    older = write_archive(tmp_path / "older.keras", chained(dense()), version="2.13.1")
    (tmp_path / "face.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    refused = {
        risky: (UnsafeModelError, "no backbone is taken from such a file"),
        older: (
            ModelFileError,
            r"of Keras 3, or from a network's weights in HDF5 \(--weights\). Received: .*, keras 2 .keras",
        ),
        tmp_path / "face.png": (ModelFileError, "a picture"),
        tmp_path / "imagnet": (UsageError, "--weights takes imagenet, none, or a file"),
    }
    for path, (error, message) in refused.items():
        with pytest.raises(error, match=message):
            _ = Transfer(weights=str(path)).contract


def test_without_a_network_one_line_says_what_would_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A download that breaks off leaves no file and nothing on stdout, and the line names both ways out."""
    begun = []

    def broken(_origin: str, target: str, _report: Any) -> None:
        begun.append(Path(target))
        assert _backbones.PATIENCE == socket.getdefaulttimeout()
        Path(target).write_bytes(b"half")
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", broken)
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    recipe = Transfer(backbone="mobilenet")
    with pytest.raises(MissingLibraryError) as caught:
        recipe.build(replace(recipe.contract, size=(SIDE, SIDE)))
    message = str(caught.value)
    assert message.startswith("ImageNet's weights of MobileNet cannot be fetched: --weights FILE takes them from a file")
    assert "--weights none trains without. Received: URL fetch failure on" in message
    assert "\n" not in message
    assert [tmp_path] == [file.parents[1] for file in begun]
    assert not begun[0].exists()
    assert "" == capsys.readouterr().out
    assert socket.getdefaulttimeout() is None
