"""The ways to feed a detector that are worth trying, and in which order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from xaifake.detector.backbones import CAFFE, IMAGENET
from xaifake.records import Contract

Option = Mapping[str, Any]
"""Fields of the contract that are chosen together."""
Way = tuple[int, ...]
"""One option of every aspect, by its number."""

SCALINGS: tuple[Option, ...] = tuple(
    {"range": low_high, "mean": (0.0,), "std": (1.0,)} for low_high in ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0))
)
STANDARDISED: tuple[Option, ...] = (
    {"range": IMAGENET["range"], "mean": IMAGENET["mean"], "std": IMAGENET["std"]},
    {"range": CAFFE["range"], "mean": CAFFE["mean"][::-1], "std": (1.0,)},
)
"""Per channel, in the order red, green, blue whatever the contract's."""
FILTERS = ("bilinear", "nearest", "bicubic", "area", "bilinear+antialias", "bicubic+antialias", "opencv:nearest")
"""A library is named only where it matters: OpenCV takes another pixel as the nearest, and Pillow's filters antialias."""
SIDES = (128, 160, 224, 256, 299)
SMALL = 64
"""Pixels: one channel of that side or less may hold something else than a picture."""


@dataclass(frozen=True)
class Aspect:
    """One thing that the search varies: its options, the usual one first, and how many of them the first round tries."""

    name: str
    options: tuple[Option, ...]
    first: int


@dataclass(frozen=True)
class Space:
    """All ways to feed one detector: a contract as it would be assumed, and what of it is varied."""

    base: Contract
    aspects: tuple[Aspect, ...]

    def contract(self, way: Way) -> Contract:
        """The contract of a way: the base with the way's options in place."""
        chosen: dict[str, Any] = {}
        for aspect, option in zip(self.aspects, way, strict=True):
            chosen.update(aspect.options[option])
        if {"channels": self.base.channels, **chosen}["channels"] == "bgr":
            chosen.update({name: chosen[name][::-1] for name in ("mean", "std") if name in chosen})
        return replace(self.base, **chosen)

    def first_round(self) -> list[Way]:
        """Every combination of the options that matter most: known before any picture is scored."""
        return list(itertools.product(*(range(aspect.first) for aspect in self.aspects)))

    def around(self, way: Way) -> list[Way]:
        """The way, and every way that differs from it in one aspect."""
        return [way, *(other for name in self.names for other in self.rivals(way, name))]

    def rivals(self, way: Way, name: str) -> Iterator[Way]:
        """The ways that differ from this one in that aspect alone."""
        place = self.names.index(name)
        for option in range(len(self.aspects[place].options)):
            if option != way[place]:
                yield (*way[:place], option, *way[place + 1 :])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(aspect.name for aspect in self.aspects)


def space_of(
    base: Contract, stated: Mapping[str, Any], shape: Sequence[int | None], units: int | None, own: tuple[int, int]
) -> Space:
    """What is worth varying of a contract.

    Args:
        base: the contract as `infer` completes it.
        stated: the fields that somebody stated; they are not varied.
        shape: height, width and channels of the model's input, None for what it leaves open.
        units: how many numbers the model gives a picture, where that is known.
        own: height and width of one of the pictures, which a free size may be.
    """
    grey = base.channels == "grey"
    side = base.size[0]
    found = [
        _scalings(base, grey=grey),
        Aspect("channels", ({"channels": base.channels}, {"channels": "bgr" if base.channels == "rgb" else "rgb"}), 2),
        Aspect("crop", ({"crop": base.crop}, {"crop": "face" if base.crop == "whole" else "whole"}), 2),
        _named("resize", (base.resize, *FILTERS), 2),
        _named("size", (base.size, own, *((side, side) for side in SIDES)), 2),
        _fake(base, units),
    ]
    if grey and side <= SMALL and base.size == (side, side) == tuple(shape[:2]):
        found[0] = _domains(base, found[0].options)
    needless = {"channels": grey, "size": None not in shape[:2], "fake": units is not None and units > 2}
    kept = [a for a in found if not needless.get(a.name) and not set(stated) & set(a.options[0])]
    return Space(base, tuple(kept))


def _scalings(base: Contract, *, grey: bool) -> Aspect:
    """Mean and std are kept in the order red, green, blue, so that either order of channels has its own."""
    usual: dict[str, Any] = {name: getattr(base, name) for name in ("range", "mean", "std")}
    if base.channels == "bgr":
        usual.update(mean=usual["mean"][::-1], std=usual["std"][::-1])
    options = _distinct([usual, *SCALINGS, *(() if grey else STANDARDISED)])
    return Aspect("range", options, len(options))


def _fake(base: Contract, units: int | None) -> Aspect:
    """High or low where there is one output, the first or the second where there are two."""
    other = {"fake_when": "low" if base.fake_when == "high" else "high", "fake_index": (1 - base.fake_index[0],)}
    usual = asdict(base)
    names = {1: ("fake_when",), 2: ("fake_index",)}.get(units or 0, ("fake_when", "fake_index"))
    return Aspect("fake", ({name: usual[name] for name in names}, {name: other[name] for name in names}), 2)


def _domains(base: Contract, scalings: Sequence[Option]) -> Aspect:
    """A small input of one channel may hold pixels, or the lowest frequencies of a view of that side or twice as large.

    Domain and range are one question, for a transform is usually taken of raw pixels.
    """
    side = base.size[0]
    options = [{"domain": base.domain, "size": base.size, **scaling} for scaling in scalings]
    for domain, scale in itertools.product((f"dct:block={side}", f"dct:log=yes:block={side}"), (2, 1)):
        options += [{"domain": domain, "size": (side * scale,) * 2, **scaling} for scaling in (SCALINGS[2], SCALINGS[0])]
    return Aspect("domain", tuple(options), len(options))


def _named(name: str, values: Sequence[Any], first: int) -> Aspect:
    options = _distinct([{name: value} for value in values])
    return Aspect(name, options, min(first, len(options)))


def _distinct(options: Sequence[Option]) -> tuple[Option, ...]:
    kept: list[Option] = []
    for option in options:
        if option not in kept:
            kept.append(option)
    return tuple(kept)
