"""Detectors that react to edited parts of a face: ``python benchmarks/train_reacting_detector.py [cnn|meso4]``.

The third-party detectors of ``../shared/data`` score a CIPLAB fake no higher than its own original, so how well a map finds
the edit cannot be seen on them. Two are trained here on ``ciplab/train``: ``cnn`` in Keras 3, six convolutions and a map of
what looks pasted, pooled; and ``meso4``, the published MesoNet weights in Keras 2 with two dense layers, trained further.
Beside the fakes of the folder they see composites made of its real faces alone: parts of one face moved onto another along
their mesh points, matched in colour and feathered, as the folder's makers did by hand. Last ``cnn`` sees the 29 pairs too,
each fake beside itself with its edit undone: so it is made to react to what the benchmark restores, and is no measure of
how well anything detects. ``meso4`` never sees them; it reacts less. Weights go to ``benchmarks/cache``, never into the
repository.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import xaifake
from xaifake.detector.resizing import resize
from xaifake.errors import NoFaceError
from xaifake.faces import faces_of, outlines
from xaifake.faces.mesh import Points, landmarks_of
from xaifake.images import picture_of, read_picture
from xaifake.records import Box, Crop, Pixels

DATA = Path(os.environ.get("XAIFAKE_DATA", Path(__file__).parents[2] / "shared" / "data"))
CACHE = Path(__file__).parent / "cache"
SIDE = {"cnn": 192, "meso4": 256}
CROP: dict[str, Crop] = {"cnn": "face", "meso4": "whole"}
MARGIN = 16
"""Pictures are kept this much larger than the input, for random crops."""
COMPOSITES = 4
"""Composites of each real face."""
BATCH, SEED = 32, 0
STEPS = {"cnn": 600, "meso4": 700}
WHERE = {"cnn": 10, "meso4": 3}
"""What the loss of the second output, where a composite was pasted, weighs beside that of the score."""
PAIR_STEPS = {"cnn": 160, "meso4": 0}
REPEATED = 30
"""How often each pair stands among some 850 composites."""
Sets = dict[str, NDArray[Any]]
PARTS = (outlines.EYES[0], outlines.EYES[1], outlines.NOSE, outlines.MOUTH)


def reacting_detector(name: str, runtime: str = "tensorflow") -> xaifake.Detector:
    """The trained detector of that name, trained first where the cache has none."""
    weights = CACHE / f"{name}.weights.h5"
    if not weights.is_file():
        train(name)
    model = build(name)
    model.load_weights(str(weights))
    fields = {"crop": CROP[name], "resize": "area", "range": (0, 1), "head": "sigmoid"}
    fields |= {"fake_when": "low"} if name == "meso4" else {}
    return xaifake.wrap_model(model, name=name, runtime=runtime, **fields)


def build(name: str) -> Any:
    if name == "meso4":
        return xaifake.load_detector(DATA / "detectors/meso4_df.weights.h5", builder=meso4, fake_when="low").model
    import keras
    from keras import layers

    keras.utils.set_random_seed(SEED)
    picture = keras.Input((SIDE[name], SIDE[name], 3))
    grain = layers.Subtract()([picture, layers.AveragePooling2D(3, strides=1, padding="same")(picture)])
    tensor = layers.Concatenate()([picture, layers.Rescaling(4.0)(grain)])
    for filters, pool in ((16, 2), (24, 2), (32, 1), (48, 2), (64, 1), (64, 1)):
        tensor = layers.Conv2D(filters, 3, padding="same", use_bias=False)(tensor)
        tensor = layers.ReLU()(layers.BatchNormalization(momentum=0.95)(tensor))
        tensor = layers.MaxPooling2D(pool)(tensor) if pool > 1 else tensor
    where = layers.Conv2D(1, 1, name="where")(tensor)
    share = layers.Rescaling(30.0)(layers.GlobalAveragePooling2D()(layers.Activation("sigmoid")(where)))
    seen = [layers.GlobalMaxPooling2D()(where), share, layers.GlobalAveragePooling2D()(tensor)]
    return keras.Model(picture, layers.Dense(1, activation="sigmoid")(layers.Concatenate()(seen)))


def meso4() -> Any:
    """The network of the recipe ``mesonet`` in Keras 2, so that one of the two detectors is of that major."""
    from tf_keras import Input, Model, layers

    picture = tensor = Input((256, 256, 3))
    for filters, kernel, pool in ((8, 3, 2), (8, 5, 2), (16, 5, 2), (16, 5, 4)):
        tensor = layers.Conv2D(filters, kernel, padding="same", activation="relu")(tensor)
        tensor = layers.MaxPooling2D(pool, padding="same")(layers.BatchNormalization()(tensor))
    tensor = layers.Dense(16)(layers.Dropout(0.5)(layers.Flatten()(tensor)))
    tensor = layers.Dropout(0.5)(layers.LeakyReLU(0.1)(tensor))
    return Model(picture, layers.Dense(1, activation="sigmoid")(tensor))


def train(name: str) -> None:
    """Train on real faces against fakes and composites in even shares, then on the pairs too, and keep the weights.

    While it is trained, the last convolution also tells where each composite was pasted, which it learns far sooner than
    from one label a picture; that second output is dropped afterwards.
    """
    if name == "meso4":
        import tf_keras as keras
    else:
        import keras
    model = build(name)
    grid = [layer.output for layer in model.layers if isinstance(layer, keras.layers.Conv2D)][-1]
    where = keras.layers.Activation("sigmoid")(grid if name == "cnn" else keras.layers.Conv2D(1, 1)(grid))
    teacher = keras.Model(model.input, [model.output, where])
    random = np.random.default_rng(SEED)
    general = training_pictures(SIDE[name] + MARGIN, CROP[name])
    both = with_pairs(general, SIDE[name] + MARGIN, CROP[name])
    for sets, steps, rate in ((general, STEPS[name], 2e-3), (both, PAIR_STEPS[name], 1e-3)):
        if not steps:
            continue
        optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps))
        teacher.compile(optimizer, ["binary_crossentropy", "binary_crossentropy"], loss_weights=[1, WHERE[name]])
        losses = []
        for step in range(steps):
            pictures, fake, pasted, known = batch(sets, SIDE[name], where.shape[1], random)
            labels = [1 - fake if name == "meso4" else fake, pasted]
            losses.append(teacher.train_on_batch(pictures, labels, sample_weight=[np.ones(BATCH), known])[:3])
            if step % 50 == 49:
                print(name, step + 1, np.mean(losses[-50:], axis=0).round(3), flush=True)
    CACHE.mkdir(exist_ok=True)
    model.save_weights(str(CACHE / f"{name}.weights.h5"))


def with_pairs(general: Sets, side: int, crop: Crop) -> Sets:
    """The pictures, and each pair `REPEATED` times as a composite of the fake whose edit is undone by the original."""
    from xaifake.opencv import cv2

    pairs = sorted(path for path in (DATA / "faces/ciplab_pairs").iterdir() if path.is_dir())
    fakes, undone, masks = [], [], []
    for pair in pairs:
        fake, original, edited = (read_picture(pair / file).pixels for file in ("fake.jpg", "original.png", "mask.png"))
        share = cv2.GaussianBlur(cv2.dilate(edited, np.ones((13, 13), np.uint8)), (0, 0), 3) / np.float32(255)
        fakes.append(fake)
        masks.append(edited)
        undone.append((fake + share * (original.astype(np.float32) - fake)).round().astype(np.uint8))
    boxes = [box_of(pixels, crop) for pixels in fakes]
    composite = np.concatenate([small(fakes, boxes, side), small(masks, boxes, side)[..., :1]], axis=3)
    source = len(general["real"]) + np.arange(len(pairs))
    return {
        "real": np.concatenate([general["real"], small(undone, boxes, side)]),
        "fake": general["fake"],
        "composite": np.concatenate([general["composite"], np.repeat(composite, REPEATED, axis=0)]),
        "source": np.concatenate([general["source"], np.repeat(source, REPEATED)]),
    }


def training_pictures(side: int, crop: Crop) -> Sets:
    """Real faces, fakes, composites with their masks (n, side, side, 3 or 4), and which face each composite was made of."""
    kept = CACHE / f"pictures_{crop}_{side}.npz"
    if not kept.is_file():
        real, fake = (
            [read_picture(path).pixels for path in sorted((DATA / "faces/ciplab/train" / kind).iterdir())]
            for kind in ("real", "fake")
        )
        boxes = [box_of(pixels, crop) for pixels in real]
        made = list(composites(real, np.random.default_rng(SEED)))
        source = [index for index, _, _ in made]
        pictures = small([pixels for _, pixels, _ in made], [boxes[index] for index in source], side)
        masks = small([np.repeat(mask[..., None], 3, axis=2) for _, _, mask in made], [boxes[i] for i in source], side)
        sets = {
            "real": small(real, boxes, side),
            "fake": small(fake, [box_of(pixels, crop) for pixels in fake], side),
            "composite": np.concatenate([pictures, masks[..., :1]], axis=3),
            "source": np.array(source),
        }
        CACHE.mkdir(exist_ok=True)
        np.savez(kept, **sets)
    with np.load(kept) as arrays:
        return dict(arrays)


def box_of(pixels: Pixels, crop: Crop) -> Box:
    """What of a picture is fed; all of it where no face is found."""
    picture = picture_of(pixels)
    try:
        return faces_of(picture, crop)[0].box
    except NoFaceError:
        return faces_of(picture, "whole")[0].box


def small(pictures: list[Pixels], boxes: list[Box], side: int) -> NDArray[np.uint8]:
    faces = [faces_of(picture_of(pixels), "face", box)[0] for pixels, box in zip(pictures, boxes, strict=True)]
    return np.stack([resize(face.pixels, (side, side), "area").round().astype(np.uint8) for face in faces])


def composites(pictures: list[Pixels], random: np.random.Generator) -> Iterator[tuple[int, Pixels, NDArray[np.uint8]]]:
    """Each face `COMPOSITES` times with one to three parts of others: its index, the picture, and where it was
    changed (255). Faces without mesh points are left out.
    """
    meshes = [mesh_of(pixels) for pixels in pictures]
    found = [index for index, mesh in enumerate(meshes) if mesh is not None]
    for target in np.repeat(found, COMPOSITES).tolist():
        pixels = pictures[target].astype(np.float32)
        changed = np.zeros(pixels.shape[:2], np.float32)
        for part in random.choice(len(PARTS), random.integers(1, 4), replace=False):
            donor = int(random.choice([index for index in found if index != target]))
            outline = list(PARTS[part])
            pixels, share = moved(pictures[donor], meshes[donor][outline], pixels, meshes[target][outline], random)
            changed = np.maximum(changed, share)
        yield target, np.clip(pixels.round(), 0, 255).astype(np.uint8), (255 * changed).astype(np.uint8)


def mesh_of(pixels: Pixels) -> Points | None:
    try:
        return landmarks_of(faces_of(picture_of(pixels), "face")[0])
    except NoFaceError:
        return None


def moved(
    donor: Pixels, there: Points, pixels: NDArray[np.float32], here: Points, random: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The picture with the donor's part, scaled and turned onto the points here, in the colours there; and how much of each
    pixel is the donor's.
    """
    from xaifake.opencv import cv2

    height, width = pixels.shape[:2]
    transform, _ = cv2.estimateAffinePartial2D(there, here)
    filters = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
    part = cv2.warpAffine(
        donor, transform, (width, height), flags=filters[random.integers(3)], borderMode=cv2.BORDER_REFLECT
    )
    inside = cv2.fillConvexPoly(np.zeros((height, width), np.float32), cv2.convexHull(here).astype(np.int32), 1.0)
    reach = random.integers(0, 20)
    inside = cv2.dilate(inside, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    shift = (pixels - part)[inside > 0].mean(axis=0) * random.uniform(0.5, 1.0)
    share = cv2.GaussianBlur(inside, (0, 0), random.uniform(0.8, 8))
    return np.asarray(pixels + share[..., None] * (part + shift - pixels), np.float32), share


def batch(sets: Sets, side: int, cells: int, random: np.random.Generator) -> tuple[NDArray[np.float32], ...]:
    """Pictures (BATCH, side, side, 3) in 0..1, whether FAKE (BATCH, 1), where pasted (BATCH, cells, cells, 1), and whether
    that is known (BATCH, cells, cells).

    A quarter are composites, each beside the face that it was made of, a quarter fakes of the folder, a quarter real.
    """
    from xaifake.opencv import cv2

    pictures, pasted = [], []
    for _ in range(BATCH // 4):
        chosen = random.integers(len(sets["composite"]))
        composite, face = sets["composite"][chosen], sets["real"][sets["source"][chosen]]
        fake, real = (sets[kind][random.integers(len(sets[kind]))] for kind in ("fake", "real"))
        seed = random.integers(2**32)
        for four in (composite, face, fake, real):
            view = varied(
                four, side, np.random.default_rng(seed if four is composite or four is face else random.integers(2**32))
            )
            mask = view[..., 3] if four is composite else np.zeros((side, side), np.float32)
            pictures.append(view[..., :3])
            pasted.append(cv2.resize(mask, (cells, cells), interpolation=cv2.INTER_AREA))
    fake = np.tile(np.array([[1], [0], [1], [0]], np.float32), (BATCH // 4, 1))
    known = np.tile(np.array([1, 1, 0, 1], np.float32), BATCH // 4)[:, None, None].repeat(cells, 1).repeat(cells, 2)
    return np.stack(pictures), fake, np.stack(pasted)[..., None], known


def varied(pixels: NDArray[np.uint8], side: int, random: np.random.Generator) -> NDArray[np.float32]:
    """A random crop, mirrored by the toss of a coin, a little lighter or darker; a fourth channel is only cropped along."""
    top, left = random.integers(0, len(pixels) - side + 1, 2)
    view = pixels[top : top + side, left : left + side][:, :: random.choice([-1, 1])] / np.float32(255)
    view[..., :3] = np.clip(view[..., :3] * random.uniform(0.9, 1.1), 0, 1)
    return np.asarray(view, np.float32)


def test_auc(detector: xaifake.Detector) -> float:
    from sklearn.metrics import roc_auc_score

    logits = []
    for kind in ("real", "fake"):
        pictures = [read_picture(path) for path in sorted((DATA / "faces/ciplab/test" / kind).iterdir())]
        views = detector.view(
            [detector.faces(picture, box_of(picture.pixels, detector.contract.crop))[0] for picture in pictures]
        )
        logits.append(detector.score(np.stack([view.pixels for view in views])))
    return float(roc_auc_score(np.repeat([0, 1], [len(each) for each in logits]), np.concatenate(logits)))


if __name__ == "__main__":
    for chosen in sys.argv[1:] or list(SIDE):
        train(chosen)
        print(f"{chosen}: AUC {test_auc(reacting_detector(chosen)):.2f} on ciplab/test")
