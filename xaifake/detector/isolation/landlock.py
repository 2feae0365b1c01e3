"""Landlock: which files a process, and all that it starts, may open from now on; and no TCP. Linux's own, by ctypes.

Source: the kernel's documentation, *Landlock: unprivileged access control* (userspace-api/landlock). Nothing can be taken
back, not even by root. What it does not govern (the owner, mode and times of files, signals on older kernels) is refused by
`xaifake.detector.isolation.seccomp`.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION = 1
PATH_BENEATH = 1
WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
ALL_OF_FILES = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many rights on files there are, by the version that brought the last of them; a ruleset names what it governs."""
ALL_OF_TCP = 0b11
ALL_OF_SCOPES = 0b11
"""Abstract UNIX sockets and signals of processes outside, from version 6 on."""


def version() -> int:
    """The version that this kernel has; 0 where there is none, or it is not enabled."""
    found: int = _libc().syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(VERSION))
    return max(0, found)


def restrict(readable: Iterable[Path], writable: Iterable[Path] = ()) -> None:
    """Let this thread, and those that it starts, open nothing but what lies at or beneath some paths.

    Paths at which there is nothing are passed over.

    Args:
        readable: files and folders.
        writable: files that may be written; never made, removed or cut.

    Raises:
        OSError: the kernel refuses.
    """
    abi = version()
    files = (1 << max(count for since, count in ALL_OF_FILES.items() if since <= abi)) - 1
    governed = struct.pack("QQQ", files, ALL_OF_TCP, ALL_OF_SCOPES)[: 24 if abi >= 6 else 16]
    ruleset = _called(CREATE_RULESET, governed, ctypes.c_size_t(len(governed)), ctypes.c_uint(0))
    try:
        for path in readable:
            _allow(ruleset, path, READ_FILE | READ_DIR if path.is_dir() else READ_FILE)
        for path in writable:
            _allow(ruleset, path, READ_FILE | WRITE_FILE)
        _called(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rule = struct.pack("=Qi", rights, place)
        _called(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(PATH_BENEATH), rule, ctypes.c_uint(0))
    finally:
        os.close(place)


def _called(*arguments: object) -> int:
    done: int = _libc().syscall(*arguments)
    if done < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return done


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
