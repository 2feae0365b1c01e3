"""Whether two runs say the same: what differs between two records or two sets of maps, beyond what rounding explains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from xaifake.records import digest

Arrays = Mapping[str, NDArray[Any]]

TOLERANCES: Mapping[str, float] = MappingProxyType({"logits": 1e-4, "maps": 1e-3, "numbers": 1e-3})
"""How far a repeated run may lie from the recorded one. Logits and numbers: so much, or that part of a number above 1. Maps:
that part of the map's greatest magnitude. Whole numbers, words and areas must be the same. Measured in `docs/verify.md`.
"""
UNTIMED = frozenset({"seconds"})
"""Keys that no two runs share."""
ABSENT = "nothing"
"""What is said in place of a value that is not there."""

Outcome = Literal["agrees", "differs", "not compared"]


@dataclass(frozen=True)
class Difference:
    """One value that is not the recorded one."""

    what: str
    recorded: Any
    found: Any


@dataclass(frozen=True)
class Step:
    """One thing that was compared: what differs of it, or a sentence on why it was not compared or cannot agree."""

    name: str
    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    note: str = ""


def step(name: str, found: Iterable[Difference]) -> Step:
    """The step that these differences make."""
    differing = tuple(found)
    return Step(name, "differs" if differing else "agrees", differing)


def differences(recorded: Any, found: Any, tolerance: float, what: str = "") -> Iterator[Difference]:
    """What differs between two values in JSON's own types, part by part, in order."""
    if isinstance(recorded, Mapping) and isinstance(found, Mapping):
        for key in [*recorded, *(key for key in found if key not in recorded)]:
            if key not in UNTIMED:
                inner = f"{what}.{key}".lstrip(".")
                yield from differences(recorded.get(key, ABSENT), found.get(key, ABSENT), tolerance, inner)
    elif isinstance(recorded, list) and isinstance(found, list) and len(recorded) == len(found):
        for index, (mine, theirs) in enumerate(zip(recorded, found, strict=True)):
            yield from differences(mine, theirs, tolerance, f"{what}[{index}]")
    elif not _same(recorded, found, tolerance):
        yield Difference(what, recorded, found)


def array_differences(recorded: Arrays, found: Arrays, tolerance: float) -> Iterator[Difference]:
    """What differs between named arrays: one difference for each, at the place where it is greatest."""
    for name in [*recorded, *(name for name in found if name not in recorded)]:
        mine, theirs = (side.get(name) for side in (recorded, found))
        kinds = [ABSENT if array is None else f"{array.dtype} {array.shape}" for array in (mine, theirs)]
        if mine is None or theirs is None or kinds[0] != kinds[1]:
            yield Difference(name, *kinds)
        elif mine.dtype.kind != "f":
            if not np.array_equal(mine, theirs):
                yield Difference(f"{name} (SHA-256)", digest(mine), digest(theirs))
        elif mine.size:
            gaps = np.abs(np.subtract(theirs, mine, dtype=np.float64))
            place = np.unravel_index(gaps.argmax(), gaps.shape)
            if not gaps[place] <= tolerance * float(np.abs(mine).max()):
                yield Difference(f"{name}[{', '.join(map(str, place))}]", float(mine[place]), float(theirs[place]))


def _same(recorded: Any, found: Any, tolerance: float) -> bool:
    """Whether two values are the same; numbers of which one is no whole number, up to the tolerance."""
    kinds = {type(recorded), type(found)}
    if kinds in ({float}, {int, float}):
        return bool(abs(recorded - found) <= tolerance * max(1.0, abs(recorded)))
    return len(kinds) == 1 and bool(recorded == found)
