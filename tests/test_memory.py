"""What a run may take: sizes as people write them, what is free, and what fits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaifake import memory
from xaifake.errors import UsageError

LARGE = 10**18
"""A limit in version 1 that is none."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2GB", 2 * 10**9),
        ("500MB", 5 * 10**8),
        ("500 mb", 5 * 10**8),
        ("1.5GiB", 3 * 2**29),
        ("64KiB", 2**16),
        ("2g", 2 * 10**9),
        ("1TB", 10**12),
        ("4096", 4096),
        ("4096 B", 4096),
    ],
)
def test_sizes_as_people_write_them(text: str, expected: int) -> None:
    """Decimal and binary units in any case, or plain bytes."""
    assert expected == memory.size_of(text)


@pytest.mark.parametrize(
    "text", ["", "GB", "0", "0GB", "-2GB", "two", "2 GB or so", "inf", "nan", "1e9", "2XB", "0.1", "٢GB"]
)
def test_what_is_no_size_is_refused(text: str) -> None:
    """The refusal names the flag, what it takes, and what it got."""
    with pytest.raises(UsageError, match=r"^--memory takes a size above zero, as 2GB, .* Received: "):
        memory.size_of(text)


@given(st.integers(1, 10**15))
def test_a_number_of_bytes_is_itself(size: int) -> None:
    """As text and as a number, up to a petabyte."""
    assert size == memory.ceiling_of(size) == memory.ceiling_of(str(size))


def test_nothing_stands_for_half_of_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """On top of what the process holds already, since the ceiling is on all of it."""
    monkeypatch.setattr(memory, "free", lambda: 1001)
    monkeypatch.setattr(memory, "resident", lambda: 70)
    assert memory.ceiling_of(None) == 570


def test_a_process_holds_what_it_takes() -> None:
    """100 MB that are written to count; within a tenth."""
    before = memory.resident()
    held = np.ones(100_000_000, np.uint8)
    assert 0.9 * held.size <= memory.resident() - before <= 1.1 * held.size


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**10), st.integers(1, 64))
def test_what_fits_fits_and_twice_as_much_does_not(room: int, each: int, most: int) -> None:
    """The largest power of two that fits and is allowed, or none."""
    count = memory.fitting(room, each, most)
    assert count == 0 or (count.bit_count() == 1 and count * each <= room and count <= most)
    larger = 2 * count or 1
    assert larger > most or larger * max(each, 1) > room


def _group(root: Path, path: str, **files: object) -> None:
    folder = root / "sys/fs/cgroup" / path
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(f"{content}\n")


def _belongs(root: Path, *lines: str) -> None:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text("\n".join(lines) + "\n")


@pytest.fixture
def plenty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system with 8,000 bytes available."""
    import psutil

    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 8000}))


@pytest.mark.usefixtures("plenty")
def test_control_groups_of_version_2(tmp_path: Path) -> None:
    """The tightest group around the process counts, and cache that can be had back is free."""
    _belongs(tmp_path, "0::/user/job")
    _group(tmp_path, "user/job", memory__max="max", memory__current=500, memory__stat="inactive_file 0")
    _group(tmp_path, "user", memory__max=2000, memory__current=900, memory__stat="anon 700\ninactive_file 200\nfile 1")
    assert memory.free(tmp_path) == 1300


@pytest.mark.usefixtures("plenty")
def test_control_groups_of_version_1(tmp_path: Path) -> None:
    """Read where the memory controller is mounted; a limit beyond all memory is none."""
    _belongs(tmp_path, "4:cpu,memory:/job", "2:cpuset:/", "0::/")
    names = {"memory__stat": "inactive_file 7\ntotal_inactive_file 100"}
    _group(tmp_path, "memory", memory__limit_in_bytes=LARGE, memory__usage_in_bytes=9000, **names)
    _group(tmp_path, "memory/job", memory__limit_in_bytes=3000, memory__usage_in_bytes=1000, **names)
    assert memory.free(tmp_path) == 2100


@pytest.mark.usefixtures("plenty")
def test_a_container_that_shows_only_its_own_group(tmp_path: Path) -> None:
    """The process is named by its path outside, but the mount holds the container's group alone."""
    _belongs(tmp_path, "0::/docker/0123abcd")
    _group(tmp_path, "", memory__max=1500, memory__current=1000, memory__stat="inactive_file 0")
    assert memory.free(tmp_path) == 500


@pytest.mark.usefixtures("plenty")
def test_a_group_that_is_full_leaves_nothing(tmp_path: Path) -> None:
    """Never less than nothing."""
    _belongs(tmp_path, "0::/")
    _group(tmp_path, "", memory__max=1000, memory__current=1100, memory__stat="inactive_file 0")
    assert memory.free(tmp_path) == 0


@pytest.mark.usefixtures("plenty")
def test_a_system_without_control_groups(tmp_path: Path) -> None:
    """What the system has available counts alone."""
    assert memory.free(tmp_path) == 8000


def test_this_system_has_some_memory() -> None:
    """On the machine that runs the tests: some, and not more than it has."""
    import psutil

    assert 0 < memory.free() <= psutil.virtual_memory().total
