"""Planted detectors: Keras models with hand-set weights whose true evidence is known, and pictures that carry it.

The detector sees fine stripes and nothing else: horizontal ones raise its score for FAKE, vertical ones lower it, by its
weights and not by training. A planted picture is smooth but for one patch of each. So an explanation is right when its
maximum lies in the one patch and its minimum in the other, whatever shape the model has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from xaifake.detector.runtime import keras
from xaifake.records import Box, Head, Map, Pixels, ViewPixels

SIZE = 64
"""Height and width of planted pictures and of the planted detectors' input."""
PATCH = 16
"""Height and width of each patch."""
MARGIN = 1 / 4
"""Between a patch and the border or the middle of the picture, at least, as a share of the patch's side."""
Shape = Literal["flat", "sequential", "nested", "twice nested", "multi branch", "subclassed", "shared"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
GAIN = 300.0
"""Logits per unit of mean stripe response: the default picture scores about +2."""
STRIPE = (-1.0, 2.0, -1.0)
"""Across the stripes, the filters' weights for one of them between two others."""
LEAST = 0.02
"""What a filter answers to smooth parts, and more: that much does not count."""


@dataclass(frozen=True, eq=False)
class PlantedPicture:
    """A picture (h, w, 3) uint8, where its evidence for FAKE lies, and where its evidence for REAL lies; and the same
    picture before either was planted.
    """

    pixels: Pixels
    original: Pixels
    fake: Box
    real: Box


def planted_picture(
    seed: int = 0,
    *,
    fake: float = 40.0,
    real: float = 20.0,
    size: tuple[int, int] = (SIZE, SIZE),
    side: int = PATCH,
    period: int = 2,
) -> PlantedPicture:
    """A smooth picture with one patch of horizontal and one of vertical stripes, in different halves of it.

    Args:
        seed: of the picture and of where the patches lie.
        fake: amplitude of the horizontal stripes in grey levels; 0 leaves them out.
        real: that of the vertical ones.
        size: height and width; each half must hold a patch and its `MARGIN`.
        side: height and width of a patch.
        period: of the stripes in pixels, even. The planted detectors see the finest, of 2.
    """
    (height, width), margin = size, int(MARGIN * side)
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width] / np.array([height, width])[:, None, None]
    a, b, c = random.uniform(0.5, 1.5, 3)
    smooth = 128 + 30 * np.sin(a * rows * 3 + c) + 30 * np.cos(b * columns * 3)
    pixels = np.repeat(smooth[..., None], 3, axis=2) + random.uniform(-10, 10, 3)
    tops = random.integers(margin, height - side - margin, 2)
    lefts = random.integers(margin, width // 2 - side - margin, 2) + np.array([0, width // 2])
    order = random.permutation(2)
    original = pixels.copy()
    boxes = [Box(int(t), int(x), int(t) + side, int(x) + side) for t, x in zip(tops, lefts[order], strict=True)]
    stripes = (-1.0) ** (np.arange(side) // (period // 2))
    pixels[boxes[0].rows_and_columns] += fake * stripes[:, None, None]
    pixels[boxes[1].rows_and_columns] += real * stripes[None, :, None]
    planted, before = (np.clip(np.rint(values), 0, 255).astype(np.uint8) for values in (pixels, original))
    return PlantedPicture(planted, before, *boxes)


def planted_evidence(pixels: ViewPixels, gain: float = GAIN) -> Map:
    """What each pixel of a view (h, w, 3) in 0..255 adds to the logit of `planted_model`, (h, w), summing to it.

    A pixel stands for the answers of the filters about it.
    """
    grey = pixels.astype(np.float64).mean(axis=2) / 255
    down, across = (np.apply_along_axis(np.convolve, axis, grey, np.array(STRIPE) / 3, "same") for axis in (0, 1))
    answers = [
        np.apply_along_axis(np.convolve, axis, stripes, np.full(3, 1 / 3), "same")[1:-1, 1:-1]
        for axis, stripes in ((1, down), (0, across))
    ]
    fake, real = (np.maximum(np.abs(answer) - LEAST, 0) for answer in answers)
    return np.pad(gain * (fake - real) / fake.size, 1).astype(np.float32)


def planted_model(
    major: int = 3,
    shape: Shape = "flat",
    *,
    head: Head = "sigmoid",
    fake_first: bool = False,
    rescaling_inside: bool = False,
    gain: float = GAIN,
) -> Any:
    """A Keras model that scores stripes.

    Args:
        major: 2 (tf_keras) or 3 (keras).
        shape: how the same computation is put together.
        head: sigmoid gives one output, softmax two; logit one without activation.
        fake_first: the FAKE output is the first of two, or, with one output, a low score means FAKE.
        rescaling_inside: the model takes 0..255 itself; otherwise 0..1.
        gain: 0 gives a constant detector.
    """
    k = keras(major)
    layers = k.layers
    scale = [layers.Rescaling(1 / 255.0, name="rescaling")] if rescaling_inside else []
    stripes = layers.Conv2D(4, 3, padding="valid", activation="relu", name="stripes")
    mix = layers.Conv2D(2, 1, name="evidence.x1")  # a dot in a name is part of the name
    units, activation = (2 if head == "softmax" else 1), (None if head == "logit" else head)
    score = layers.Dense(units, activation=activation, name="score")
    model = _assembled(k, shape, scale, [stripes, mix], score)
    model(np.zeros((1, SIZE, SIZE, 3), np.float32))
    _set_weights(stripes, mix, score, gain=gain, fake_first=fake_first)
    return model


def _assembled(k: Any, shape: Shape, scale: list[Any], body: list[Any], score: Any) -> Any:
    layers, pool = k.layers, k.layers.GlobalAveragePooling2D(name="pool")
    if shape == "subclassed":
        return _subclassed(k, [*scale, *body, pool, score])
    if shape == "sequential":
        return k.Sequential([k.Input((SIZE, SIZE, 3)), *scale, *body, pool, score])
    picture = k.Input((SIZE, SIZE, 3), name="picture")
    if shape == "shared":  # the body sees the picture and its mirror image: two calls of each layer
        mirrored = layers.Cropping2D(0, name="again")(picture)
        both = layers.Average(name="both")([_chain(body, _chain(scale, mirrored)), _chain(body, _chain(scale, picture))])
        return k.Model(picture, score(pool(both)))
    if shape == "multi branch":
        start = _chain(scale, picture)
        side = layers.MaxPooling2D(2, name="side")(start)
        dark = layers.Dense(2, kernel_initializer="zeros", name="nothing")(layers.Flatten(name="flat")(side))
        joined = layers.Add(name="joined")([pool(_chain(body, start)), dark])
        return k.Model(picture, score(joined))
    if shape in ("nested", "twice nested"):
        inner = k.Sequential([k.Input((SIZE, SIZE, 3)), *body], name="backbone_1.00_64")
        if shape == "twice nested":
            inner = k.Sequential([k.Input((SIZE, SIZE, 3)), inner], name="outer")
        return k.Model(picture, score(pool(inner(_chain(scale, picture)))))
    return k.Model(picture, _chain([*scale, *body, pool, score], picture))


def _chain(layers: list[Any], tensor: Any) -> Any:
    for layer in layers:
        tensor = layer(tensor)
    return tensor


def _subclassed(k: Any, steps: list[Any]) -> Any:
    class Planted(k.Model):  # type: ignore[misc]  # the base is chosen at run time
        def __init__(self) -> None:
            super().__init__(name="planted")
            self.steps = steps

        def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: ARG002 - Keras calls it so
            for step in self.steps:
                inputs = step(inputs)
            return inputs

    return Planted()


def _set_weights(stripes: Any, mix: Any, score: Any, *, gain: float, fake_first: bool) -> None:
    """Two filters of either sign for each direction; horizontal ones make the first channel, vertical the second."""
    horizontal = np.repeat(np.array(STRIPE, np.float32)[:, None], 3, axis=1) / 9
    filters = np.stack([horizontal, -horizontal, horizontal.T, -horizontal.T], axis=-1)
    stripes.set_weights([np.repeat(filters[:, :, None, :], 3, axis=2) / 3, np.full(4, -LEAST, np.float32)])
    mix.set_weights([np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)[None, None], np.zeros(2, np.float32)])
    toward_fake = gain * np.array([[1.0], [-1.0]], np.float32) * (-1 if fake_first else 1)
    units = score.get_weights()[1].shape[0]
    kernel = toward_fake if units == 1 else np.hstack([-toward_fake / 2, toward_fake / 2])
    score.set_weights([kernel, np.zeros(units, np.float32)])
