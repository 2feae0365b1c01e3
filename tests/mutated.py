"""Records as somebody forges them: values of other types and sizes, keys taken away, put in and exchanged, at any place."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

from markup import HOSTILE

DEEP: Any = 0
for _ in range(25):
    DEEP = [DEEP]
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 2**31, 2**63, -(2**63) - 1, 10**29),
    *(0.0, -0.0, 0.5, -1.5, 1e-320, 1e300, -1e308),
    *(
        "",
        "x",
        "FAKE",
        "gradcam",
        "-1",
        "nan",
        "../../x",
        "/etc/passwd",
        "/dev/zero",
        "C:\\x",
        "s3://x/y",
        "file:///etc/passwd",
    ),
    *(HOSTILE, "=1+1", "\x1b]0;x\x07\x1b[2J", "\u202egpj.exe", "a\u2028b", "a\x00b", "\ud800", "{{ 7 * 7 }}", "$\\frac$"),
    *("x" * 100_000, "9" * 5_000),
    *([], {}, [[]], [None], [1, "x"], {"": None}, {"a": 1}, {HOSTILE: HOSTILE}, DEEP, [0] * 10_000, [[0.0] * 100] * 100),
)
"""What stands where something else should."""
KEYS = ("", "x", "__class__", "self", "schema", "method", "a.b", "\x00", HOSTILE, "k" * 10_000)


def mutated(record: Any, dice: random.Random) -> Any:
    """A copy of JSON's own types with one to three changes."""
    record = copy.deepcopy(record)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        places = list(_places(record))
        if not places:
            break
        inside, key = dice.choice(places)
        _changed(inside, key, dice, places)
    return record


def _changed(inside: Any, key: Any, dice: random.Random, places: list[tuple[Any, Any]]) -> None:
    change = dice.randrange(8)
    if change < 4:
        inside[key] = copy.deepcopy(dice.choice(VALUES))
    elif change == 4:
        del inside[key]
    elif change == 5:
        other, place = dice.choice(places)
        inside[key] = copy.deepcopy(other[place])
    elif isinstance(inside, list):
        inside.extend(copy.deepcopy(inside[key]) for _ in range(dice.choice((1, 50))))
    elif change == 6:
        inside[dice.choice(KEYS)] = copy.deepcopy(dice.choice(VALUES))
    else:
        inside[dice.choice(KEYS)] = inside.pop(key)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every object and list with each of its keys."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from _places(value[key])
