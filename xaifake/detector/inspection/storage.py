"""What the storage of a file can do by itself: reach other files, or claim more bytes than there are."""

from __future__ import annotations

import math
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath, PureWindowsPath
from zipfile import ZipInfo

import h5py

from xaifake.detector.inspection.bounds import NAME_LENGTH, OBJECTS, shown, too_large
from xaifake.detector.inspection.record import Risk


def hdf5_risks(file: h5py.File, size: int) -> Iterator[Risk]:
    """Links and data sets of an HDF5 file of ``size`` bytes that lead elsewhere or hold more than they can.

    No link is followed before it is known to stay in the file. Keras writes hard links and plain data sets only.
    """
    declared, seen, groups = 0, {h5py.h5o.get_info(file.id).addr}, [("", file.id)]
    while groups:
        where, group = groups.pop()
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
        if stat.S_ISLNK(member.external_attr >> 16):
            where = shown(member.filename)
            yield Risk("archive", where, f"The archive's member {where} is a symbolic link to another file")
    declared = sum(member.file_size for member in members)
    if too_large(declared, size):
        yield Risk("bomb", "archive", f"The archive of {size} bytes unpacks to {declared}: loading could exhaust the memory")
