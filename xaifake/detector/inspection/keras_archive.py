"""``.keras`` files: a zip archive of metadata, config and weights, of either Keras."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import h5py

from xaifake.detector.inspection.bounds import JSON_BYTES, RISKS, parsed, shown
from xaifake.detector.inspection.formats import ACCEPTED, damaged
from xaifake.detector.inspection.members import Window, unpacked_size
from xaifake.detector.inspection.record import Risk, Stored
from xaifake.detector.inspection.storage import archive_risks, hdf5_risks
from xaifake.detector.inspection.versions import major
from xaifake.errors import ModelError, ModelFileError


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
    config.pop("compile_config", None)  # Keras drops it, for models are loaded with compile=False
    stated = metadata.get("keras_version")
    version = stated if isinstance(stated, str) else None
    size = path.stat().st_size
    risks = list(islice(archive_risks(archive.infolist(), size), RISKS))
    if not any(risk.kind == "bomb" for risk in risks):
        risks += islice(chain.from_iterable(_member_risks(archive, m, path) for m in archive.infolist()), RISKS)
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


def _member_risks(archive: ZipFile, member: ZipInfo, path: Path) -> Iterator[Risk]:
    if member.compress_type == ZIP_DEFLATED and unpacked_size(path, member) != member.file_size:
        where = shown(member.filename)
        yield Risk("bomb", where, f"The archive's member {where} unpacks to another size than it states")
        return
    if not member.filename.endswith((".h5", ".hdf5")):
        return
    with _seekable(archive, member, path) as file, h5py.File(file, "r") as weights:
        yield from hdf5_risks(weights, path.stat().st_size)  # not the member's: two compressions would multiply


def _seekable(archive: ZipFile, member: ZipInfo, path: Path) -> IO[bytes]:
    """A member to read at random: in its place where it is stored plainly, as Keras does, else unpacked aside."""
    if member.compress_type == ZIP_STORED and not member.flag_bits & 1:
        archive.open(member).close()  # which compares its two headers
        return io.BufferedReader(Window(path, member))
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with archive.open(member) as packed:
        shutil.copyfileobj(packed, unpacked)
    return unpacked
