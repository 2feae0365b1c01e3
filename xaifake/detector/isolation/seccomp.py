"""A seccomp filter: which system calls a process, and all its threads, are refused from now on. By ctypes, as classic BPF.

Refused: all that is no computing on memory and reading of files. What files hold is Landlock's to govern; what that leaves
open (owner, mode, times and attributes of files, sockets that are not TCP, signals on older kernels) is refused here, and so
is whatever would begin a program, look into another process, take memory beside the limits, or lift them.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import struct
from collections.abc import Iterator

Numbers = tuple[int, int]
"""A call's on x86-64 and on ARM64."""

CALLS = """
the network, and other processes by any kind of socket:
    socket 41 198, socketpair 53 199
programs, processes, and what belongs to others of them:
    fork 57 -, vfork 58 -, execve 59 221, execveat 322 281, ptrace 101 117, process_vm_readv 310 270,
    process_vm_writev 311 271, kcmp 312 272, tkill 200 130, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240,
    setpriority 141 140, ioprio_set 251 30, sched_setaffinity 203 122, sched_setattr 314 274,
    sched_setscheduler 144 119, sched_setparam 142 118, migrate_pages 256 238, move_pages 279 239
memory that no limit of the process counts, and the limits themselves:
    memfd_create 319 279, shmget 29 194, shmat 30 196, msgget 68 186, semget 64 190, mq_open 240 180,
    mq_unlink 241 181, setrlimit 160 164, userfaultfd 323 282
owner, mode, times and attributes of files, and who opens them:
    chmod 90 -, fchmod 91 52, fchmodat 268 53, chown 92 -, fchown 93 55, lchown 94 -, fchownat 260 54, setxattr 188 5,
    lsetxattr 189 6, fsetxattr 190 7, removexattr 197 14, lremovexattr 198 15, fremovexattr 199 16, utime 132 -,
    utimes 235 -, futimesat 261 -, utimensat 280 88, inotify_init 253 -, inotify_init1 294 26, fanotify_init 300 262
the system itself:
    unshare 272 97, setns 308 268, mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51, bpf 321 280,
    perf_event_open 298 241, personality 135 92, keyctl 250 219, add_key 248 217, request_key 249 218, syslog 103 116,
    acct 163 89, init_module 175 105, finit_module 313 273, delete_module 176 106, kexec_load 246 104,
    kexec_file_load 320 294, reboot 169 142, vhangup 153 58, swapon 167 224, swapoff 168 225, quotactl 179 60,
    open_by_handle_at 304 265, name_to_handle_at 303 264, iopl 172 -, ioperm 173 -, modify_ldt 154 -,
    settimeofday 164 170, clock_settime 227 112, clock_adjtime 305 266, adjtimex 159 171, sethostname 170 161,
    setdomainname 171 162
"""
"""Refused whatever their arguments: each with its numbers on x86-64 and on ARM64, or a dash where there is no such call."""
CALL = re.compile(r"(\w+) (\d+|-) (\d+|-)")
CLONE, KILL, TGKILL, PRLIMIT, PRCTL = (56, 220), (62, 129), (234, 131), (302, 261), (157, 167)
FCNTL, IOCTL, MMAP = (72, 25), (16, 29), (9, 222)
CLONE_THREAD = 0x10000
PR_SET_PDEATHSIG = 1
SENDS_SIGNALS = ((FCNTL, (8, 10, 15)), (IOCTL, (0x8901, 0x8902)))
"""F_SETOWN, F_SETSIG and F_SETOWN_EX, FIOSETOWN and SIOCSPGRP: who gets which signal when a pipe can be read."""
SHARED_WITHOUT_FILE, GROWS_DOWN = 0x21, 0x100
"""MAP_SHARED and MAP_ANONYMOUS, and MAP_GROWSDOWN, as of a stack: memory that RLIMIT_DATA does not count."""
NEWER = 424
"""The first call of Linux 5.1: from it on, io_uring, pidfd and clone3 among them, there are none, as on an older kernel."""
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Which number of each pair holds, and what the kernel calls the architecture."""

SET_SECCOMP, MODE_FILTER = 22, 2
LOAD, AND, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL_PROCESS, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
NR, ARCH, ARGUMENTS = 0, 4, 16

Step = tuple[int, int, int, int]
"""An instruction: code, how many to skip if true and if false, and its number."""


def restrict(machine: str) -> None:
    """Refuse them from here on to this thread and to those that it starts; it must be barred from new privileges before.

    Raises:
        OSError: the kernel refuses.
    """
    code = b"".join(struct.pack("HBBI", *step) for step in program(machine, os.getpid()))
    steps = ctypes.create_string_buffer(code, len(code))
    installed = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_SECCOMP, ctypes.c_ulong(MODE_FILTER), installed) != 0:
        raise OSError(ctypes.get_errno(), "its system calls are not limited")


def program(machine: str, own: int) -> list[Step]:
    """The filter of an architecture for the process of that number."""
    which, arch = ARCHITECTURES[machine]
    steps: list[Step] = [(LOAD, 0, 0, ARCH), (IF_EQUAL, 1, 0, arch), (RETURN, 0, 0, KILL_PROCESS), (LOAD, 0, 0, NR)]
    steps += [(IF_AT_LEAST, 0, 1, NEWER), _refusal(errno.ENOSYS)]
    for number in refused(machine).values():
        steps += [(IF_EQUAL, 0, 1, number), _refusal(errno.EPERM)]
    for numbers, judged in _by_argument(own):
        steps += [(IF_EQUAL, 0, len(judged) + 2, numbers[which]), *judged, (RETURN, 0, 0, ALLOW), _refusal(errno.EPERM)]
    return [*steps, (RETURN, 0, 0, ALLOW)]


def refused(machine: str) -> dict[str, int]:
    """The calls that an architecture refuses whatever their arguments, by name.

    >>> refused("x86_64")["socket"], refused("aarch64")["socket"], "fork" in refused("aarch64")
    (41, 198, False)
    """
    which, _ = ARCHITECTURES[machine]
    found = {name: numbers[which] for name, *numbers in CALL.findall(CALLS)}
    return {name: int(number) for name, number in found.items() if number != "-"}


def _by_argument(own: int) -> Iterator[tuple[Numbers, list[Step]]]:
    """Calls, and the steps that judge them: at their end the call is allowed, one step further refused."""
    yield CLONE, [_argument(0), (IF_ANY_BIT, 0, 1, CLONE_THREAD)]
    yield KILL, [_argument(0), (IF_EQUAL, 0, 1, own)]
    yield TGKILL, [_argument(0), (IF_EQUAL, 0, 1, own)]
    yield PRCTL, [_argument(0), (IF_EQUAL, 1, 0, PR_SET_PDEATHSIG)]
    yield PRLIMIT, [_argument(2), (IF_EQUAL, 0, 3, 0), _argument(2, high=True), (IF_EQUAL, 0, 1, 0)]
    shared = (AND, 0, 0, SHARED_WITHOUT_FILE), (IF_EQUAL, 1, 0, SHARED_WITHOUT_FILE)
    yield MMAP, [_argument(3), (IF_ANY_BIT, 3, 0, GROWS_DOWN), *shared]
    for number, commands in SENDS_SIGNALS:
        last = len(commands)
        yield number, [_argument(1), *((IF_EQUAL, last - place, 0, command) for place, command in enumerate(commands))]


def _argument(place: int, *, high: bool = False) -> Step:
    """Half of an argument, the lower one unless said otherwise."""
    return LOAD, 0, 0, ARGUMENTS + 8 * place + 4 * high


def _refusal(number: int) -> Step:
    return RETURN, 0, 0, ERROR | number
