"""``.keras`` files: a zip archive of metadata, config and weights, of either Keras."""

from __future__ import annotations

import io
import shutil
import struct
import tempfile
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import h5py

from xaifake.detector.inspection.bounds import JSON_BYTES, RISKS, parsed
from xaifake.detector.inspection.formats import ACCEPTED, damaged
from xaifake.detector.inspection.record import Risk, Stored
from xaifake.detector.inspection.storage import archive_risks, hdf5_risks
from xaifake.detector.inspection.versions import major
from xaifake.errors import ModelError, ModelFileError

LOCAL_HEADER = struct.Struct("<4s22xHH")


def read_archive(path: Path) -> Stored:
    """What a ``.keras`` archive tells of itself, and of the weights in it.

    Raises:
        ModelFileError: damaged, or another zip archive.
    """
    try:
        with ZipFile(path) as archive:
            return _stored(archive, path)
    except ModelError:
        raise
    except Exception as error:  # zipfile and h5py answer damage with nearly every type of exception
        raise damaged(path, ".keras", error) from error


def _stored(archive: ZipFile, path: Path) -> Stored:
    names = set(archive.namelist())
    if not {"metadata.json", "config.json"} <= names:
        raise ModelFileError(f"This zip archive is {_looks_like(names)}; {ACCEPTED}. Received: {path}")
    metadata, config = (_json(archive, name, path) for name in ("metadata.json", "config.json"))
    stated = metadata.get("keras_version")
    version = stated if isinstance(stated, str) else None
    size = path.stat().st_size
    risks = list(islice(archive_risks(archive.infolist(), size), RISKS))
    if not any(risk.kind == "bomb" for risk in risks):
        risks += islice(chain.from_iterable(_weights_risks(archive, m, path) for m in archive.infolist()), RISKS)
    return Stored("keras 3 .keras" if major(version, config) == 3 else "keras 2 .keras", version, config, tuple(risks))


def _json(archive: ZipFile, name: str, path: Path) -> dict[str, Any]:
    with archive.open(name) as member:
        return parsed(member.read(JSON_BYTES + 1), name, str(path))


def _looks_like(names: set[str]) -> str:
    if any(name.endswith("data.pkl") for name in names):
        return "a PyTorch model"
    if any(name.endswith(".npy") for name in names):
        return "a NumPy archive"
    if any(name.endswith(("saved_model.pb", ".h5", ".hdf5", ".keras")) for name in names):
        return "packed around a model: unpack it first"
    return "no .keras file, which holds config.json and metadata.json"


def _weights_risks(archive: ZipFile, member: ZipInfo, path: Path) -> Iterator[Risk]:
    if not member.filename.endswith((".h5", ".hdf5")):
        return
    with _seekable(archive, member, path) as file, h5py.File(file, "r") as weights:
        yield from hdf5_risks(weights, path.stat().st_size)  # not the member's: two compressions would multiply


def _seekable(archive: ZipFile, member: ZipInfo, path: Path) -> IO[bytes]:
    """A member to read at random: in its place where it is stored plainly, as Keras does, else unpacked aside."""
    if member.compress_type == ZIP_STORED and not member.flag_bits & 1:
        return io.BufferedReader(_Window(path, member))
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with archive.open(member) as packed:
        shutil.copyfileobj(packed, unpacked)
    return unpacked


class _Window(io.RawIOBase):
    """The bytes of a plainly stored member. `zipfile` would read all before a position to get there."""

    def __init__(self, path: Path, member: ZipInfo) -> None:
        self._file = path.open("rb")
        self._file.seek(member.header_offset)
        magic, name_length, extra_length = LOCAL_HEADER.unpack(self._file.read(LOCAL_HEADER.size))
        if magic != b"PK\x03\x04":
            self._file.close()
            raise ValueError("a member has no header")
        self._start = member.header_offset + LOCAL_HEADER.size + name_length + extra_length
        self._size = member.file_size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)[: max(0, self._size - self._at)]
        self._file.seek(self._start + self._at)
        count = self._file.readinto(view)
        self._at += count
        return count

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()
