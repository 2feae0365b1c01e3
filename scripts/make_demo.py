"""Make the demo's material in xaifake/demo: a toy detector, its contract, and a picture before and after a local edit.

The edit is that of `xaifake.demo.pictures`. The detector is a small real network trained to see its checkerboard; smoothing
alone counts as untouched.

    python scripts/make_demo.py

Same machine and versions, same bytes. Another CPU or TensorFlow may round differently, and so train other weights.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import skimage.data
import tensorflow as tf
from numpy.typing import NDArray
from PIL import Image

from xaifake.demo.pictures import INPUT, SIDE, Pixels, edited, seen, somewhere, varied
from xaifake.detector.contract import write_contract
from xaifake.records import Contract

FOLDER = Path(__file__).parents[1] / "xaifake" / "demo"
SEED = 2026
EPOCHS = 6
TRAINING = ("brick", "camera", "chelsea", "coffee", "grass", "gravel", "rocket")
"""CC0 or public domain, each by scikit-image's own documentation; the astronaut is held out for the test and the demo."""
FACE = (slice(0, SIDE), slice(96, 96 + SIDE))
"""Where the astronaut's face lies."""
SIDE_OF_FACE = (112, 152, 40, 26)
"""The demo's edit: centre row and column, half height and half width, on one side of the face."""


def photograph(name: str) -> Pixels:
    """One of scikit-image's photographs as RGB."""
    pixels = getattr(skimage.data, name)()
    return np.asarray(Image.fromarray(pixels).convert("RGB"))


def crop(picture: Pixels, random: np.random.Generator) -> Pixels:
    """A square somewhere in the picture, varied."""
    side = int(random.integers(150, min(picture.shape[:2]) + 1))
    top, left = (int(random.integers(length - side + 1)) for length in picture.shape[:2])
    return varied(picture, (top, left, side), random)


def crops(names: tuple[str, ...], pairs: int, random: np.random.Generator) -> tuple[Pixels, NDArray[np.float32]]:
    """Crops (2 · pairs, 128, 128, 3), each without the trace and then with it, and their labels: 1 is with it."""
    photographs = [photograph(name) for name in names]
    pictures = []
    for number in range(pairs):
        untouched = crop(photographs[number % len(photographs)], random)
        plain = edited(untouched, somewhere(random), trace=0) if number % 2 else untouched
        pictures += [plain, edited(untouched, somewhere(random), trace=random.uniform(4, 12))]
    return np.stack([seen(p) for p in pictures]), np.tile(np.float32([0, 1]), pairs)


def network() -> Any:
    """Five convolutions, a global average, one sigmoid; it scales raw pixels itself."""
    layers = keras.layers
    model = keras.Sequential([keras.Input((INPUT, INPUT, 3), name="face")], name="xaifake_demo")
    model.add(layers.Rescaling(1 / 127.5, -1, name="scale"))
    for number, (filters, stride) in enumerate([(16, 1), (24, 2), (32, 2), (40, 2), (48, 1)], start=1):
        model.add(layers.Conv2D(filters, 3, stride, padding="same", use_bias=False, name=f"conv{number}"))
        model.add(layers.BatchNormalization(momentum=0.9, name=f"norm{number}"))
        model.add(layers.ReLU(name=f"relu{number}"))
    model.add(layers.GlobalAveragePooling2D(name="average"))
    model.add(layers.Dense(1, activation="sigmoid", name="fake"))
    return model


def trained(random: np.random.Generator) -> Any:
    """The network, trained on the photographs of `TRAINING`."""
    x, y = crops(TRAINING, 1500, random)
    model = network()
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, EPOCHS * len(x) // 32)
    model.compile(keras.optimizers.Adam(schedule), "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=32, epochs=EPOCHS, verbose=2)
    return model


def write_model(model: Any, path: Path) -> None:
    """Save without the optimizer, and without the time and the memory addresses that Keras writes into the file."""
    plain = network()
    plain.set_weights(model.get_weights())
    plain.save(path)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as stamped, zipfile.ZipFile(path, "w") as still:
        for name in sorted(stamped.namelist()):
            content = stamped.read(name)
            if name.endswith(".json"):
                content = json.dumps(json.loads(content, object_hook=lasting)).encode()
            still.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def lasting(record: dict[str, Any]) -> dict[str, Any]:
    """What two runs of this script have in common."""
    return {key: value for key, value in record.items() if key not in {"date_saved", "shared_object_id"}}


def main() -> None:
    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    random = np.random.default_rng(SEED)
    model = trained(random)
    write_model(model, FOLDER / "detector.keras")
    contract = Contract(size=(INPUT, INPUT), range=(0, 255), resize="tf:bilinear", crop="whole", head="sigmoid")
    write_contract(contract, (), FOLDER / "detector.contract.toml", force=True)
    face = photograph("astronaut")[FACE]
    pictures = {"original": face, "edited": edited(face, SIDE_OF_FACE)}
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(FOLDER / f"{name}.png", optimize=True)
        print(f"{name}.png: P(FAKE) = {float(model(seen(pixels)[None])[0, 0]):.3f}")
    x, y = crops(("astronaut",), 250, random)
    right = (model.predict(x, verbose=0)[:, 0] >= 0.5) == y
    print(f"crops of the astronaut, never trained on: accuracy {np.mean(right):.3f} of {len(y)}")


if __name__ == "__main__":
    main()
