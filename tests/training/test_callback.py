"""What is trained with the callback is what is trained without it, and each epoch shows the weights that it left."""

from __future__ import annotations

import csv
import random
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from synthetic import astronaut

import xaifake
from xaifake.detector.runtime import keras, tensorflow
from xaifake.detector.runtimes.tracing import Traced
from xaifake.errors import NoFaceError, NumbersError, UsageError
from xaifake.training import callback as module
from xaifake.training.strips import MOST, Strip

pytestmark = pytest.mark.keras

SIDE = 32
MAJORS = pytest.mark.parametrize("major", [2, 3])


def model_of(major: int, head: str = "sigmoid", policy: str = "float32", nested: bool = False) -> Any:
    """A small detector with all that tells training from inference, compiled."""
    k = keras(major)
    k.utils.set_random_seed(3)
    seen = k.Input((SIDE, SIDE, 3))
    y = k.layers.Conv2D(4, 3, strides=2, activation="relu", dtype=policy)(seen)
    y = k.layers.BatchNormalization(dtype=policy)(y)
    y = k.layers.Dropout(0.3, dtype=policy)(k.layers.Conv2D(4, 3, activation="relu", dtype=policy)(y))
    if nested:
        inside, seen = k.Model(seen, y), k.Input((SIDE, SIDE, 3))
        y = inside(seen)
    y = k.layers.GlobalAveragePooling2D(dtype=policy)(y)
    model = k.Model(seen, k.layers.Dense(2 if head == "softmax" else 1, activation=head, dtype="float32")(y))
    model.compile("adam", "sparse_categorical_crossentropy" if head == "softmax" else "binary_crossentropy")
    return model


def fitted(model: Any, callbacks: list[Any], epochs: int = 2) -> Any:
    """Train it on noise of which FAKE is brighter; Keras' history."""
    numbers = np.random.default_rng(0)
    labels = np.arange(24) % 2
    pictures = numbers.uniform(0, 0.5, (24, SIDE, SIDE, 3)) + labels[:, None, None, None] / 2
    keras(2 if type(model).__module__.startswith("tf_keras") else 3).utils.set_random_seed(5)
    return model.fit(
        pictures.astype(np.float32), labels.astype(np.float32), 8, epochs=epochs, verbose=0, callbacks=callbacks
    )


def shown(folder: Path, epoch: int, name: str = "array") -> np.ndarray:
    return np.asarray(Image.open(folder / f"epoch_{epoch:04d}" / f"{name}.png"))


def left_by(model: Any, history: Any) -> list[np.ndarray]:
    """Everything that training leaves: weights and moments, losses, and what each source of chance gives next."""
    tf = tensorflow()
    optimizer = model.optimizer.variables
    moments = [np.asarray(one) for one in (optimizer() if callable(optimizer) else optimizer)]
    drawn = [np.random.random(3), np.array([random.random()]), tf.random.uniform((3,)).numpy()]  # noqa: NPY002, S311 - what others draw from
    return [*(np.asarray(one) for one in model.weights), *moments, np.array(history.history["loss"]), *drawn]


@MAJORS
def test_training_is_the_same_with_and_without_it(major: int, tmp_path: Path) -> None:
    """Weights, moments, losses, and what numpy, random and TensorFlow draw next are equal in every bit."""
    bare = model_of(major)
    expected = left_by(bare, fitted(bare, []))

    model = model_of(major)
    actual = left_by(model, fitted(model, [xaifake.ExplainCallback([astronaut()], tmp_path)]))

    assert len(expected) == len(actual) > 20
    for one, other in zip(expected, actual, strict=True):
        np.testing.assert_array_equal(one, other)


@MAJORS
def test_each_epoch_shows_its_own_weights(major: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model is traced once and each epoch drawn anew: the last drawing is that of the trained model, asked afresh."""
    traces: list[str | None] = []
    tap = Traced.tap
    monkeypatch.setattr(Traced, "tap", lambda self, layer, count=None: traces.append(layer) or tap(self, layer, count))
    model = model_of(major)

    fitted(model, [xaifake.ExplainCallback([astronaut()], tmp_path)])

    assert len(traces) == 1
    epochs = [shown(tmp_path, epoch) for epoch in range(3)]
    assert not np.array_equal(epochs[0], epochs[1])
    assert not np.array_equal(epochs[1], epochs[2])
    case = xaifake.explain(
        xaifake.wrap_model(model), astronaut(), methods=["gradcam"], checks=(), limits=(), robustness=False
    )
    limit = module.common_limit([case], "gradcam")
    np.testing.assert_array_equal(module.scored(case, "gradcam", limit, module.HEIGHT), epochs[2])
    header, scores = csv.reader((tmp_path / "epoch_0002" / "scores.csv").read_text().splitlines())
    assert (header, scores[0]) == (["picture", "score"], "array")
    assert float(scores[1]) == round(case.prediction.p_fake, 6)


def test_both_majors_show_the_same_of_the_same_weights(tmp_path: Path) -> None:
    """A model of Keras 2 and one of Keras 3 with equal weights give equal scores and maps, by callback and by wrap_model."""
    models = {major: model_of(major) for major in (2, 3)}
    models[2].set_weights(models[3].get_weights())
    maps = []
    for major, model in models.items():
        model.optimizer.learning_rate = 0.0
        fitted(model, [xaifake.ExplainCallback([astronaut()], tmp_path / str(major))], epochs=1)
        maps.append(xaifake.wrap_model(model).tap(np.full((1, SIDE, SIDE, 3), 99, np.float32)))
    np.testing.assert_allclose(maps[0].activations, maps[1].activations, atol=1e-5)
    np.testing.assert_allclose(maps[0].gradients, maps[1].gradients, atol=1e-6)
    before, after = (shown(tmp_path / str(major), 0).astype(int) for major in models)
    assert np.abs(before - after).max() <= 1


@MAJORS
@pytest.mark.parametrize(
    ("made", "stated"),
    [({"head": "softmax"}, {"fake_index": 1}), ({"policy": "mixed_float16"}, {}), ({"nested": True}, {})],
    ids=["softmax", "mixed precision", "nested"],
)
def test_it_works_with_any_model(major: int, made: dict[str, Any], stated: dict[str, Any], tmp_path: Path) -> None:
    """Softmax heads, mixed precision and nested backbones are explained after each epoch."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "Epoch .* is not explained")
        fitted(model_of(major, **made), [xaifake.ExplainCallback([astronaut()], tmp_path, **stated)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["epoch_0000", "epoch_0001", "epoch_0002", "epochs.png"]


def test_faces_are_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture is read, and its face looked for, before the first step and not again; every other epoch is left out."""
    found: list[object] = []
    subject_of = module.subject_of
    monkeypatch.setattr(module, "subject_of", lambda *asked: found.append(asked) or subject_of(*asked))
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for path in paths:
        Image.fromarray(astronaut()).save(path)

    callback = xaifake.ExplainCallback(paths, tmp_path / "out", every=2, crop="face")
    fitted(model_of(3), [callback], epochs=4)

    assert len(found) == 2
    drawn = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").glob("*/*.png"))
    assert drawn == [f"epoch_{epoch:04d}/{name}.png" for epoch in (0, 2, 4) for name in "ab"]


def test_no_face_is_said_before_the_first_step(tmp_path: Path) -> None:
    """Where no picture has a face nothing is trained; a single one without is left out, and said."""
    grey = np.full((64, 64, 3), 128, np.uint8)
    model = model_of(3)
    before = model.get_weights()
    with pytest.raises(NoFaceError, match="No face was found"):
        fitted(model, [xaifake.ExplainCallback([grey, grey], tmp_path, crop="face")])
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)

    with pytest.warns(RuntimeWarning, match="left out of what is explained: No face"):
        fitted(model, [xaifake.ExplainCallback([grey, astronaut()], tmp_path, crop="face")], epochs=1)
    assert [path.name for path in tmp_path.glob("epoch_0001/*.png")] == ["array.png"]


@MAJORS
def test_an_error_loses_no_training(major: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails after the first step is said once, all epochs are trained, and those that can be are drawn."""
    model = model_of(major)
    callback = xaifake.ExplainCallback([astronaut()], tmp_path)
    write = callback._write

    def failing(epoch: int, cases: Any) -> None:
        if epoch in (1, 2):
            raise NumbersError("NaN came. Received: a model")
        write(epoch, cases)

    monkeypatch.setattr(callback, "_write", failing)
    with pytest.warns(RuntimeWarning) as said:
        history = fitted(model, [callback], epochs=3)

    assert [str(one.message) for one in said] == [
        "Epoch 1 is not explained, and training goes on: NaN came. Received: a model"
    ]
    assert len(history.history["loss"]) == 3
    assert sorted(path.name for path in tmp_path.glob("epoch_*")) == ["epoch_0000", "epoch_0003"]


def test_what_cannot_be_drawn_is_refused_before_the_first_step(tmp_path: Path) -> None:
    """A map of coefficients, a model without weights and useless arguments are refused in a sentence."""
    k = keras(3)
    spectrum = k.Sequential([k.Input((SIDE, SIDE, 3)), k.layers.Conv2D(2, 3), k.layers.Flatten(), k.layers.Dense(1)])
    spectrum.compile("adam", "mse")
    with pytest.raises(UsageError, match=r"maps lie on the picture, such as shap.*Received: gradcam, whose map lies in dct"):
        fitted(spectrum, [xaifake.ExplainCallback([astronaut()], tmp_path, domain="dct")])
    callback = xaifake.ExplainCallback([astronaut()], tmp_path)
    callback.set_model(k.Sequential([k.layers.Flatten(), k.layers.Dense(1)]))
    with pytest.raises(UsageError, match=r"call model.build"):
        callback.on_epoch_begin(0)
    with pytest.raises(UsageError, match="list of paths"):
        xaifake.ExplainCallback("face.png", tmp_path)
    with pytest.raises(UsageError, match="1 or more"):
        xaifake.ExplainCallback([astronaut()], tmp_path, every=0)


def test_tensorboard_shows_overlays_and_scores(tmp_path: Path) -> None:
    """Every epoch's overlay, the PNG's own pixels, and score stand in TensorBoard's file under a tag of the picture."""
    fitted(model_of(3), [xaifake.ExplainCallback([astronaut()], tmp_path / "out", tensorboard=tmp_path / "logs")])

    (file,) = (tmp_path / "logs").iterdir()
    tf = tensorflow()
    seen: dict[str, list[Any]] = {"xaifake/overlay/array": [], "xaifake/score/array": []}
    for record in tf.data.TFRecordDataset(str(file)):
        for value in tf.compat.v1.Event.FromString(record.numpy()).summary.value:
            seen[value.tag].append(tf.make_ndarray(value.tensor))
    assert [len(values) for values in seen.values()] == [3, 3]
    width, height, png = seen["xaifake/overlay/array"][-1]
    pixels = tf.image.decode_png(png).numpy()
    assert (int(height), int(width)) == pixels.shape[:2]
    np.testing.assert_array_equal(pixels, shown(tmp_path / "out", 2))


def test_a_strip_stays_small() -> None:
    """Of many epochs at most twelve are drawn, the last among them, evenly spread; one that comes again begins anew."""
    strip, most = Strip(), 0
    for epoch in range(40):
        strip.add(epoch, ())
        most = max(most, len(strip.epochs))
    assert strip.epochs == [0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 39]
    assert most == MOST
    strip.add(9, ())
    assert strip.epochs == [0, 4, 8, 9]
