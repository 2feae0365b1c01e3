"""Pictures for a page: the photograph once, and for each method the layers that lie on it."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xaifake.records import Attribution, Box, Case, Pixels
from xaifake.report import sentences
from xaifake.report.cards import Card, card
from xaifake.report.colours import STEPS, levels, ramp
from xaifake.report.overlays import close_up
from xaifake.report.planes import Plane, plane_of
from xaifake.report.scales import Scale, drawn, has_sign, scales
from xaifake.report.strongest import Strongest, strongest

if TYPE_CHECKING:
    from PIL.Image import Image

PHOTOGRAPH = 640
"""The longest side of the photograph on a page, in pixels."""
THUMBNAIL = 320
LAYER = 256
"""The longest side of an interpolated layer: enough for any map, few bytes."""


@dataclass(frozen=True)
class Photograph:
    """A display copy as a data URI, and the size of what it shows in pixels of the source."""

    uri: str
    width: int
    height: int


@dataclass(frozen=True)
class Layer:
    """A map as a transparent picture: shown for these choices of scale (common, own) and look (smooth, cells)."""

    uri: str
    choices: str


@dataclass(frozen=True)
class Panel:
    """One method's picture and everything that is said under it."""

    attribution: Attribution
    card: Card
    sentence: str
    scale: Scale
    strongest: Strongest
    bar: str
    subject: str
    """What the areas are shares of: face, picture or plane."""
    has_sign: bool
    plane: Plane | None
    """What the map lies in where it does not lie on the photograph."""

    @property
    def title(self) -> str:
        """The method's name as people write it."""
        return self.card.title

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """What lies on the photograph; not painted for a method that is shown in a section of its own."""
        return tuple(_layers(drawn(self.attribution), self.scale))

    @property
    def box(self) -> Box:
        """Where the layers lie, in pixels of the photograph's source."""
        return self.attribution.box

    @property
    def is_interpolated(self) -> bool:
        """Whether what is drawn at first is smoother than what was measured."""
        return any(layer.choices.endswith(" smooth") for layer in self.layers)


def photograph(pixels: Pixels, longest: int = PHOTOGRAPH) -> Photograph:
    """A display copy, no larger than `longest` and never enlarged."""
    from PIL import Image

    image = Image.fromarray(pixels)
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return Photograph(_uri(image, "WEBP", quality=86, method=6), pixels.shape[1], pixels.shape[0])


def panels(case: Case) -> list[Panel]:
    """The panels of a case that was brought near (see `close_up`), in the order of its attributions."""
    limits = scales(case.attributions)
    return [_panel(case, attribution, limits[name]) for name, attribution in case.attributions.items()]


def near(case: Case) -> tuple[Case, Photograph, Photograph | None]:
    """The case as its page shows it, its photograph, and the whole picture where the photograph shows only a part."""
    close = close_up(case)
    whole = None if close.picture.pixels.shape == case.picture.pixels.shape else photograph(case.picture.pixels, THUMBNAIL)
    return close, photograph(close.picture.pixels), whole


def map_alone(attribution: Attribution, limit: float) -> str:
    """A map on its native grid, without a photograph, as the data URI of a transparent PNG."""
    picture = drawn(attribution)
    return painted(picture.values, limit, has_sign=has_sign(picture))


def painted(values: NDArray[np.float32], limit: float, *, has_sign: bool = True) -> str:
    """Values (h, w) in colours, as the data URI of a transparent PNG; ``limit`` takes the strongest colour."""
    return _paletted(levels(values, limit), ramp(has_sign=has_sign))


def bar(*, has_sign: bool = True) -> str:
    """All colours from the strongest for REAL, or from none, to the strongest: what a legend shows."""
    steps = np.arange(0 if has_sign else STEPS, 2 * STEPS + 1, dtype=np.uint8)
    return _paletted(steps[None, :], ramp(has_sign=has_sign))


def _panel(case: Case, attribution: Attribution, scale: Scale) -> Panel:
    found = strongest(attribution)
    subject = sentences.subject(case, attribution)
    return Panel(
        attribution=attribution,
        card=card(attribution.method),
        sentence=sentences.evidence_sentence(attribution, found, subject),
        scale=scale,
        strongest=found,
        bar=bar(has_sign=has_sign(attribution)),
        subject=subject,
        has_sign=has_sign(attribution),
        plane=plane_of(case, attribution),
    )


def _layers(picture: Attribution, scale: Scale) -> list[Layer]:
    """As few pictures as show every choice: equal scales and uninterpolated maps share theirs."""
    if picture.is_empty:
        return []
    limits = {"common own": scale.own} if scale.own == scale.common else {"common": scale.common, "own": scale.own}
    if picture.regions is not None or max(picture.grid) >= LAYER // 2 or picture.domain != "pixel":
        looks = {"smooth cells": picture.values}
    else:
        looks = {"smooth": _interpolated(picture), "cells": picture.values}
    return [
        Layer(painted(values, limit, has_sign=has_sign(picture)), f"{scales_} {looks_}")
        for scales_, limit in limits.items()
        for looks_, values in looks.items()
    ]


def _interpolated(picture: Attribution) -> NDArray[np.float32]:
    """The map over its box alone, at the box's proportions."""
    factor = LAYER / max(picture.box.height, picture.box.width)
    height, width = (max(1, round(side * factor)) for side in (picture.box.height, picture.box.width))
    return replace(picture, box=Box(0, 0, height, width), picture_size=(height, width)).on(height, width)


def _paletted(indices: NDArray[np.uint8], colour: NDArray[np.uint8]) -> str:
    """A PNG of palette indices, a byte a pixel, as a data URI."""
    from PIL import Image

    image = Image.fromarray(indices, "L")
    image.putpalette(colour[:, :3].tobytes())
    return _uri(image, "PNG", transparency=colour[:, 3].tobytes(), optimize=True)


def _uri(image: Image, kind: str, **options: object) -> str:
    memory = io.BytesIO()
    image.save(memory, kind, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(memory.getvalue()).decode()}"
