"""What an audit can be held to: each bound's name, side and quantity, and files of bounds. No NumPy: --help lists them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from xaifake.errors import UnknownNameError, UsageError

MOST_BYTES = 2**20
"""Of a file of bounds."""


@dataclass(frozen=True)
class Bound:
    """One quantity of an audit that may be bounded from above or from below.

    Attributes:
        side: which values are refused: those above a ``max``, those below a ``min``.
        of: the quantity, in words.
        whole: whether it is a number of things; otherwise it is a share in 0..1.
    """

    side: Literal["max", "min"]
    of: str
    whole: bool = False


BOUNDS: Mapping[str, Bound] = {
    "min_auc": Bound("min", "area under the ROC curve"),
    "min_accuracy": Bound("min", "accuracy at the threshold"),
    "min_balanced_accuracy": Bound("min", "balanced accuracy at the threshold"),
    "max_false_alarms": Bound("max", "share of REAL pictures called FAKE"),
    "max_missed": Bound("max", "share of FAKE pictures called REAL"),
    "max_calibration_error": Bound("max", "expected calibration error"),
    "max_outside_face": Bound("max", "mean share of the evidence outside the face"),
    "max_frame": Bound("max", "mean share of the evidence on the picture's frame"),
    "max_jpeg_flip": Bound("max", "share of predictions that JPEG turns, at the worst quality and label"),
    "max_failed": Bound("max", "share of files that could not be read or scored"),
    "max_shortcuts": Bound("max", "shortcuts that were found", whole=True),
    "max_duplicates_across": Bound("max", "pairs of alike pictures across splits or labels", whole=True),
}

FLAGS = ("by_interval", "skip_unmeasured")
"""What a file of bounds may state beside them."""


def read_bounds(path: Path) -> dict[str, Any]:
    """What a TOML file states: bounds by their names, in snake_case or kebab-case, and `FLAGS`.

    Raises:
        UsageError: it cannot be read, is no TOML, or states what cannot be used.
    """
    import tomllib

    from xaifake.detector.inspection.bounds import shown

    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise UsageError(f"A file of bounds has at most {MOST_BYTES // 2**20} MiB. Received: {path}")
        stated = tomllib.loads(text.decode("utf-8"))
    except OSError as error:
        raise UsageError(
            f"The file of bounds cannot be read ({error.strerror}); --bounds names one. Received: {path}"
        ) from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"The file of bounds is not TOML ({shown(error)}). Received: {path}") from error
    return {(name := key.replace("-", "_")): checked(name, value, str(path)) for key, value in stated.items()}


def checked(name: str, value: Any, source: str) -> Any:
    """The value, where a bound or flag of that name may have it.

    Raises:
        UnknownNameError: there is no such bound.
        UsageError: the bound cannot have this value.
    """
    from xaifake.detector.inspection.bounds import shown

    if name in FLAGS:
        if not isinstance(value, bool):
            raise UsageError(f"{name} is true or false. Received: {shown(value)} in {source}")
        return value
    if name not in BOUNDS:
        raise UnknownNameError(
            f"There is no such bound; there are {', '.join((*BOUNDS, *FLAGS))}. Received: {shown(name)} in {source}"
        )
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    if BOUNDS[name].whole and not (number and value == int(value)):
        raise UsageError(f"{name} takes a whole number from 0. Received: {shown(value)} in {source}")
    if not BOUNDS[name].whole and not (number and value <= 1):
        raise UsageError(f"{name} takes a share from 0 to 1. Received: {shown(value)} in {source}")
    return value
