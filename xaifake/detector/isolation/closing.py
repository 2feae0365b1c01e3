"""How a process closes itself: before it has done anything else, and for good.

In this order, for each takes away what the ones before it need: limits on what it may take, a network of its own in which
there is nothing, capabilities, the end with its parent, files, system calls. Then it looks whether it is closed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import signal
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from xaifake.detector.isolation import landlock, seccomp
from xaifake.errors import IsolationError

OLDEST = 4
"""The version of Landlock that governs TCP, too: Linux 6.7."""
FILES = 512
"""Open at once, at most."""
RESERVED = 2**30
EACH_CORE = 2**26
"""Bytes that libraries reserve beyond what they use, of which `RLIMIT_DATA` knows nothing: measured 0.2 GB on two cores,
where a thread's stack alone is 8 MB."""
ADDRESSES = 2**37
"""Bytes of addresses beside the memory: TensorFlow takes gigabytes of them, but pages that are only read need tables."""
THREADS = 2**14
"""And processes of the same user together, at most; of root none are counted."""
SYSTEM = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/localtime"),
    *("/etc/ld.so.cache", "/dev/random", "/dev/urandom", "/sys/devices/system", "/sys/fs/cgroup"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm", "/proc/filesystems", "/proc/version"),
)
"""What Python, TensorFlow and the C library read of the system."""
NEW_USER, NEW_NETWORK, NEW_IPC = 0x10000000, 0x40000000, 0x08000000
DEATH_SIGNAL, NO_NEW_PRIVILEGES = 1, 38
CAPABILITIES = 0x20080522
"""Version 3 of the sets of capabilities: two words each."""


def must_be_possible() -> None:
    """Refuse where a process cannot be closed wholly: there is no half of it.

    Raises:
        IsolationError: another system than Linux, another processor, or an older kernel.
    """
    found = f"{platform.system()} {platform.release()} on {platform.machine()}"
    if sys.platform == "linux" and platform.machine() in seccomp.ARCHITECTURES:
        abi = landlock.version()
        if abi >= OLDEST:
            return
        found += f", Landlock {abi or 'not there'}"
    raise IsolationError(
        "A model can be shut in on Linux 6.7 or newer with Landlock enabled, on x86-64 or ARM64 (--isolate). Here, open a "
        f"model that you do not trust in a virtual machine without network. Received: {found}"
    )


def close(parent: int, readable: Iterable[Path], memory: int) -> None:
    """Close this process for good.

    Args:
        parent: the process with which this one ends.
        readable: files and folders that may be read, beside Python's and the system's own.
        memory: bytes that it may hold.

    Raises:
        IsolationError: it cannot be closed, or is not.
    """
    if len([*Path("/proc/self/task").iterdir()]) != 1:
        raise IsolationError("A process is closed before it has threads, since each would stay as open as it is")
    try:
        _limit(memory)
        _leave_network()
        _drop_capabilities()
        _end_with(parent)
        landlock.restrict([*readable, *places_of_python(), *map(Path, SYSTEM)], [Path(os.devnull)])
        seccomp.restrict(platform.machine())
    except (OSError, ValueError) as error:
        raise IsolationError(f"The process of the model cannot be closed here. Received: {error}") from error
    _must_be_closed()


def places_of_python() -> set[Path]:
    """Where this Python, its packages, xaifake and the libraries that they load lie."""
    import xaifake

    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    return {
        Path(xaifake.__file__).parent,
        *(Path(prefix, folder) for prefix in prefixes for folder in ("lib", "lib64", "pyvenv.cfg")),
        *(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        *(Path(place) for place in sys.path if Path(place).name in ("site-packages", "dist-packages")),
    }


def _limit(memory: int) -> None:
    import resource

    reserved = RESERVED + EACH_CORE * (os.cpu_count() or 1)
    limits = {
        resource.RLIMIT_DATA: memory + reserved,
        resource.RLIMIT_AS: memory + ADDRESSES,
        resource.RLIMIT_NPROC: THREADS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: FILES,
        resource.RLIMIT_MEMLOCK: 0,
    }
    for limit, wanted in limits.items():
        _, hard = resource.getrlimit(limit)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(limit, (most, most))


def _leave_network() -> None:
    """Into a network of its own, where the system lets anybody make one; without it, sockets are refused all the same."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare(ctypes.c_int(NEW_USER | NEW_NETWORK | NEW_IPC))


def _drop_capabilities() -> None:
    """All of them, so that root may here do no more than anybody; and no program that it could start brings any back."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(NO_NEW_PRIVILEGES, ctypes.c_ulong(1), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "new privileges are not barred")
    if libc.capset(struct.pack("Ii", CAPABILITIES, 0), bytes(24)) != 0:
        raise OSError(ctypes.get_errno(), "capabilities are not dropped")


def _end_with(parent: int) -> None:
    """Die when the thread ends that started this process; it is one that lives as long as its process."""
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, ctypes.c_ulong(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        raise OSError("its parent has ended")


def _must_be_closed() -> None:
    """Try what must not succeed; nothing is changed where it does."""
    import socket

    for attempt in (
        lambda: [*Path("/").iterdir()],
        lambda: socket.socket().close(),
        lambda: os.open("/", os.O_TMPFILE | os.O_RDWR),
    ):
        with contextlib.suppress(PermissionError):
            attempt()
            raise IsolationError("The process of the model is still open after it was closed, so nothing is loaded in it")
