"""Pictures for a page: the photograph once, and for each method the layers and lines that lie on it."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xaifake.domains import has_sign
from xaifake.records import Attribution, Box, Case, Pixels
from xaifake.report import sentences
from xaifake.report.cards import Card, card
from xaifake.report.colours import HATCH, INK, STEPS, levels, ramp
from xaifake.report.outlines import Contour, blurred, contours, enlarged, outline
from xaifake.report.overlays import close_up, stripes
from xaifake.report.planes import Plane, plane_of
from xaifake.report.scales import Scale, drawn, scales
from xaifake.report.strongest import Strongest, strongest
from xaifake.settled import Settled, settled_maps

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
    """One side of a map, a transparent picture: shown for these choices of scale (common, own) and look (smooth, cells)."""

    uri: str
    choices: str
    side: str
    """fake, real, or sensitive where a map has no sides."""


@dataclass(frozen=True)
class Lines:
    """The contours of a map, shown for these choices of look (smooth, cells)."""

    choices: str
    contours: tuple[Contour, ...]


@dataclass(frozen=True)
class Panel:
    """One method's picture and everything that is said under it."""

    attribution: Attribution
    """What is settled of it: everything else is hatched."""
    unsettled: Settled
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
    def id(self) -> str:
        """What tells the method from the others on a page."""
        return self.attribution.method

    @property
    def title(self) -> str:
        """The method's name as people write it."""
        return self.card.title

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """What lies on the photograph; not painted for a method that is shown in a section of its own."""
        return tuple(_layers(drawn(self.attribution), self.scale))

    @cached_property
    def lines(self) -> tuple[Lines, ...]:
        """Contours of what is drawn, for each look."""
        return tuple(_lines(drawn(self.attribution), self.box))

    @cached_property
    def hatch(self) -> str:
        """The outline of everything that is not settled as an SVG path; empty where all of it is."""
        return outline(enlarged(self.unsettled.hatched), self.box)

    @property
    def box(self) -> Box:
        """Where the layers lie, in pixels of the photograph's source, or in coefficients of the plane."""
        return self.attribution.box if self.plane is None else Box(0, 0, *self.plane.shape)

    @property
    def is_interpolated(self) -> bool:
        """Whether what is drawn at first is smoother than what was measured."""
        return len(_looks(drawn(self.attribution))) > 1


def photograph(pixels: Pixels, longest: int = PHOTOGRAPH) -> Photograph:
    """A display copy, no larger than `longest` and never enlarged."""
    from PIL import Image

    image = Image.fromarray(pixels)
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return Photograph(_uri(image, "WEBP", quality=86, method=6), pixels.shape[1], pixels.shape[0])


def panels(case: Case) -> list[Panel]:
    """The panels of a case that was brought near (see `close_up`), in the order of its attributions."""
    maps = settled_maps(case)
    limits = scales({name: one.attribution for name, one in maps.items()})
    return [_panel(case, one, limits[name]) for name, one in maps.items()]


def near(case: Case) -> tuple[Case, Photograph, Photograph | None]:
    """The case as its page shows it, its photograph, and the whole picture where the photograph shows only a part."""
    close = close_up(case)
    whole = None if close.picture.pixels.shape == case.picture.pixels.shape else photograph(case.picture.pixels, THUMBNAIL)
    return close, photograph(close.picture.pixels), whole


def map_alone(found: Settled, limit: float) -> str:
    """A map on its native grid, without a photograph, as the data URI of a transparent PNG, striped where not settled."""
    picture = drawn(found.attribution)
    indices = levels(picture.values, limit)
    indices[stripes(found.hatched)[0]] = HATCH
    return _paletted(indices, np.vstack([ramp(has_sign=has_sign(picture)), INK]))


def painted(values: NDArray[np.float32], limit: float, *, has_sign: bool = True) -> str:
    """Values (h, w) in colours, as the data URI of a transparent PNG; ``limit`` takes the strongest colour."""
    return _paletted(levels(values, limit), ramp(has_sign=has_sign))


def bar(*, has_sign: bool = True) -> str:
    """All colours from the strongest for REAL, or from none, to the strongest: what a legend shows."""
    steps = np.arange(0 if has_sign else STEPS, 2 * STEPS + 1, dtype=np.uint8)
    return _paletted(steps[None, :], ramp(has_sign=has_sign))


def _panel(case: Case, unsettled: Settled, scale: Scale) -> Panel:
    attribution = unsettled.attribution
    found = strongest(attribution)
    subject = sentences.subject(case, attribution)
    return Panel(
        attribution=attribution,
        unsettled=unsettled,
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
    """As few pictures as show every choice: equal scales and uninterpolated maps share theirs; empty sides have none."""
    limits = {"common own": scale.own} if scale.own == scale.common else {"common": scale.common, "own": scale.own}
    return [
        Layer(painted(values, limit, has_sign=has_sign(picture)), f"{scales_} {looks_}", side)
        for scales_, limit in limits.items()
        for looks_, both in _looks(picture).items()
        for side, values in _sides(both, has_sign=has_sign(picture)).items()
        if values.any()
    ]


def _lines(picture: Attribution, box: Box) -> list[Lines]:
    """Lines follow what is drawn; about a map finer than anybody can follow they are drawn for its means."""
    looks = _looks(picture)
    is_fine = picture.regions is None and picture.domain == "pixel" and len(looks) == 1
    if is_fine:
        looks = {"smooth cells": _interpolated(replace(picture, values=blurred(picture.values)))}
    return [
        Lines(look, contours(values, box, has_sign=has_sign(picture), smooth=is_fine or look == "smooth"))
        for look, values in looks.items()
    ]


def _looks(picture: Attribution) -> dict[str, NDArray[np.float32]]:
    """What is drawn for each look: regions, planes and fine grids look the same in both."""
    if picture.regions is not None or max(picture.grid) >= LAYER // 2 or picture.domain != "pixel":
        return {"smooth cells": picture.values}
    return {"smooth": _interpolated(picture), "cells": picture.values}


def _sides(values: NDArray[np.float32], *, has_sign: bool) -> dict[str, NDArray[np.float32]]:
    if not has_sign:
        return {"sensitive": values}
    return {"fake": np.maximum(values, 0), "real": np.minimum(values, 0)}


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
