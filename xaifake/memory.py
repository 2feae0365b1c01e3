"""How much memory a run may take: what was asked for, what is free, what the process holds, and what fits.

A ceiling is on the whole process as the system counts it (resident set size), libraries and weights among it.
"""

from __future__ import annotations

import ctypes
import gc
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from xaifake.errors import UsageError

SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([KMGT]?)(i?)B?", re.IGNORECASE | re.ASCII)
POWERS = " kmgt"
HIERARCHIES = (
    ("", "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    ("memory", "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
"""Control groups of version 2 and 1: controller in /proc/self/cgroup, mount, limit, use, and cache that can be had back."""


def size_of(text: str) -> int:
    """Bytes of a size as people write it: a number with or without a unit.

    >>> size_of("2GB"), size_of("1.5 GiB"), size_of("500000000")
    (2000000000, 1610612736, 500000000)

    Raises:
        UsageError: no size, or none above zero.
    """
    match = SIZE.fullmatch(text.strip())
    number, prefix, binary = match.groups() if match else ("0", "", "")
    size = int(float(number) * (1024 if binary else 1000) ** POWERS.index(prefix.lower() or " "))
    if size < 1:
        raise UsageError(f"--memory takes a size above zero, as 2GB, 1.5GiB or 500MB. Received: {text}")
    return size


def shown(size: int) -> str:
    """A size as people read it.

    >>> shown(1_234_567_890), shown(20_000_000)
    ('1.23 GB', '20 MB')
    """
    return f"{size / 1e9:.2f} GB" if size >= 10**9 else f"{-(-size // 10**6)} MB"


def ceiling_of(memory: int | str | None) -> int:
    """The ceiling in bytes that a number, a size as text, or nothing stands for: nothing takes half of what is free.

    Raises:
        UsageError: no size, or none above zero.
    """
    return resident() + free() // 2 if memory is None else size_of(str(memory))


def resident() -> int:
    """Bytes that this process holds in memory now."""
    import psutil

    return int(psutil.Process().memory_info().rss)


def give_back() -> None:
    """Collect garbage, and hand what is free within the process back to the system where its C library can (glibc)."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def free(root: Path = Path("/")) -> int:
    """Bytes that may still be taken: what the system has, and what the control groups of this process leave of theirs.

    Memory that only caches files counts as free. ``root`` is where ``proc`` and ``sys`` lie.
    """
    import psutil

    return max(0, min([int(psutil.virtual_memory().available), *_left_by_groups(root)]))


def fitting(room: int, each: int, most: int) -> int:
    """How many of ``each`` bytes fit into ``room``, at most ``most``: a power of two, or 0 where not even one does.

    Powers of two, because what a process holds differs by a little from run to run: the next power is seldom near, so the
    same ceiling gives the same number.

    >>> fitting(1000, 150, 16), fitting(10**9, 1, 16), fitting(100, 150, 16)
    (4, 16, 0)
    """
    count = min(room // max(each, 1), most)
    return 1 << (count.bit_length() - 1) if count > 0 else 0


def _left_by_groups(root: Path) -> Iterator[int]:
    """What each control group around this process has left. A group that a container does not show is passed over."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # no such thing on this system
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        for controller, mount, limit, used, cache in HIERARCHIES:
            if controller in controllers.split(","):
                top = root / mount
                here = top / path.lstrip("/")
                for group in (here, *(parent for parent in here.parents if parent.is_relative_to(top))):
                    yield from _left_by(group, limit, used, cache)


def _left_by(group: Path, limit: str, used: str, cache: str) -> Iterator[int]:
    try:
        allowed = (group / limit).read_text().strip()
        taken = int((group / used).read_text())
        facts = dict(line.split(maxsplit=1) for line in (group / "memory.stat").read_text().splitlines())
    except OSError:  # the topmost group has no limit, and one of another version has other files
        return
    if allowed != "max":
        yield int(allowed) - taken + int(facts.get(cache, 0))
