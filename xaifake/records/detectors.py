"""Which model was asked, how it is fed and read, and what it scored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

Channels = Literal["rgb", "bgr", "grey"]
Crop = Literal["face", "whole"]
Head = Literal["sigmoid", "softmax", "logit", "unknown"]


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
    """The domain and its options, as `xaifake.plugins` writes them."""
    head: Head = "sigmoid"
    """What the model's last step is: the FAKE logit is read before it."""
    fake_index: tuple[int, ...] = (1,)
    """Which outputs are FAKE, where the model has more than one."""
    fake_when: Literal["high", "low"] = "high"
    """Whether a high or a low single output means FAKE."""
    threshold: float = 0.5
    """The probability of FAKE from which a picture is labelled FAKE."""

    @property
    def domain_name(self) -> str:
        """The domain without its options: where the evidence of gradients lies."""
        return self.domain.partition(":")[0]


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
