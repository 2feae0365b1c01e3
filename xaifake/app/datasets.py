"""Data sets that visitors send, packed or as a folder: only pictures are taken, into folders whose names are made anew."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import stat
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from xaifake.app.files import File, display_name, too_large
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.dataset.pictures import ENDINGS, RUBBISH
from xaifake.errors import OutputError, UsageError

PACKED = frozenset((".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"))
LEVELS = 8
"""Folders in folders, at most."""
NAME_BYTES = 80
ENTRY = b"PK\x01\x02"
"""What each entry of a zip's list of contents begins with."""
ENCRYPTED = 0x1

Entry = tuple[str, int, Callable[[], bytes]]
"""A file as the visitor names it, with its folders; its bytes, as many as it says that it has; and those bytes."""


def unpacked(session: Session, archive: File, settings: Settings) -> Path:
    """The pictures of a zip in a new folder below the session's, in folders as they lay in the zip.

    Raises:
        UsageError: no zip, a damaged or encrypted one, links or archives in it, or more than the settings allow.
    """
    name = display_name(archive.name)
    if reason := too_large(name, archive.size, settings.max_archive_mb):
        raise UsageError(reason)
    data = archive.getvalue()
    if data.count(ENTRY) > settings.max_entries:  # before anything is made of them
        raise _too_many(name, settings)
    with _refusing_damage(name):
        opened = zipfile.ZipFile(io.BytesIO(data))
    entries = [_entry(opened, info, name) for info in _files(opened, name)]
    return _written(session.folder, Path(name).stem, name, entries, settings)


def folder(session: Session, files: Sequence[File], settings: Settings) -> Path:
    """The same of a folder that the browser sent file by file, each with its folders in its name.

    Raises:
        UsageError: archives among them, or more than the settings allow.
    """
    first = next((parts[0] for file in files if len(parts := _parts(file.name)) > 1), "folder")
    entries = [(file.name, file.size, file.getvalue) for file in files]
    return _written(session.folder, first, "the folder", entries, settings)


def new_folder(place: Path, name: str) -> Path:
    """An empty folder in a new one below ``place``, named as its visitor names it, since reports name data sets so."""
    folder = Path(tempfile.mkdtemp(prefix="data-", dir=place)) / _safe(name)
    folder.mkdir()
    return folder


@contextlib.contextmanager
def _refusing_damage(name: str) -> Iterator[None]:
    """Within it, whatever the reader of a zip raises is a refusal."""
    try:
        yield
    except Exception as error:  # a damaged zip has its reader raise whatever it likes
        raise UsageError(
            f"The file is no zip that can be read, or it is damaged; pack the pictures anew. Received: {name}"
        ) from error


def _files(archive: zipfile.ZipFile, name: str) -> Iterator[zipfile.ZipInfo]:
    for info in archive.infolist():
        if info.filename.endswith("/"):
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise UsageError(
                f"A zip of pictures holds no links or devices; pack the files themselves. Received: {name} with "
                f"{display_name(info.filename)}"
            )
        if info.flag_bits & ENCRYPTED:
            raise UsageError(f"An encrypted zip cannot be read here; pack it without a password. Received: {name}")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UsageError(f"A zip is packed by Deflate or not at all; pack it as a usual zip. Received: {name}")
        yield info


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Entry:
    def read() -> bytes:
        with _refusing_damage(name), archive.open(info) as file:
            return file.read(info.file_size + 1)

    return info.filename, info.file_size, read


def _written(place: Path, title: str, name: str, entries: Sequence[Entry], settings: Settings) -> Path:
    """The pictures among entries, written below a folder of that title; whatever is refused leaves nothing."""
    pictures = [entry for entry in entries if _is_picture(entry[0], name)]
    if len(entries) > settings.max_entries:
        raise _too_many(name, settings)
    if not pictures:
        kinds = ", ".join(sorted(ending[1:] for ending in ENDINGS))
        raise UsageError(f"There is no picture in it; pictures end in {kinds}. Received: {name}")
    if reason := too_large(f"{name}, unpacked", sum(size for _, size, _ in pictures), settings.max_archive_mb):
        raise UsageError(reason)
    for picture, size, _ in pictures:
        if reason := too_large(display_name(picture), size, settings.max_upload_mb):
            raise UsageError(reason)
    folder = new_folder(place, title)
    try:
        for path, (_, _, read) in zip(safe_paths(picture for picture, _, _ in pictures), pictures, strict=True):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(read())
    except (OSError, UsageError) as error:
        shutil.rmtree(folder.parent, ignore_errors=True)
        if isinstance(error, UsageError):
            raise
        raise OutputError(f"The pictures cannot be kept ({error.strerror}). Received: {name}") from error
    return folder


def _is_picture(path: str, name: str) -> bool:
    """Whether it is one by its name; refuses what would have to be unpacked again."""
    parts = _parts(path)
    if not parts or any(part.startswith(".") or part in RUBBISH for part in parts):
        return False
    ending = Path(parts[-1]).suffix.lower()
    if ending in PACKED:
        raise UsageError(
            f"Archives within it are not unpacked; put their pictures into it instead. Received: {name} with "
            f"{display_name(path)}"
        )
    return ending in ENDINGS


def safe_paths(names: Iterable[str]) -> list[Path]:
    r"""Paths to write files to, below any folder, that keep of each name what can be read and say where it was.

    They are relative, without ``..``, of bounded length and depth; no two are the same, and none is another's folder, also
    where case does not count.

    >>> [path.as_posix() for path in safe_paths(["/real/a b.png", "../fake/c.png", "fake/C.PNG", "real\\a_b.png"])]
    ['real/a_b.png', 'fake/c.png', 'fake/C-2.png', 'real/a_b-2.png']
    """
    parted = [[_safe(part) for part in _parts(name)] or ["picture"] for name in names]
    folders = {"/".join(parts[:level]).casefold() for parts in parted for level in range(1, len(parts))}
    taken, paths = set(folders), []
    for *above, last in parted:
        stem, ending = Path(last).stem, Path(last).suffix.lower()
        number, name = 1, f"{stem}{ending}"
        while "/".join([*above, name]).casefold() in taken:
            number += 1
            name = f"{stem}-{number}{ending}"
        taken.add("/".join([*above, name]).casefold())
        paths.append(Path(*above, name))
    return paths


def _parts(name: str) -> list[str]:
    """The folders of a name and its last part, the innermost ones; those that lead nowhere left out."""
    return [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")][-LEVELS:]


def _safe(part: str) -> str:
    text = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", part))
    stem, ending = Path(text).stem, Path(text).suffix[:8]
    return (stem.encode()[:NAME_BYTES].decode("utf-8", "ignore").strip(".-") or "picture") + ending


def _too_many(name: str, settings: Settings) -> UsageError:
    return UsageError(
        f"A data set may hold {settings.max_entries:,} files here; audit a larger one by the command line, "
        f"xaifake audit MODEL DATA. Received: {name}"
    )
