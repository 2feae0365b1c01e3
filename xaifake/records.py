"""The plain records that flow through xaifake, and the conventions that all of them share.

Conventions, written once:

* A *picture* is RGB uint8, shape (H, W, 3). A *box* is half-open, in pixels of its picture: rows ``top`` to ``bottom``.
* A *view* is a face as the detector receives it, before scaling: RGB float32 in 0..255, shape (h, w, 3), where (h, w) is
  the contract's size. Every masking game and every pixel attribution lives on the view.
* A *logit* is the detector's evidence for FAKE before any sigmoid or softmax, in natural-log odds. Positive is FAKE.
* An *attribution* is float32 on its native grid, unscaled; scaling is display. Positive is evidence for FAKE, whatever
  the prediction. An all-zero map is a result: no evidence above noise.
* Arrays inside a record are read-only. Randomness comes from an explicit seed, time from the caller's clock.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import UsageError, XaifakeError
from xaifake.placing import place

Pixels = NDArray[np.uint8]
"""A picture: (H, W, 3), RGB, 0..255."""
ViewPixels = NDArray[np.float32]
"""One view: (h, w, 3), RGB, 0..255, not rounded."""
Views = NDArray[np.float32]
"""A batch of views: (N, h, w, 3), RGB, 0..255."""
Logits = NDArray[np.float32]
"""FAKE logits: (N,)."""
Map = NDArray[np.float32]
"""Signed evidence on its native grid: (gh, gw)."""
Labels = NDArray[np.int32]
"""Region of each pixel of a view: (h, w), values 0..players-1."""
Coalitions = NDArray[np.bool_]
"""Sets of present regions: (N, players), True where the region keeps its pixels."""

Options = Mapping[str, Any]
Channels = Literal["rgb", "bgr", "grey"]
Crop = Literal["face", "whole"]
Head = Literal["sigmoid", "softmax", "logit", "unknown"]


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """The array, read-only; a copy where it is a view of memory that others hold."""
    result = array if array.base is None else array.copy()
    result.setflags(write=False)
    return result


@dataclass(frozen=True)
class Box:
    """A half-open rectangle in a picture: rows top..bottom-1, columns left..right-1, in pixels."""

    top: int
    left: int
    bottom: int
    right: int

    def __post_init__(self) -> None:
        if self.bottom <= self.top or self.right <= self.left:
            raise ValueError(f"A box needs bottom > top and right > left. Received: {self}")

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def rows_and_columns(self) -> tuple[slice, slice]:
        """The box as an index: ``picture[box.rows_and_columns]``."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


@dataclass(frozen=True, eq=False)
class Picture:
    """One decoded picture: the SHA-256 of its file's bytes, or of its pixels where no file was read, and notes in words on
    what reading changed: an EXIF turn, a dropped alpha channel, 16 bits brought to 8.
    """

    name: str
    pixels: Pixels
    sha256: str
    path: str | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", frozen(self.pixels))

    @property
    def source(self) -> str:
        """How to call the picture to a person: its path, or its name where no file was read."""
        return self.path or self.name

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


@dataclass(frozen=True, eq=False)
class Face:
    """One face, or the whole picture where the contract says so: a box of a picture, who found it, and its landmarks where
    the locator gives any: (x, y) in pixels of the picture, (n, 2).
    """

    picture: Picture
    box: Box
    locator: str
    landmarks: NDArray[np.float32] | None = None

    @property
    def pixels(self) -> Pixels:
        """The crop, (box.height, box.width, 3)."""
        return self.picture.pixels[self.box.rows_and_columns]


@dataclass(frozen=True, eq=False)
class View:
    """A face as the detector receives it, before scaling (see the module's conventions)."""

    face: Face
    pixels: ViewPixels

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", frozen(self.pixels))


@dataclass(frozen=True)
class Contract:
    """How to feed a detector and how to read it.

    The detector receives ``(view / 255 * (range[1] - range[0]) + range[0] - mean) / std``, with the channels in the
    order of ``channels``; ``mean`` and ``std`` are in that order and on that scale.
    """

    size: tuple[int, int]
    """Height and width of the input, in pixels."""
    range: tuple[float, float] = (0.0, 1.0)
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    channels: Channels = "rgb"
    resize: str = "bilinear"
    """``[opencv:|pil:|tf:]nearest|bilinear|bicubic|area[+antialias]``; the library is tf where none is named."""
    crop: Crop = "whole"
    domain: str = "pixel"
    head: Head = "sigmoid"
    """What the model's last step is: the FAKE logit is read before it."""
    fake_index: tuple[int, ...] = (1,)
    """Which outputs are FAKE, where the model has more than one."""
    fake_when: Literal["high", "low"] = "high"
    """Whether a high or a low single output means FAKE."""
    threshold: float = 0.5
    """The probability of FAKE from which a picture is labelled FAKE."""


@dataclass(frozen=True)
class Assumption:
    """A contract field that nobody stated: its value, and why it was chosen."""

    field: str
    value: Any
    reason: str

    def __str__(self) -> str:
        return f"{self.field} = {self.value}: {self.reason}"


@dataclass(frozen=True)
class ModelFile:
    """Which model was asked: where it lay, its SHA-256, and what saved it."""

    path: str
    sha256: str
    format: str
    keras_major: int | None


@dataclass(frozen=True)
class Prediction:
    """The detector's score of one face. A score, not a finding about the picture."""

    logit: float
    threshold: float = 0.5

    @property
    def p_fake(self) -> float:
        """The detector's score for FAKE in 0..1: the sigmoid of the logit."""
        odds = math.exp(-abs(self.logit))  # of the less likely side: it never overflows
        return (1.0 if self.logit >= 0 else odds) / (1.0 + odds)

    @property
    def label(self) -> Literal["FAKE", "REAL"]:
        return "FAKE" if self.p_fake >= self.threshold else "REAL"


@dataclass(frozen=True, eq=False)
class Attribution:
    """What one explainer gave one face: signed evidence for FAKE on its native grid, and how it was made.

    ``values`` is (gh, gw) float32 over the box of ``face``, in ``unit``. Where the players were regions, ``regions`` is
    their label map (h, w) and ``region_values`` (players,) holds one value each; ``values`` paints them.
    ``diagnostics`` holds what the method can say of itself: SHAP's additivity gap, LIME's fit R², Grad-CAM's layer.
    """

    method: str
    values: Map
    unit: str
    domain: str
    box: Box
    picture_size: tuple[int, int]
    options: Options
    seed: int | None
    calls: int
    """Model calls asked: pictures whose score or gradient the method asked for, repeats included."""
    seconds: float = 0.0
    target: str = "FAKE logit"
    regions: Labels | None = None
    region_values: NDArray[np.float32] | None = None
    diagnostics: Options = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("values", "regions", "region_values"):
            array = getattr(self, name)
            if array is not None:
                object.__setattr__(self, name, frozen(array))
        object.__setattr__(self, "options", MappingProxyType(dict(self.options)))
        object.__setattr__(self, "diagnostics", MappingProxyType(dict(self.diagnostics)))

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the native grid."""
        return int(self.values.shape[0]), int(self.values.shape[1])

    @property
    def is_empty(self) -> bool:
        """Whether the map is all zero: no evidence above noise."""
        return not bool(np.any(self.values))

    def on(self, height: int, width: int, *, smooth: bool = True) -> Map:
        """The map in the coordinates of the source picture drawn at (height, width); zero outside the face's box.

        Grids are interpolated bilinearly between cell centres, or cell by cell with ``smooth=False``; region maps always
        by nearest neighbour: no value between two regions is invented. A map of another domain than pixels has no place
        in the picture and is refused.
        """
        if self.domain != "pixel":
            raise UsageError(f"Only a map of the pixel domain lies on the picture. Received: {self.method} in {self.domain}")
        down, across = height / self.picture_size[0], width / self.picture_size[1]
        box = (self.box.top * down, self.box.left * across, self.box.bottom * down, self.box.right * across)
        return place(self.values, box, (height, width), smooth=smooth and self.regions is None)


@dataclass(frozen=True, eq=False)
class Case:
    """The whole record of one picture: what was asked, what the detector scored, what each explainer gave."""

    face: Face
    prediction: Prediction
    detector: ModelFile
    contract: Contract
    assumptions: tuple[Assumption, ...]
    attributions: Mapping[str, Attribution]
    view_sha256: str
    """SHA-256 of the view's float32 bytes: the picture exactly as the detector received it, before scaling."""
    seed: int
    versions: Options

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributions", MappingProxyType(dict(self.attributions)))
        object.__setattr__(self, "versions", MappingProxyType(dict(self.versions)))

    @property
    def picture(self) -> Picture:
        return self.face.picture


@dataclass(frozen=True)
class Failure:
    """A picture that could not be explained, and the refusal that says why."""

    image: str
    cause: XaifakeError

    @property
    def error(self) -> str:
        """The sentence for a person."""
        return str(self.cause)
