"""What the storage of a file can do by itself: reach other files, or claim more bytes than there are."""

from __future__ import annotations

import math
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath, PureWindowsPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

import h5py
import numpy as np

from xaifake.detector.inspection.bounds import NAME_LENGTH, OBJECTS, RATIO, SPARE_BYTES, shown, too_large, within
from xaifake.detector.inspection.record import Risk

NUMBERS = (h5py.h5t.INTEGER, h5py.h5t.FLOAT, h5py.h5t.ENUM, h5py.h5t.STRING)
"""What weights and their names are: numbers, true or false, and text of fixed length."""
FILTERS = (h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32, h5py.h5z.FILTER_LZF)
ATTRIBUTES = 1_000
"""How many attributes one object may have; Keras cuts long ones into pieces of 64 KB."""


def hdf5_risks(file: h5py.File, size: int) -> Iterator[Risk]:
    """Links and data sets of an HDF5 file of ``size`` bytes that lead elsewhere or hold more than they can.

    No link is followed before it is known to stay in the file. Keras writes hard links and plain data sets only.
    """
    declared, seen, groups = 0, {h5py.h5o.get_info(file.id).addr}, [("", file.id)]
    while groups:
        where, group = groups.pop()
        yield from _attributes(group, where or "/", size)
        for raw in group:
            name = f"{where}/{shown(raw.decode('utf-8', 'replace'), NAME_LENGTH)}"[-NAME_LENGTH:]
            if group.links.get_info(raw).type != h5py.h5l.TYPE_HARD:
                yield _link(group, raw, name)
                continue
            info = h5py.h5o.get_info(group, raw)
            if info.addr in seen:
                continue
            seen.add(info.addr)
            if len(seen) > OBJECTS:
                yield Risk("bomb", name, f"The file holds more than {OBJECTS} objects, far more than any model")
                return
            if info.type == h5py.h5o.TYPE_GROUP:
                groups.append((name, h5py.h5g.open(group, raw)))
            elif info.type == h5py.h5o.TYPE_DATASET:
                dataset = h5py.h5d.open(group, raw)
                sides = dataset.get_space().get_simple_extent_dims()
                declared += math.prod(sides) * dataset.get_type().get_size()  # HDF5's own product overflows at 2**64
                yield from _elsewhere(dataset, name)
                yield from _unlike_weights(dataset, name)
                yield from _attributes(dataset, name, size)
    if too_large(declared, size):
        yield Risk("bomb", "/", f"The weights claim {declared} bytes in a file of {size}: loading could exhaust the memory")


def _link(group: h5py.h5g.GroupID, raw: bytes, name: str) -> Risk:
    if group.links.get_info(raw).type == h5py.h5l.TYPE_EXTERNAL:
        target = group.links.get_val(raw)[0].decode("utf-8", "replace")
        return Risk("link", name, f"The weights at {name} link into another file, {shown(target)}, which loading would read")
    return Risk("link", name, f"The entry {name} is a link and no data, which Keras never writes")


def _elsewhere(dataset: h5py.h5d.DatasetID, name: str) -> Iterator[Risk]:
    plan = dataset.get_create_plist()
    if plan.get_external_count():
        target = shown(plan.get_external(0)[0].decode("utf-8", "replace"))
        yield Risk("link", name, f"The weights at {name} lie in another file, {target}, which loading would read")
    if plan.get_layout() == h5py.h5d.VIRTUAL:
        yield Risk("link", name, f"The weights at {name} are a virtual data set, put together from other files")


def _unlike_weights(dataset: h5py.h5d.DatasetID, name: str) -> Iterator[Risk]:
    """Elements that stand for something else, so that few bytes become many; filters for which HDF5 looks for a library."""
    kind = dataset.get_type()
    if kind.get_class() not in NUMBERS or _is_elsewhere(kind):
        yield Risk("data", name, f"The data set {name} holds no plain numbers, which Keras' weights are")
    plan = dataset.get_create_plist()
    for place in range(plan.get_nfilters()):
        if plan.get_filter(place)[0] not in FILTERS:
            yield Risk("filter", name, f"The weights at {name} are packed by a filter that HDF5 would load a library for")


def _attributes(place: h5py.h5g.GroupID | h5py.h5d.DatasetID, name: str, size: int) -> Iterator[Risk]:
    """Attributes that hold more than the file can: texts kept once and referred to a million times."""
    count = h5py.h5a.get_num_attrs(place)
    if count > ATTRIBUTES:
        yield Risk("bomb", name, f"The entry {name} has more than {ATTRIBUTES} attributes, far more than any model's")
        return
    for at in range(count):
        attribute = h5py.h5a.open(place, index=at, order=h5py.h5.ITER_NATIVE)
        kind = attribute.get_type()
        each = size if _is_elsewhere(kind) else kind.get_size()
        declared = math.prod(attribute.get_space().get_simple_extent_dims() or ()) * each
        if too_large(declared, size) and not _is_short(attribute, size):
            yield Risk("bomb", name, f"The attributes of {name} may hold {declared} bytes: loading could exhaust the memory")


def _is_short(attribute: h5py.h5a.AttrID, size: int) -> bool:
    """Whether an attribute's texts of any length, read within that memory, are no more than they may be."""
    if not isinstance(attribute.get_type(), h5py.h5t.TypeStringID):
        return False
    texts = np.empty(attribute.shape, attribute.dtype)
    try:
        with within(SPARE_BYTES + RATIO * size):
            attribute.read(texts)
    except (MemoryError, OSError, RuntimeError):  # what HDF5 says of memory that it does not get
        return False
    return not too_large(sum(map(len, texts.flat)), size)


def _is_elsewhere(kind: h5py.h5t.TypeID) -> bool:
    """Whether elements of a type are references to what lies elsewhere in the file."""
    if isinstance(kind, h5py.h5t.TypeStringID):
        return bool(kind.is_variable_str())
    return kind.get_class() not in NUMBERS


def archive_risks(members: Iterable[ZipInfo], size: int) -> Iterator[Risk]:
    """Members of a zip archive of ``size`` bytes that would land outside a folder, hide each other, or swell."""
    members = list(members)
    for name, count in Counter(member.filename for member in members).items():
        if count > 1:
            yield Risk("archive", shown(name), f"The archive holds {shown(name)} {count} times, so readers may differ on it")
        posix, windows = PurePosixPath(name), PureWindowsPath(name)
        if posix.is_absolute() or windows.drive or windows.root or ".." in windows.parts:
            yield Risk("archive", shown(name), f"The archive's member {shown(name)} would be unpacked outside its folder")
    for member in members:
        where = shown(member.filename)
        if stat.S_ISLNK(member.external_attr >> 16):
            yield Risk("archive", where, f"The archive's member {where} is a symbolic link to another file")
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            yield Risk("archive", where, f"The archive's member {where} is packed as Keras and zip programs never do it")
        if member.compress_type == ZIP_STORED and member.compress_size != member.file_size:
            yield Risk("archive", where, f"The archive's member {where} states two sizes, so readers may differ on it")
        if where.endswith(".npz"):
            yield Risk(
                "archive", where, f"The archive keeps weights in {where}, a form that Keras can read and nobody inspects"
            )
    declared = sum(member.file_size for member in members)
    if too_large(declared, size):
        yield Risk("bomb", "archive", f"The archive of {size} bytes unpacks to {declared}: loading could exhaust the memory")
