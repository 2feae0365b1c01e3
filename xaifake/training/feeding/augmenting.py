"""How training pictures are changed, so that a detector learns what makes a fake and not how its file was made."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Self

from xaifake.errors import UnknownNameError, UsageError, did_you_mean
from xaifake.training.feeding import changes


@dataclass(frozen=True)
class Augmentation:
    """The probability of each change; a picture goes through those that are drawn for it, in this order.

    Sources: Wang et al. 2020 (arXiv:1912.11035), section 4.1: blur and JPEG with probability 0.1 each or 0.5 each; Shiohara
    and Yamasaki 2022 (arXiv:2204.08376), section 4.1 and the paper's code: flips 0.5, each change of colour 0.3, JPEG 0.5;
    Corvi et al. 2023 (arXiv:2211.00680) and the paper's code: resizing, noise and cutout 0.2, blur and JPEG 0.5. Tint, grey,
    fog and specks stand for the light and the weather of Hendrycks and Dietterich 2019 (arXiv:1903.12261); no source here
    gives their probabilities.

    Deviation: what takes away fine detail comes with probabilities toward the lower end of theirs, since here they meet on
    one picture: more than a third of all pictures keep every trace that a generator left. JPEG is by far the commonest of
    these changes outside laboratories, and stands between Wang's two.

    Attributes:
        flip: the mirror image.
        crop: a window of 85 to 100 % of each side, brought back to size.
        colour: brightness, contrast and saturation, each by a little.
        tint: brightness and contrast of each channel by itself, by much.
        grey: without colour.
        fog: a veil.
        cutout: a square of plain grey.
        blur: a Gaussian blur of up to 3 pixels.
        resize: made smaller by up to 2, and brought back, each way by a filter of its own.
        noise: Gaussian noise of up to 25 grey levels, mostly of less than 7.
        specks: white or black specks of 2 × 2 pixels.
        jpeg: compressed at a quality of 40 to 95.

    Raises:
        UsageError: a probability outside 0..1.
    """

    flip: float = 0.5
    crop: float = 0.3
    colour: float = 0.3
    tint: float = 0.1
    grey: float = 0.05
    fog: float = 0.05
    cutout: float = 0.1
    blur: float = 0.1
    resize: float = 0.1
    noise: float = 0.05
    specks: float = 0.05
    jpeg: float = 0.3

    def __post_init__(self) -> None:
        for name, probability in self._probabilities.items():
            if not 0 <= probability <= 1:
                raise UsageError(
                    f"The probability of a change is a number from 0 to 1, as --augment {name}=0.5. "
                    f"Received: {name}={probability}"
                )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``all``, ``none``, or changes: each alone for its usual probability, or with ``=`` and another.

        What is not named does not happen; after ``all,`` what is named goes before the usual.

        >>> from dataclasses import replace
        >>> Augmentation.parse("flip,jpeg=0.5") == replace(Augmentation.parse("none"), flip=0.5, jpeg=0.5)
        True
        >>> Augmentation.parse("all,blur=0") == Augmentation(blur=0)
        True

        Raises:
            UnknownNameError: no change of that name.
            UsageError: a probability that is no number from 0 to 1.
        """
        usual: dict[str, float] = {field.name: getattr(cls, field.name) for field in fields(cls)}
        given = dict.fromkeys(usual, 0.0)
        for item in text.split(","):
            name, equals, value = item.strip().partition("=")
            if not equals and name in ("all", "none"):
                given = dict(usual) if name == "all" else dict.fromkeys(usual, 0.0)
            elif name not in usual:
                raise UnknownNameError(_unknown(name, tuple(usual), text))
            else:
                given[name] = _number(value, text) if equals else usual[name]
        return cls(**given)

    def __str__(self) -> str:
        """The text that `parse` reads back.

        >>> str(Augmentation()), str(Augmentation.parse("none")), str(Augmentation.parse("jpeg=1,flip"))
        ('all', 'none', 'flip,jpeg=1.0')
        """
        usual = type(self)()
        if self == usual:
            return "all"
        drawn = {name: share for name, share in self._probabilities.items() if share}
        named = [name if share == getattr(usual, name) else f"{name}={share}" for name, share in drawn.items()]
        return ",".join(named) or "none"

    def changed(self, views: Any, seeds: Any) -> Any:
        """Views as they are trained on, in a graph of TensorFlow or outside of one.

        Args:
            views: (N, h, w, 3) RGB in 0..255, of any type of numbers.
            seeds: (N, 2) int32, one for each view: the same seed gives the same pixels, on whatever thread.

        Returns:
            (N, h, w, 3) RGB float32 in 0..255, not rounded.
        """
        import tensorflow as tf

        drawn = [(getattr(changes, name), share) for name, share in self._probabilities.items() if share]
        if not drawn:
            return tf.cast(views, tf.float32)
        return tf.map_fn(
            lambda one: _in_turn(tf, drawn, *one),
            (views, seeds),
            fn_output_signature=tf.TensorSpec(tuple(views.shape[1:]), tf.float32),
        )

    @property
    def _probabilities(self) -> dict[str, float]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _in_turn(tf: Any, drawn: list[tuple[changes.Change, float]], view: Any, seed: Any) -> Any:
    """One view after those changes that its seed draws. What is not drawn is not computed."""
    view = tf.cast(view, tf.float32)
    chance, *seeds = tf.unstack(tf.random.split(seed, 1 + len(drawn)))
    chances = tf.unstack(tf.random.stateless_uniform((len(drawn),), chance))
    for (change, share), own, at in zip(drawn, seeds, chances, strict=True):
        view = tf.cond(at < share, partial(change, tf, view, own), partial(tf.identity, view))
    return view


def _number(value: str, text: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise UsageError(
            f"The probability of a change is a number from 0 to 1, as in --augment flip,jpeg=0.5. Received: {text}"
        ) from error


def _unknown(name: str, known: tuple[str, ...], text: str) -> str:
    return f"--augment takes all, none, or changes of: {', '.join(known)}.{did_you_mean(name, known)} Received: {text}"
