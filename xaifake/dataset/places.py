"""What lies at the address of a data set: a file, or a folder and all files below it."""

from __future__ import annotations

import os
import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from xaifake.dataset.addresses import filesystem, is_remote, joined, told
from xaifake.dataset.labels import SPLITS, words_of
from xaifake.errors import UsageError
from xaifake.records import Refused

SPLIT_WORDS = frozenset().union(*SPLITS.values())
MOST_DEPTH = 64
MOST_VISITS = 8
"""Links may lead to one folder so often: more are taken for links in circles, whose paths have no end."""

_Node = tuple[int, int]


@dataclass(frozen=True)
class Place:
    """One address: absolute, and as the user gave it."""

    address: str
    given: str = ""

    @classmethod
    def at(cls, given: str) -> Place:
        """The place that a user means.

        Raises:
            UsageError: nothing is there, or nothing that can be looked into.
        """
        path = os.path.abspath(Path(given).expanduser())  # noqa: PTH100 - Path.absolute() keeps every ".."
        place = cls(given if is_remote(given) else path, given)
        try:
            exists = place.exists
        except OSError as error:
            raise UsageError(f"The address cannot be looked into ({error}). Received: {given}") from error
        if not exists:
            raise UsageError(f"A data set is a folder, a file or an address, and nothing is there. Received: {given}")
        return place

    @cached_property
    def exists(self) -> bool:
        """Whether there is anything."""
        if not is_remote(self.address):
            return Path(self.address).exists()
        files, path = filesystem(self.address)
        return self.is_folder or bool(self._asked(files.exists, path))

    @cached_property
    def is_folder(self) -> bool:
        """Whether it holds files, rather than being one."""
        if not is_remote(self.address):
            return Path(self.address).is_dir()
        files, path = filesystem(self.address)
        return not path or bool(self._asked(files.isdir, path))

    @property
    def name(self) -> str:
        """The last part of its address.

        >>> Place("/data/faces").name, Place("zip://::/data/faces.zip").name
        ('faces', 'faces.zip')
        """
        return self._parts[-1] if self._parts else self.address

    @property
    def title(self) -> str:
        """How to call it to a person: by its name, and the one before where that is a split's, which says too little.

        >>> Place("/data/faces").title, Place("/data/faces/test").title
        ('faces', 'faces/test')
        """
        return "/".join(self._parts[-2:]) if words_of(self.name) <= SPLIT_WORDS else self.name

    @property
    def _parts(self) -> tuple[str, ...]:
        head, _, rest = self.address.partition("::")
        path = head.partition("://")[2] if is_remote(head) else head
        return tuple(part for part in PurePosixPath(path or rest).parts if part != "/")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of what lies directly in the folder, sorted; none in a file."""
        if not self.is_folder:
            return ()
        if not is_remote(self.address):
            try:
                return tuple(sorted(path.name for path in Path(self.address).iterdir()))
            except OSError as error:
                raise UsageError(f"The folder cannot be listed ({error.strerror}). Received: {self.address}") from error
        files, path = filesystem(self.address)
        return tuple(sorted(PurePosixPath(found).name for found in self._asked(files.ls, path, detail=False)))

    def uri(self, relative: str) -> str:
        """The address of a file below the folder, by its path from there."""
        return joined(self.address, relative)

    def beside(self, relative: str) -> str:
        """The address that a file, such as a table, means by a path: from its own folder unless the path is whole."""
        if is_remote(relative) or Path(relative).is_absolute():
            return relative
        if not is_remote(self.address):
            return os.path.normpath(Path(self.address).parent / relative)
        head, chain, rest = self.address.partition("::")
        protocol, separator, path = head.partition("://")
        return f"{protocol}{separator}{posixpath.normpath(posixpath.join(posixpath.dirname(path), relative))}{chain}{rest}"

    def may_name(self, address: str, reach: Sequence[str]) -> bool:
        """Whether a table that lies here may name a file there, without anybody's having asked for that place.

        A table on this machine names paths; one elsewhere, what lies on its own host, in its bucket or in its archive; and
        each what the user says. So a stranger's table reaches nobody's server.

        >>> here = Place("/data/faces.csv")
        >>> [here.may_name(to, ()) for to in ("/other/a.png", "http://host/a.png", "zip://a.png::http://host/a.zip")]
        [True, False, False]
        >>> here.may_name("http://host/b/a.png", ["http://host/b"]), here.may_name("http://host.org/a.png", ["http://host"])
        (True, False)
        """
        if is_remote(self.address) and _origin(address) == _origin(self.address):
            return True
        within = [prefix if prefix.endswith("/") else f"{prefix}/" for prefix in reach]
        local = not is_remote(self.address)
        return all(
            (local and not is_remote(link)) or any(f"{link}/".startswith(prefix) for prefix in within)
            for link in address.split("::")
        )

    def files(self) -> Iterator[str | Refused]:
        """The paths of all files below the folder, from it, with slashes, sorted; and folders that cannot be listed."""
        if not is_remote(self.address):
            yield from _walk(Path(self.address), "", (), Counter())
            return
        files, root = filesystem(self.address)
        for path in sorted(self._asked(files.find, root)):
            yield path.removeprefix(root).lstrip("/")

    def _asked(self, question: Any, path: str, **options: Any) -> Any:
        try:
            with told():
                return question(path, **options)
        except OSError as error:
            raise UsageError(f"The address cannot be looked into ({error}). Received: {self.address}") from error


def _origin(address: str) -> tuple[str, ...]:
    """The archive that an address leads into, or else the host or the bucket."""
    head, _, rest = address.partition("::")
    protocol, _, path = head.partition("://")
    return (protocol, rest) if rest else (protocol, "", path.lstrip("/").partition("/")[0])


def _walk(folder: Path, prefix: str, above: tuple[_Node, ...], visits: Counter[_Node]) -> Iterator[str | Refused]:
    """Files below a folder. Links are followed, but not in circles."""
    try:
        status = folder.stat()
        inside = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Refused(str(folder), f"The folder cannot be listed ({error.strerror}).")
        return
    here = (status.st_dev, status.st_ino)
    visits[here] += 1
    if here in above or visits[here] > MOST_VISITS or len(above) > MOST_DEPTH:
        yield Refused(str(folder), f"Links lead in a circle here, or folders lie deeper than {MOST_DEPTH} levels.")
        return
    for entry in inside:
        try:
            is_folder, is_file = entry.is_dir(), entry.is_file()
        except OSError as error:  # a link to itself
            yield Refused(entry.path, f"It cannot be looked into ({error.strerror}).")
            continue
        if is_folder:
            yield from _walk(Path(entry.path), f"{prefix}{entry.name}/", (*above, here), visits)
        elif is_file or not Path(entry.path).exists():  # a link to nothing is a picture that is missing
            yield f"{prefix}{entry.name}"
        else:
            yield Refused(entry.path, "It is neither a file nor a folder.")
