"""The contract's fields, written once: what each means and accepts, and how its value is read from a flag, TOML or Python.

Flags, keywords, the commented TOML and the error messages are all made from this table.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xaifake import plugins
from xaifake.errors import ContractError, UnknownNameError, UsageError, did_you_mean

LARGEST = 8192
"""Pixels along one side of an input, at most: more is a mistyped number."""


@dataclass(frozen=True)
class Field:
    """One field: what it means, what it accepts (in a form the command line takes), and how to read a value."""

    meaning: str
    accepts: str
    read: Callable[[Any], Any]


def checked(given: Mapping[str, Any], source: str = "") -> dict[str, Any]:
    """The given fields in the contract's own types, ``None`` left out.

    >>> checked({"size": 128, "range": "0,1", "fake_index": [1]})
    {'size': (128, 128), 'range': (0.0, 1.0), 'fake_index': (1,)}

    Args:
        given: field names and values, as text (``"0,1"``), TOML or natural Python.
        source: the file they come from, for the messages.

    Raises:
        UnknownNameError: no such field, domain or resize filter.
        ContractError: a value of the wrong kind or out of bounds.
        UsageError: an option of the domain that cannot be used.
    """
    prefix = f"{source}: " if source else ""
    values = {}
    for name, value in given.items():
        if name not in FIELDS:
            hint = did_you_mean(name, FIELDS)
            raise UnknownNameError(
                f"{prefix}A contract has no field of that name; it has {', '.join(FIELDS)}.{hint} Received: {name}"
            )
        if value is not None:
            try:
                values[name] = FIELDS[name].read(value)
            except UsageError:
                raise
            except (TypeError, ValueError, OverflowError) as error:
                raise ContractError(
                    f"{prefix}{name} must be {FIELDS[name].accepts} ({flag(name)}). Received: {_quoted(value)}"
                ) from error
    return values


def flag(name: str) -> str:
    """The field's flag on the command line.

    >>> flag("fake_index")
    '--fake-index'
    """
    return "--" + name.replace("_", "-")


def _quoted(value: Any) -> str:
    try:
        return " ".join(str(value).split())[:200]
    except ValueError:
        return "a number of thousands of digits"  # which Python refuses to write out


def _numbers(value: Any) -> tuple[float, ...]:
    if isinstance(value, str):
        return _numbers(value.split(","))
    if isinstance(value, Mapping | bytes):  # whose items are no numbers that anybody wrote
        raise TypeError
    items = [value] if isinstance(value, numbers.Real) else list(value)
    if any(isinstance(item, bool) for item in items):
        raise ValueError
    result = tuple(float(item) for item in items)
    if not result or not all(math.isfinite(number) for number in result):
        raise ValueError
    return result


def _whole_numbers(value: Any) -> tuple[int, ...]:
    found = _numbers(value)
    if any(number != int(number) or number < 0 for number in found):
        raise ValueError
    return tuple(int(number) for number in found)


def _size(value: Any) -> tuple[int, int]:
    sides = _whole_numbers(value)
    height, width = sides if len(sides) > 1 else sides * 2
    if not (1 <= height <= LARGEST and 1 <= width <= LARGEST):
        raise ValueError
    return height, width


def _range(value: Any) -> tuple[float, float]:
    low, high = _numbers(value)
    if low >= high:
        raise ValueError
    return low, high


def _per_channel(value: Any) -> tuple[float, ...]:
    found = _numbers(value)
    if len(found) not in (1, 3):
        raise ValueError
    return found


def _positive_per_channel(value: Any) -> tuple[float, ...]:
    found = _per_channel(value)
    if min(found) <= 0:
        raise ValueError
    return found


def _indices(value: Any) -> tuple[int, ...]:
    found = _whole_numbers(value)
    if len(set(found)) != len(found):
        raise ValueError
    return found


def _share(value: Any) -> float:
    (share,) = _numbers(value)
    if not 0 <= share <= 1:
        raise ValueError
    return share


def _one_of(*names: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in names:
            raise ValueError
        return str(value)

    return read


def _resize(value: Any) -> str:
    from xaifake.detector.resizing import parse_spec

    parse_spec(_text(value))
    return str(value)


def _domain(value: Any) -> str:
    plugins.make("domain", _text(value))
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


FIELDS = {
    "size": Field("Height and width of the input in pixels", "one number for a square, or HEIGHT,WIDTH", _size),
    "range": Field("What black and white become", "LOW,HIGH: 0,1 or -1,1 or 0,255", _range),
    "mean": Field("Subtracted after scaling to the range", "one number, or one a channel: A,B,C", _per_channel),
    "std": Field("Divided by after the mean", "one positive number, or one a channel: A,B,C", _positive_per_channel),
    "channels": Field("Order of the colours", "rgb, bgr or grey", _one_of("rgb", "bgr", "grey")),
    "resize": Field(
        "How the face is brought to size", "[opencv:|pil:|tf:]nearest|bilinear|bicubic|area[+antialias]", _resize
    ),
    "crop": Field("What of the picture is fed", "face or whole", _one_of("face", "whole")),
    "domain": Field(
        "What the detector sees",
        f"a domain with its options, as dct:log:block=32; there are {', '.join(plugins.names('domain'))}",
        _domain,
    ),
    "head": Field(
        "What the last step is; the score is read before it",
        "sigmoid, softmax, logit or unknown (then it is looked for in the model)",
        _one_of("sigmoid", "softmax", "logit", "unknown"),
    ),
    "fake_index": Field("Which outputs are FAKE, if there are several", "one or more, counted from 0: 1 or 1,2", _indices),
    "fake_when": Field("Whether a high or a low output is FAKE, if there is one", "high or low", _one_of("high", "low")),
    "threshold": Field("The probability of FAKE from which a picture is labelled FAKE", "a number from 0 to 1", _share),
}
"""Every field of `xaifake.records.Contract`, in its order."""
