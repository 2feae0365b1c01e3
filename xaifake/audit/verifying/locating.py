"""The files that a record speaks of, on this machine: where the user says, where they lay, or beside the record."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from xaifake.audit.stored import told
from xaifake.detector.inspection.formats import digest
from xaifake.images import picture_of, read_picture

PICTURES = ("picture", "original")
"""Files of which a record says whether there were any: an array has no path, and its SHA-256 is that of its pixels."""


@dataclass(frozen=True)
class Found:
    """One file that took part: what to call it, which flag names it, what was recorded, and what lies on this machine.

    Attributes:
        option: as which it was asked for.
        name: for a person.
        recorded: its SHA-256 then.
        path: where one lies now, if any.
        sha256: of that one.
    """

    option: str
    name: str
    recorded: str
    path: Path | None = None
    sha256: str | None = None

    @property
    def flag(self) -> str:
        """Names it on the command line."""
        return f"--{self.option}"

    @property
    def is_same(self) -> bool:
        return self.recorded == self.sha256


def files_of(record: Mapping[str, Any], beside: Path, named: Mapping[str, Path | None]) -> Iterator[Found]:
    """Every file that a record speaks of, and what lies on this machine.

    A record's paths are read only to compare SHA-256, and only where a file or the folder of a SavedModel lies there.
    Pictures of reference are a folder, which is read only where the user names it.

    Args:
        record: of a case.
        beside: the folder in which it lies.
        named: what the user names: ``model``, ``picture``, ``original``, ``mask``, ``reference``.
    """
    for key, (name, path, recorded) in _recorded(record).items():
        given = named.get(key)
        by = _of_pixels if key in PICTURES and path is None else digest
        places = [given] if given else _places(path, beside) if key != "reference" else []
        found = [(place, by(place)) for place in places if (place.exists() if given else _is_model_or_file(place))]
        same = [one for one in found if one[1] == recorded]
        yield Found(key, name, recorded, *next(iter(same or found), (None, None)))


def _recorded(record: Mapping[str, Any]) -> dict[str, tuple[str, str | None, str]]:
    """Of each file its name for a person, its path then, and its SHA-256 then."""
    told_of = {
        "picture": ("picture bytes", told(record, "picture", "path"), told(record, "picture", "sha256")),
        "original": ("original", told(record, "original", "picture", "path"), told(record, "original", "picture", "sha256")),
        "mask": (
            "mask",
            told(record, "provenance", "options", "mask"),
            told(record, "provenance", "files_sha256", "mask"),
        ),
        "reference": ("reference", None, told(record, "provenance", "files_sha256", "reference")),
        "model": ("model file", told(record, "detector", "path"), told(record, "detector", "sha256")),
    }
    always = ("picture", "model")
    return {key: (name, _text(path), str(sha)) for key, (name, path, sha) in told_of.items() if sha or key in always}


def _places(path: str | None, beside: Path) -> list[Path]:
    """Where a file may lie: at its recorded path, or beside the record."""
    return [] if not path else [Path(path), beside / PurePath(path.replace("\\", "/")).name]


def _is_model_or_file(path: Path) -> bool:
    """Whether there is a file, or the folder of a SavedModel; never a device, a pipe or any other folder."""
    with contextlib.suppress(OSError):  # a path that no file system takes
        return path.is_file() or (path / "saved_model.pb").is_file()
    return False


def _of_pixels(path: Path) -> str:
    """The SHA-256 of a picture as `xaifake.images.picture_of` takes it: the record's own, where it came as an array."""
    return picture_of(read_picture(path).pixels).sha256


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
