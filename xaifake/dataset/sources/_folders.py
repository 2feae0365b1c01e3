"""What all kinds of data sets in folders share: which files are pictures, which are masks, and what names of folders say."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import PurePosixPath
from typing import TypeVar

from xaifake.dataset.labels import LABELS, SPLITS, split_of, words_of
from xaifake.dataset.pictures import ENDINGS, RUBBISH
from xaifake.dataset.places import Place
from xaifake.dataset.protocol import Passed
from xaifake.dataset.reading import Reading, level_of
from xaifake.errors import UsageError
from xaifake.records import Refused, Truth

_Meaning = TypeVar("_Meaning", bound=str)


class Pictures:
    """The picture files below a place.

    Attributes:
        found: their paths from the place, sorted.
        others: what else lies there.
    """

    def __init__(self, place: Place, reading: Reading) -> None:
        self.found: list[str] = []
        self.others: list[Refused | Passed] = []
        self._place = place
        self._masks: dict[str, str] = {}
        self._patterns = [pattern.lower() for pattern in reading.masks]
        for path in place.files():
            if isinstance(path, Refused):
                self.others.append(path)
            elif passed := passed_over(path):
                self.others.append(passed)
            elif (level := self._mask_level(path)) is not None:
                self._masks[_key(path, level)] = path
                self.others.append(Passed("masks"))
            else:
                self.found.append(path)

    def mask(self, path: str) -> str | None:
        """The address of a picture's mask: of the same name, in a folder of masks that takes the place of one level of the
        picture's path, or lies beside or within any; or called so itself, beside the picture.
        """
        if not self._masks:
            return None
        levels = path.count("/") + 1
        stem = path.rpartition(".")[0]
        keys = [_key(path, level) for level in range(levels)]
        keys += ["/".join((*parts[:level], "*", *parts[level:])) for parts in [stem.split("/")] for level in range(levels)]
        return next((self._place.uri(self._masks[key]) for key in keys if key in self._masks), None)

    def _mask_level(self, path: str) -> int | None:
        for level, name in enumerate(path.lower().rpartition(".")[0].split("/")):
            if any(fnmatchcase(name, pattern) for pattern in self._patterns):
                return level
        return None


def _key(path: str, level: int) -> str:
    parts = path.rpartition(".")[0].split("/")
    return "/".join((*parts[:level], "*", *parts[level + 1 :]))


def passed_over(path: str) -> Passed | None:
    """What a file is that is no picture by its name; None where it is one."""
    parts = path.split("/")
    if any((part.startswith(".") and part.strip(".")) or part in RUBBISH for part in parts):  # tars have . and .. in paths
        return Passed("hidden files")
    ending = PurePosixPath(path).suffix.lower()
    return None if ending in ENDINGS else Passed(f"{ending} files" if ending else "files without an ending")


class FolderNames:
    """What the names of folders say of the pictures in them; each folder's is found out once."""

    def __init__(self, place: Place, reading: Reading) -> None:
        self._place, self._reading = place, reading
        self._of_folder = cache(self._said)
        self._patterns = bool(reading.fake or reading.real)

    def label(self, path: str) -> Truth | None:
        """The class of a picture: as the user told of its path, its folders, its own name or the address; or by words."""
        if self._patterns:
            parts = path.split("/")
            paths = ["/".join(parts[:count]) for count in range(2, len(parts))]
            own = self._place
            if told := self._reading.told(own.given, own.address, own.name, *parts, *paths):
                return told
        return self._of_folder(path.rpartition("/")[0])[0] or _only(self._place.name, LABELS)

    def split(self, path: str) -> str | None:
        """The division of a picture, by the words of its folders; the outermost that says any counts."""
        return self._of_folder(path.rpartition("/")[0])[1] or _only(self._place.name, SPLITS)

    def source(self, path: str) -> str:
        """The folder that a picture lies in."""
        return path.rpartition("/")[0] or self._place.name

    def group(self, path: str) -> str | None:
        """The name of the folder at the level that the user asked for."""
        wanted = self._reading.group_by
        if wanted is None:
            return None
        folders = path.split("/")[:-1]
        level = level_of(wanted)
        if level is None:
            raise UsageError(
                "Folders are told apart by a level: --group-by 1 is the first below DATA, --group-by -1 the picture's own. "
                f"Received: --group-by {wanted}"
            )
        index = level - 1 if level > 0 else len(folders) + level
        return folders[index] if index in range(len(folders)) else None

    def _said(self, folder: str) -> tuple[Truth | None, str | None]:
        folders = folder.split("/")
        split = next((split for name in folders if (split := split_of(name))), None)
        return self._reading.label(*folders), split


def _only(name: str, meanings: Mapping[_Meaning, frozenset[str]]) -> _Meaning | None:
    """What an address means whose name is that and nothing else, such as ``…/fake``: more words may mean anything."""
    words = words_of(name)
    return next((meaning for meaning, known in meanings.items() if words and words <= known), None)
