"""Rows of named values: which of them say what of a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xaifake.dataset.protocol import Said
from xaifake.dataset.reading import Reading, level_of
from xaifake.errors import UsageError
from xaifake.records import Truth

SYNONYMS = {
    "image": (
        *("image", "path", "file_name", "filename", "file", "file_path", "filepath", "image_path", "img_path", "img"),
        *("uri", "url", "image/encoded", "encoded", "image_raw", "image/filename"),
    ),
    "label": (
        "label",
        "labels",
        "class",
        "target",
        "is_fake",
        "fake",
        "truth",
        "y",
        "image/class/text",
        "image/class/label",
    ),
    "split": ("split", "set", "subset", "partition", "fold"),
    "group": ("group", "generator", "method", "manipulation", "model", "camera"),
    "identity": ("identity", "person", "subject", "actor"),
    "mask": ("mask", "mask_path", "mask_file"),
}
"""What columns, keys and features are called; where several are there, the first counts."""


class Columns:
    """Which columns of a table hold what.

    Attributes:
        names: the columns by what they hold.

    Raises:
        UsageError: a column that the user named is not there.
    """

    def __init__(self, names: Iterable[str], reading: Reading, where: str) -> None:
        known = list(names)
        told = dict(reading.columns)
        if reading.group_by is not None and not (level_of(reading.group_by) and reading.group_by not in known):
            told["group"] = reading.group_by
        for field, name in told.items():
            if name not in known:
                shown = ", ".join(known[:20])
                raise UsageError(f"The {field} is to be in {name}, but {where} has only {shown}. Received: {field}={name}")
        plain = {_plain(name): name for name in reversed(known)}
        inferred = {
            field: next((plain[synonym] for synonym in synonyms if synonym in plain), None)
            for field, synonyms in SYNONYMS.items()
        }
        self.names = {field: name for field, name in inferred.items() if name is not None} | told
        self._reading, self._where = reading, where

    def value(self, field: str, row: Mapping[str, Any]) -> str | None:
        """What a row has in a field, as text; None where it has nothing."""
        return text_of(row.get(self.names.get(field, "")))

    def said(self, row: Mapping[str, Any]) -> Said:
        """What a row says of its picture.

        Raises:
            UsageError: a label that is not known to be FAKE or REAL.
        """
        label = self.value("label", row)
        where = f"in {self.names.get('label')} of {self._where}"
        return Said(
            label_of_value(label, self._reading, where) if label else None,
            self.value("split", row),
            self.value("group", row),
            self.value("identity", row),
        )

    def remark(self) -> str:
        """Which columns were taken for what."""
        taken = ", ".join(f"{field} from {name}" for field, name in self.names.items())
        return f"{self._where}: {taken}."


def label_of_value(value: str, reading: Reading, where: str) -> Truth:
    """The class that the value of a label states.

    Raises:
        UsageError: it states none; numbers are never guessed.
    """
    label = reading.label(value)
    if label is None:
        raise UsageError(
            "A label is FAKE or REAL by a word, such as fake or original, and numbers are not guessed; --fake VALUE... and "
            f"--real VALUE... say what values mean. Received: {value} {where}"
        )
    return label


def text_of(value: Any) -> str | None:
    """A value as people write it: whole numbers without a point; None for what says nothing.

    >>> text_of(1.0), text_of(b"fake"), text_of(" real "), text_of(float("nan")), text_of("")
    ('1', 'fake', 'real', None, None)
    """
    if value is None or value != value:  # NaN, as tables have it, is not itself
        return None
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")
