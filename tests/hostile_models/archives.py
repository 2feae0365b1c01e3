"""Zip archives that readers take differently, that swell, or that lead out of their folder."""

from __future__ import annotations

import io
import json
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
from hostile_models.configs import of_module
from hostile_models.payloads import Hostile, lambda_object, loadable
from model_files import dense, new_weights, sequential, write_archive

MEBIBYTE = 2**20


def archives(folder: Path, marker: Path) -> Iterator[Hostile]:
    """Each archive a small model, and something else."""
    config = json.loads(zipfile.ZipFile(loadable(folder, "3.keras")).read("config.json"))
    evil = of_module(sequential(lambda_object(marker), dense()), "keras.src")
    for number, name in enumerate(
        ("../evil", "/evil", "a/../../evil", "C:\\evil", "..\\evil", "assets/../../evil", "\\\\host\\a")
    ):
        yield Hostile(write_archive(folder / f"leading_out_{number}.keras", config, members={name: b"x"}))
    for first, second in ((config, evil), (evil, config)):
        path = write_archive(folder / f"two_configs_{first is evil}.keras", first)
        with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
            warnings.simplefilter("ignore")  # that a name stands twice
            archive.writestr("config.json", json.dumps(second))
        yield Hostile(path)
    for name in ("Config.json", "config.json/", "config.json\0.txt", "./config.json"):
        path = folder / f"other_config_{name.encode().hex()}.keras"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a name ends for `zipfile` where a NUL stands in it
            write_archive(path, config, members={name: json.dumps(evil).encode()})
        yield Hostile(path, harmless=True)
    for change in (
        linked,
        mislabelled,
        larger_stored,
        swelling,
        lying_deflate,
        lzma,
        packed_twice,
        encrypted,
        npz,
        overlapping,
    ):
        path = write_archive(folder / f"{change.__name__}.keras", config)
        change(path)
        yield Hostile(path)
    yield from glued(folder, config, evil)


def linked(path: Path) -> None:
    info = zipfile.ZipInfo("model.weights.h5.link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, "/etc/passwd")


def mislabelled(path: Path) -> None:
    """The member's own header names another file than the directory at the end."""
    content = path.read_bytes()
    path.write_bytes(content.replace(b"config.json", b"donfig.json", 1))


def larger_stored(path: Path) -> None:
    """The directory says more bytes of a plainly stored member than there are."""
    _rewrite(path, "model.weights.h5", lambda sizes: (sizes[0], sizes[1] + 4096))


def swelling(path: Path) -> None:
    """64 MiB of zeros in 64 kB."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("assets/zeros", bytes(64 * MEBIBYTE))


def lying_deflate(path: Path) -> None:
    """A config that is followed by zeros in its own stream: `zipfile` unpacks all, and gives what the directory states."""
    text = zipfile.ZipFile(path).read("config.json")
    _replaced(path, "config.json", text, extra=64 * MEBIBYTE)


def lzma(path: Path) -> None:
    """Packed by a method of which `zipfile` unpacks a whole block, however little is asked for."""
    text = zipfile.ZipFile(path).read("config.json")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.6.0"}')
        archive.writestr("config.json", text, zipfile.ZIP_LZMA)
        archive.writestr("model.weights.h5", new_weights())


def packed_twice(path: Path) -> None:
    """Zeros packed by HDF5, and that packed by zip."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_dataset("layers/a", data=np.zeros(4 * 10**7, np.uint8), compression="gzip", chunks=(10**7,))
    config = json.loads(zipfile.ZipFile(path).read("config.json"))
    write_archive(path, config, weights=buffer.getvalue(), compression=zipfile.ZIP_DEFLATED)


def encrypted(path: Path) -> None:
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)


def npz(path: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, a=np.zeros(3))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("model.weights.npz", buffer.getvalue())


def overlapping(path: Path) -> None:
    """A hundred members that are all the same bytes."""
    kernel = zlib.compress(bytes(MEBIBYTE), 9)[2:-4]
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(kernel), MEBIBYTE, 1, 0) + b"a" + kernel
    config = json.loads(zipfile.ZipFile(path).read("config.json"))
    write_archive(path, config, members={"assets/a": local})
    content = path.read_bytes()
    at, end = content.index(local), content.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack("<10xHII2x", content[end:])
    entries = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(kernel), MEBIBYTE, 4, 0, 0, 0, 0, 0, at)
        + f"{number:04}".encode()
        for number in range(100)
    )
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count + 100, count + 100, size + len(entries), start, 0)
    path.write_bytes(content[:end] + entries + tail)


def glued(folder: Path, config: object, evil: object) -> Iterator[Hostile]:
    """Two archives in one file; an archive after an HDF5 file or a pickle; a folder under an archive's name."""
    good, bad = (
        write_archive(folder / f"part{number}.keras", part).read_bytes() for number, part in enumerate((config, evil))
    )
    hdf5 = new_weights()
    for name, content, harmless in (
        ("evil_last.keras", good + bad, False),
        ("evil_first.keras", bad + good, True),
        ("after_hdf5.keras", hdf5 + bad, True),
        ("after_hdf5.h5", hdf5 + bad, True),
        ("after_pickle.keras", b"\x80\x04N." + bad, False),
        ("half.keras", bad[: len(bad) // 2], False),
    ):
        (folder / name).write_bytes(content)
        yield Hostile(folder / name, harmless)
    unpacked = folder / "folder.keras"
    with zipfile.ZipFile(io.BytesIO(bad)) as archive:
        archive.extractall(unpacked)
    yield Hostile(unpacked)


def _rewrite(path: Path, name: str, change: Callable[[tuple[int, int]], tuple[int, int]]) -> None:
    """Change a member's packed and unpacked size in the directory at the end."""
    content = bytearray(path.read_bytes())
    at = content.rindex(name.encode(), content.rindex(b"PK\x01\x02") - 200) - 46
    struct.pack_into("<II", content, at + 20, *change(struct.unpack_from("<II", content, at + 20)))
    path.write_bytes(content)


def _replaced(path: Path, name: str, text: bytes, extra: int) -> None:
    """A deflated member that states the size and checksum of its text alone."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packing.compress(text + bytes(extra)) + packing.flush()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.6.0"}')
        archive.writestr("model.weights.h5", new_weights())
        archive.writestr(name, packed)
    content = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = content.rindex(magic)
        struct.pack_into("<H", content, at + offset, zipfile.ZIP_DEFLATED)
        struct.pack_into("<III", content, at + offset + 6, zlib.crc32(text), len(packed), len(text))
    path.write_bytes(content)
