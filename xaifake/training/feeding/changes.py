"""Random changes of one picture, as it may undergo them on its way from a camera to a detector.

Each takes TensorFlow, a view (h, w, 3) float32 in 0..255, and a seed of its own, (2,) int32. It gives a view of that shape
and range, the same for the same seed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

SMALLEST_WINDOW = 0.85
"""Of a crop, as a share of the view's sides."""
LEVELS, SHARE = 20.0, 0.2
"""By how much brightness changes at most, in grey levels; contrast and saturation, as a share."""
GREY, HOLES = 127.5, (0.1, 0.4)
"""What is seen in a hole, and its side as a share of the view's shorter one."""
SIGMAS, REACH = (0.1, 3.0), 3
"""A blur's standard deviation in pixels, and after how many of them the Gaussian is cut off."""
SMALLEST_COPY = 0.5
"""What is left of the view's sides where it is resized, at least."""
FILTERS = ("bilinear", "bicubic", "area")
NOISE = 25.0
"""The largest standard deviation of noise, in grey levels; half of all noise has a quarter of it or less."""
GAINS, OFFSETS = (0.5, 1.5), (-50.0, 50.0)
"""What a tint multiplies a channel's distance from grey by, and adds to it in grey levels."""
MIST, AIR = 0.6, (120.0, 255.0)
"""The largest share of a view that fog hides, and the grey level of fog."""
SPECKS = 0.05
"""The largest share of cells of 2 × 2 pixels that are covered."""
QUALITIES = (40, 95)

Change = Callable[[Any, Any, Any], Any]


def flip(tf: Any, view: Any, seed: Any) -> Any:  # noqa: ARG001 - there is but one mirror image
    """The mirror image, left for right."""
    return tf.reverse(view, [1])


def crop(tf: Any, view: Any, seed: Any) -> Any:
    """A window of the view's own proportions at a random place, brought back to size."""
    how_large, where = tf.unstack(tf.random.split(seed))
    share = tf.random.stateless_uniform((), how_large, SMALLEST_WINDOW, 1.0)
    window = tf.image.stateless_random_crop(view, [*_sides(tf, view, share), 3], where)
    return tf.image.resize(window, view.shape[:2])


def colour(tf: Any, view: Any, seed: Any) -> Any:
    """Another brightness, contrast and saturation."""
    brightness, contrast, saturation = tf.unstack(tf.random.split(seed, 3))
    view = tf.image.stateless_random_brightness(view, LEVELS, brightness)
    view = tf.image.stateless_random_contrast(view, 1 - SHARE, 1 + SHARE, contrast)
    return _in_range(tf, tf.image.stateless_random_saturation(view, 1 - SHARE, 1 + SHARE, saturation))


def tint(tf: Any, view: Any, seed: Any) -> Any:
    """Another brightness and contrast of each channel by itself, as under coloured light or by a wrong white balance."""
    gain, offset = tf.unstack(tf.random.split(seed))
    gains = tf.random.stateless_uniform((3,), gain, *GAINS)
    return _in_range(tf, (view - GREY) * gains + GREY + tf.random.stateless_uniform((3,), offset, *OFFSETS))


def grey(tf: Any, view: Any, seed: Any) -> Any:  # noqa: ARG001 - there is but one
    """Without colour."""
    return tf.repeat(tf.image.rgb_to_grayscale(view), 3, axis=2)


def fog(tf: Any, view: Any, seed: Any) -> Any:
    """Behind a veil of one grey level (Hendrycks and Dietterich 2019, arXiv:1903.12261, section 3; their fog has clouds)."""
    how_thick, how_light = tf.unstack(tf.random.split(seed))
    share = tf.random.stateless_uniform((), how_thick, 0.0, MIST)
    return view + share * (tf.random.stateless_uniform((), how_light, *AIR) - view)


def specks(tf: Any, view: Any, seed: Any) -> Any:
    """Covered by white or black specks, as by snow or dust (the same section's snow and impulse noise)."""
    how_many, which, where = tf.unstack(tf.random.split(seed, 3))
    share = tf.random.stateless_uniform((), how_many, 0.0, SPECKS)
    covered = tf.random.stateless_uniform([-(-side // 2) for side in view.shape[:2]], where) < share
    covered = tf.repeat(tf.repeat(covered, 2, axis=0), 2, axis=1)[: view.shape[0], : view.shape[1], None]
    return tf.where(covered, tf.where(tf.random.stateless_uniform((), which) < 0.5, 255.0, 0.0), view)


def cutout(tf: Any, view: Any, seed: Any) -> Any:
    """A square of plain grey at a random place (DeVries and Taylor 2017, arXiv:1708.04552; of varying size)."""
    height, width, _ = view.shape
    share, down, across = tf.unstack(tf.random.stateless_uniform((3,), seed))
    side = (HOLES[0] + (HOLES[1] - HOLES[0]) * share) * min(height, width)
    rows, columns = (
        (tf.range(length, dtype=tf.float32) >= start) & (tf.range(length, dtype=tf.float32) < start + side)
        for length, start in ((height, down * (height - side)), (width, across * (width - side)))
    )
    return tf.where((rows[:, None] & columns[None])[..., None], GREY, view)


def blur(tf: Any, view: Any, seed: Any) -> Any:
    """A Gaussian blur; the picture goes on beyond its border as its mirror image."""
    sigma = tf.random.stateless_uniform((), seed, *SIGMAS)
    reach = tf.cast(tf.math.ceil(REACH * sigma), tf.int32)
    weights = tf.exp(-((tf.cast(tf.range(-reach, reach + 1), tf.float32) / sigma) ** 2) / 2)
    kernel = tf.tile((weights / tf.reduce_sum(weights))[:, None, None, None], (1, 1, 3, 1))
    mirrored = tf.pad(view, ((reach, reach), (reach, reach), (0, 0)), "SYMMETRIC")[None]
    rows = tf.nn.depthwise_conv2d(mirrored, kernel, (1, 1, 1, 1), "VALID")
    blurred = tf.nn.depthwise_conv2d(rows, tf.transpose(kernel, (1, 0, 2, 3)), (1, 1, 1, 1), "VALID")[0]
    return _in_range(tf, tf.ensure_shape(blurred, view.shape))  # the weights' sum is 1 but for rounding


def resize(tf: Any, view: Any, seed: Any) -> Any:
    """Made smaller and brought back to size, each way by a random filter."""
    how_small, which = tf.unstack(tf.random.split(seed))
    share = tf.random.stateless_uniform((), how_small, SMALLEST_COPY, 1.0)
    down, up = tf.unstack(tf.random.stateless_uniform((2,), which, 0, len(FILTERS), tf.int32))
    small = _resized(tf, view, _sides(tf, view, share), down, antialias=True)
    return _in_range(tf, tf.ensure_shape(_resized(tf, small, view.shape[:2], up), view.shape))


def noise(tf: Any, view: Any, seed: Any) -> Any:
    """Gaussian noise, each number by itself."""
    how_much, which = tf.unstack(tf.random.split(seed))
    sigma = NOISE * tf.random.stateless_uniform((), how_much) ** 2
    return _in_range(tf, view + tf.random.stateless_normal(view.shape, which, stddev=sigma))


def jpeg(tf: Any, view: Any, seed: Any) -> Any:
    """What a JPEG of a random quality makes of it, decoded as the libraries decode that read pictures."""
    quality = tf.random.stateless_uniform((), seed, QUALITIES[0], QUALITIES[1] + 1, tf.int32)
    levels = tf.cast(tf.round(view), tf.uint8)
    return tf.cast(tf.image.adjust_jpeg_quality(levels, quality, dct_method="INTEGER_ACCURATE"), tf.float32)


def _sides(tf: Any, view: Any, share: Any) -> Any:
    """Height and width of that share of the view."""
    height, width, _ = view.shape
    return [tf.cast(tf.round(share * side), tf.int32) for side in (height, width)]


def _resized(tf: Any, view: Any, size: Any, which: Any, *, antialias: bool = False) -> Any:
    """By that one of the filters. Where it enlarges, antialias means nothing and takes thrice as long."""
    return tf.switch_case(which, [partial(tf.image.resize, view, size, name, antialias=antialias) for name in FILTERS])


def _in_range(tf: Any, view: Any) -> Any:
    return tf.clip_by_value(view, 0.0, 255.0)
