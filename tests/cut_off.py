"""Commands cut off from every network but loopback, and how often they tried to reach one.

Linux counts, for each network namespace, what found no route. In a namespace that has loopback alone, that is every packet
and every connection meant for another machine, name lookups among them, whichever library and language sent it.
"""

from __future__ import annotations

import functools
import subprocess
import sys
from pathlib import Path

APART = ("unshare", "--user", "--map-root-user", "--net", "--")
TRIED = 97
"""How a command ends that tried."""
UP = 1
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914


@functools.cache
def can_be_cut_off() -> bool:
    """Whether this system makes network namespaces for whoever asks."""
    try:
        return subprocess.run([*APART, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def cut_off(*command: str) -> list[str]:
    """The same command, in a namespace that has loopback alone; it ends with `TRIED` where it wanted more."""
    return [*APART, sys.executable, __file__, *command]


def main() -> int:
    """Raise loopback, run the command, and look at the counters."""
    _raise_loopback()
    ended = subprocess.run(sys.argv[1:], check=False).returncode
    tries = attempts()
    if tries:
        sys.stderr.write(f"{tries} packets or connections were meant for another machine.\n")
    return TRIED if tries else ended


def attempts() -> int:
    """How often something was meant for another machine since this namespace began."""
    names, values = (line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:"))
    six = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines())
    return int(dict(zip(names, values, strict=True))["OutNoRoutes"]) + int(six["Ip6OutNoRoutes"])


def _raise_loopback() -> None:
    import fcntl
    import socket
    import struct

    with socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | UP))


if __name__ == "__main__":
    sys.exit(main())
