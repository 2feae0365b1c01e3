"""What closes a process: what the filter refuses on either architecture, and where no process can be closed."""

from __future__ import annotations

import platform
import sys

import pytest

from xaifake.detector.isolation import closing, landlock
from xaifake.detector.isolation.closing import must_be_possible, places_of_python
from xaifake.detector.isolation.seccomp import ALLOW, ARCHITECTURES, KILL_PROCESS, Step, program, refused
from xaifake.errors import IsolationError

OWN = 4321
REFUSED, MISSING = 0x00050001, 0x00050026
"""The results EPERM and ENOSYS."""
BY_ARGUMENT = {
    "a thread": ("x86_64", 56, (0x3D0F00,), ALLOW),
    "a process": ("x86_64", 56, (0x1200011,), REFUSED),
    "a signal to itself": ("x86_64", 62, (OWN, 9), ALLOW),
    "a signal to another": ("x86_64", 62, (1, 9), REFUSED),
    "abort": ("x86_64", 234, (OWN, OWN, 6), ALLOW),
    "a signal to a thread of another": ("x86_64", 234, (1, 1, 9), REFUSED),
    "outliving the parent": ("x86_64", 157, (1, 0), REFUSED),
    "a thread's name": ("x86_64", 157, (15, 0), ALLOW),
    "a limit that is read": ("x86_64", 302, (0, 7, 0, 1), ALLOW),
    "a limit that is set": ("x86_64", 302, (0, 7, 0x7F0000000010, 0), REFUSED),
    "a limit that is set from a round address": ("x86_64", 302, (0, 7, 0x7F0000000000, 0), REFUSED),
    "memory": ("x86_64", 9, (0, 4096, 3, 0x22), ALLOW),
    "memory that is shared": ("x86_64", 9, (0, 4096, 3, 0x21), REFUSED),
    "memory that grows down": ("x86_64", 9, (0, 4096, 3, 0x122), REFUSED),
    "a stack": ("x86_64", 9, (0, 4096, 3, 0x20022), ALLOW),
    "a file that is shared": ("x86_64", 9, (0, 4096, 1, 0x01), ALLOW),
    "a descriptor's flags": ("x86_64", 72, (3, 4), ALLOW),
    **{f"a pipe's signals by {command}": ("x86_64", 72, (3, command), REFUSED) for command in (8, 10, 15)},
    **{f"a terminal's signals by {request}": ("x86_64", 16, (3, request), REFUSED) for request in (0x8901, 0x8902)},
    "reading": ("x86_64", 0, (3,), ALLOW),
    "clone3": ("x86_64", 435, (), MISSING),
    "io_uring": ("aarch64", 425, (), MISSING),
    "a socket by x32": ("x86_64", 0x40000000 + 41, (), MISSING),
    "a thread on ARM": ("aarch64", 220, (0x3D0F00,), ALLOW),
    "a process on ARM": ("aarch64", 220, (17,), REFUSED),
    "a limit that is set on ARM": ("aarch64", 261, (0, 7, 0x10), REFUSED),
}


def ran(steps: list[Step], arch: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """What the kernel would make of a call: classic BPF, as far as the filter needs it."""
    data = {0: number, 4: arch}
    for place, value in enumerate(arguments):
        data |= {16 + 8 * place: value & 0xFFFFFFFF, 20 + 8 * place: value >> 32}
    held, at = 0, 0
    while True:
        code, yes, no, operand = steps[at]
        at += 1
        match code:
            case 0x20:
                held = data.get(operand, 0)
            case 0x54:
                held &= operand
            case 0x06:
                return operand
            case _:
                at += yes if {0x15: held == operand, 0x35: held >= operand, 0x45: bool(held & operand)}[code] else no


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_every_refused_call_is_refused(machine: str) -> None:
    """Whatever its arguments; and a program of another architecture is ended."""
    steps, arch = program(machine, OWN), ARCHITECTURES[machine][1]
    assert {REFUSED} == {ran(steps, arch, number) for number in refused(machine).values()}
    assert ran(steps, 0x40000003, 1) == KILL_PROCESS
    assert len(refused(machine)) > 60


@pytest.mark.parametrize("call", BY_ARGUMENT)
def test_calls_are_judged_by_their_arguments(call: str) -> None:
    """What computing needs is allowed, and what reaches beyond the process is not."""
    machine, number, arguments, expected = BY_ARGUMENT[call]
    assert expected == ran(program(machine, OWN), ARCHITECTURES[machine][1], number, arguments)


@pytest.mark.parametrize(
    ("system", "machine", "abi", "told"),
    [
        ("darwin", "x86_64", 0, ""),
        ("linux", "riscv64", 7, ""),
        ("linux", "x86_64", 0, "not there"),
        ("linux", "aarch64", 3, "3"),
    ],
)
def test_it_is_refused_where_it_cannot_be_whole(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, abi: int, told: str
) -> None:
    """Another system, another processor, or an older kernel: the sentence says what is needed and what to do instead."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(landlock, "version", lambda: abi)
    with pytest.raises(IsolationError, match=rf"Linux 6\.7 or newer.*virtual machine without network.*{machine}.*{told}"):
        must_be_possible()


def test_a_process_with_threads_is_not_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Landlock and the filter hold for one thread and those that it starts, so there must be no other."""
    import threading

    monkeypatch.setattr(landlock, "restrict", lambda *_: pytest.fail("this process must stay open"))
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        with pytest.raises(IsolationError, match="before it has threads"):
            closing.close(1, [], 10**9)
    finally:
        done.set()
        other.join()


def test_no_place_of_python_is_a_home() -> None:
    """What may be read of Python is its libraries, and no folder in which people keep theirs."""
    from pathlib import Path

    places = {place.resolve() for place in places_of_python()}
    assert not {Path("/"), Path.home(), Path.cwd(), Path(sys.prefix)} & places
