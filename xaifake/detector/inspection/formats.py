"""Which kind of file this is, by its first bytes: names lie, and a model's name is often its author's whim."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from xaifake.errors import ModelFileError, in_one_line

Container = Literal["hdf5", "zip", "folder"]

MODEL_BYTES = 8 * 2**30
"""The largest model that is read; the largest network of `keras.applications` has 0.8 GiB. A file may claim any size and
lie on the disk as a few bytes."""
FILES = 10_000
"""How many files a SavedModel may have."""

ACCEPTED = "give a .keras or HDF5 file, or a SavedModel folder, as Keras saved it"

FOREIGN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x08\x01\x12", "the graph of a SavedModel: give the folder that holds saved_model.pb"),
    (0, b"\x89PNG", "a picture"),
    (0, b"\xff\xd8\xff", "a picture"),
    (0, b"GIF8", "a picture"),
    (0, b"BM", "a picture"),
    (8, b"WEBP", "a picture"),
    (4, b"TFL3", "a TFLite model, which keeps no layers to explain"),
    (0, b"\x80\x02", "a pickle, as PyTorch and scikit-learn write"),
    (0, b"\x80\x03", "a pickle"),
    (0, b"\x80\x04", "a pickle"),
    (0, b"\x80\x05", "a pickle"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"GGUF", "a GGUF language model"),
    (0, b"%PDF", "a PDF"),
    (0, b"PK\x05\x06", "an empty zip archive"),
    (0, b"\x1f\x8b", "a gzip archive: unpack it first"),
    (0, b"Rar!", "an archive: unpack it first"),
    (0, b"7z\xbc\xaf", "an archive: unpack it first"),
    (257, b"ustar", "a tar archive: unpack it first"),
    (0, b"version https://git-lfs", "a Git LFS pointer, a note in place of the real file: fetch it with git lfs pull"),
    (8, b'{"', "a safetensors file, which holds weights of another library"),
)
"""Offset, bytes there, and what has them."""


def container_of(path: Path) -> Container:
    """How the file is packed.

    Raises:
        ModelFileError: missing, unreadable, empty, or nothing that Keras writes; the sentence names what it looks like.
    """
    try:
        if path.is_dir():
            _must_be_bounded(path)
            return "folder"
        if not path.exists():
            raise ModelFileError(f"There is no such model file; {ACCEPTED}. Received: {path}")
        if not path.is_file():
            raise ModelFileError(f"This is neither a file nor a folder; {ACCEPTED}. Received: {path}")
        _must_be_bounded(path)
        with path.open("rb") as file:
            start = file.read(512)
    except ModelFileError:  # a ValueError too, but whole already
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelFileError(f"The model file cannot be read ({reason}); {ACCEPTED}. Received: {path}") from error
    if not start:
        raise ModelFileError(f"The model file is empty; {ACCEPTED}. Received: {path}")
    if start.startswith(b"PK\x03\x04"):
        return "zip"
    if _is_hdf5(path):
        return "hdf5"
    raise ModelFileError(f"This is no model that Keras saved but {_looks_like(start)}; {ACCEPTED}. Received: {path}")


def damaged(path: Path, kind: str, error: Exception) -> ModelFileError:
    """The refusal of a file that begins as it should and then does not go on so."""
    reason = in_one_line(error, 120)
    return ModelFileError(f"The {kind} file is damaged or cut short ({reason}); get it again. Received: {path}")


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes; of a folder, of the names and digests of the files in it, sorted by name."""
    try:
        if path.is_file():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        total = hashlib.sha256()
        for file_path in sorted(_files(path)):
            name = file_path.relative_to(path).as_posix()
            total.update(f"{name}\0{digest(file_path)}\n".encode("utf-8", "surrogateescape"))
        return total.hexdigest()
    except OSError as error:
        raise ModelFileError(f"The file cannot be read ({error.strerror}). Received: {path}") from error


def state(path: Path) -> list[tuple[int, ...]]:
    """What changes whenever somebody writes or replaces the file, or one in the folder."""
    found = (file.stat() for file in ([path] if path.is_file() else sorted(_files(path))))
    return [(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns) for status in found]


def _must_be_bounded(path: Path) -> None:
    total = 0
    for count, file in enumerate([path] if path.is_file() else _files(path)):
        total += file.stat().st_size
        if total > MODEL_BYTES or count > FILES:
            raise ModelFileError(
                f"A model must be at most {MODEL_BYTES // 2**30} GiB in {FILES:,} files, far more than any detector's. "
                f"Received: {path}"
            )


def _is_hdf5(path: Path) -> bool:
    """Whether HDF5's signature stands at the start, or after a block of the user's own of 512, 1024, 2048… bytes."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at < size:
            file.seek(at)
            if file.read(8) == b"\x89HDF\r\n\x1a\n":
                return True
            at = 2 * at or 512
    return False


def _files(folder: Path) -> Iterator[Path]:
    for directory, _, names in os.walk(folder):
        yield from (path for name in names if (path := Path(directory, name)).is_file())


def _looks_like(start: bytes) -> str:
    for offset, magic, words in FOREIGN:
        if start[offset : offset + len(magic)] == magic:
            return words
    if start[0] == 0x08 and start[2:3] in (b"\x12", b"\x1a", b"\x22", b"\x2a", b"\x3a", b"\x42"):
        return "what looks like an ONNX model"
    if start.lstrip()[:1] == b"<":
        return "a web page, which is what a failed download leaves"
    if start.lstrip()[:1] == b"{":
        return "JSON text, which is a model's plan without its weights"
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        return "text" if error.start > len(start) - 4 else "a file of an unknown kind, or a damaged one"
    return "text"
