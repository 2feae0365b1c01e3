"""HDF5 files whose storage leads elsewhere, swells, or never ends."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
from hostile_models.payloads import Hostile, loadable
from model_files import small_model, write_hdf5

Change = Callable[[h5py.File], None]
OUTSIDE = "/etc/passwd"


def hdf5(folder: Path, marker: Path) -> Iterator[Hostile]:  # noqa: ARG001 - every family takes both
    """Each change, in a whole model and in weights alone."""
    for change in (*REACHING, *SWELLING):
        name = change.__name__.strip("_")
        for stem, config in {"model": small_model(), "weights": None}.items():
            path = write_hdf5(folder / f"{name}_{stem}.h5", config)
            with h5py.File(path, "r+") as file:
                if config is None:
                    file.create_group("layers")
                change(file)
            yield Hostile(path)


def structures(folder: Path, marker: Path) -> Iterator[Hostile]:  # noqa: ARG001
    """What is odd and harms nobody: groups in groups, groups in themselves, many attributes."""
    loadable(folder, "h5")
    for change in (cyclic, deep, many_attributes, committed_type):
        path = folder / f"{change.__name__}.h5"
        shutil.copy(folder / "whole.h5", path)
        with h5py.File(path, "r+") as file:
            change(file)
        yield Hostile(path, harmless=True)
    yield Hostile(user_block(folder / "whole.h5", folder / "user_block.h5"), harmless=True)


def external_link(file: h5py.File) -> None:
    file["model_weights/evil"] = h5py.ExternalLink(OUTSIDE, "/")


def external_link_in_place_of_all(file: h5py.File) -> None:
    file.move("model_weights", "other")
    file["model_weights"] = h5py.ExternalLink("elsewhere.h5", "/model_weights")


def soft_link(file: h5py.File) -> None:
    file["model_weights/evil"] = h5py.SoftLink("/model_weights/dense")


def soft_link_to_itself(file: h5py.File) -> None:
    file["model_weights/evil"] = h5py.SoftLink("/model_weights/evil")


def external_storage(file: h5py.File) -> None:
    file.create_dataset("evil", (4,), "u1", external=[(OUTSIDE, 0, 4)])


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "data", (4,))
    file.create_virtual_dataset("evil", layout)


def references(file: h5py.File) -> None:
    evil = file.create_dataset("evil", (2,), h5py.ref_dtype)
    evil[0] = file.ref


def plugin_filter(file: h5py.File) -> None:
    _filtered(file, 32001)


def unknown_filter(file: h5py.File) -> None:
    _filtered(file, 40000)


def _filtered(file: h5py.File, number: int) -> None:
    """A data set whose filter HDF5 would look for among its plug-ins."""
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk((64,))
    plan.set_filter(number, h5py.h5z.FLAG_OPTIONAL, (1,))
    h5py.h5d.create(file.id, b"evil", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((64,)), plan)


REACHING: tuple[Change, ...] = (
    external_link,
    external_link_in_place_of_all,
    soft_link,
    soft_link_to_itself,
    external_storage,
    virtual,
    references,
    plugin_filter,
    unknown_filter,
)


def unwritten(file: h5py.File) -> None:
    file.create_dataset("evil", (10**6, 10**6), "f4", chunks=(64, 64))


def overflowing(file: h5py.File) -> None:
    file.create_dataset("evil", (2**40, 2**40), "f4", chunks=(64, 64))


def late(file: h5py.File) -> None:
    """Never allocated, and contiguous: the file has not one byte of it."""
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_alloc_time(h5py.h5d.ALLOC_TIME_LATE)
    h5py.h5d.create(file.id, b"evil", h5py.h5t.IEEE_F64LE, h5py.h5s.create_simple((2**36,)), plan)


def gzipped(file: h5py.File) -> None:
    file.create_dataset("evil", data=np.zeros(3 * 10**7, np.uint8), compression="gzip", chunks=(10**7,))


def lzf(file: h5py.File) -> None:
    file.create_dataset("evil", data=np.zeros(3 * 10**7, np.uint8), compression="lzf", chunks=(10**7,))


def many_texts(file: h5py.File) -> None:
    """One long text, referred to by every element of an attribute: 2 MB become 4 GB when they are read."""
    _referred(file, "layer_names", 2_000)


def texts_in_weights(file: h5py.File) -> None:
    evil = file.create_dataset("evil", (10,), h5py.string_dtype())
    evil[:] = ["x" * 1000] * 10


def many_configs(file: h5py.File) -> None:
    file.attrs.pop("model_config", None)
    _referred(file, "model_config", 2_000)


def _referred(file: h5py.File, name: str, count: int) -> None:
    """Texts of any length stand elsewhere; what refers to one has 16 bytes, and all are made to refer to the first."""
    long, short = "x" * 2**21, "y"
    file.attrs.create(name, np.array([long] + [short] * (count - 1), object), dtype=h5py.string_dtype())
    file.flush()
    path = Path(file.filename)
    data = bytearray(path.read_bytes())
    first = re.search(re.escape(len(long).to_bytes(4, "little")) + rb".{12}\x01\0\0\0", data, re.DOTALL)
    assert first
    data[first.start() : first.start() + 16 * count] = data[first.start() : first.start() + 16] * count
    path.write_bytes(data)


def compound(file: h5py.File) -> None:
    file.create_dataset("evil", (2,), np.dtype([("a", "f4"), ("b", "i4")]))


SWELLING: tuple[Change, ...] = (
    unwritten,
    overflowing,
    late,
    gzipped,
    lzf,
    many_texts,
    many_configs,
    texts_in_weights,
    compound,
)


def cyclic(file: h5py.File) -> None:
    file["model_weights/again"] = file["/"]
    file["model_weights/more"] = file["model_weights"]


def deep(file: h5py.File) -> None:
    group = file
    for _ in range(500):
        group = group.create_group("a")


def many_attributes(file: h5py.File) -> None:
    for number in range(900):
        file.attrs[f"a{number}"] = number


def committed_type(file: h5py.File) -> None:
    file["kind"] = np.dtype("f4")


def user_block(whole: Path, path: Path) -> Path:
    """The same model, in a file in which HDF5 begins after 512 bytes of somebody's own."""
    with h5py.File(path, "w", userblock_size=512) as file, h5py.File(whole) as plain:
        plain.copy("model_weights", file)
        file.attrs.update(plain.attrs)
    path.write_bytes(b"PK-like user's own block".ljust(512, b"\0") + path.read_bytes()[512:])
    return path
