"""What somebody might send to the page instead of a picture. Each attack returns what became of it, in few words."""

from __future__ import annotations

import uuid

from tabs import BOUNDARY, Tab, asked, form
from wires import head, put, raw, upgrade

TOO_LARGE = 260 << 20
"""Bytes of an upload that no limit takes."""
NAMES = (
    "../../../../etc/cron.d/face.png",
    "/etc/face.png",
    "C:\\windows\\face.png",
    "a\0b.png",
    'a"; filename="b.png',
    "a\r\nX-Injected: 1.png",
    "x" * 10_000 + ".png",
    "\ud800.png",
    "\u202egnp.exe.png",
    "CON.png",
    "<img src=x onerror=alert(1)>.png",
)


def oversized(_port: int, tab: Tab) -> str:
    return put(tab, form("a.png", bytes(TOO_LARGE)))


def length_that_lies_above(port: int, tab: Tab) -> str:
    return raw(port, head(tab, f"Content-Length: {10**12}"), b"x" * 1000)


def length_that_lies_below(port: int, tab: Tab) -> str:
    return raw(port, head(tab, "Content-Length: 10"), form("a.png", bytes(1000)))


def length_that_is_negative(port: int, tab: Tab) -> str:
    return raw(port, head(tab, "Content-Length: -1"), form("a.png", bytes(1000)))


def two_lengths(port: int, tab: Tab) -> str:
    return raw(port, head(tab, "Content-Length: 10", "Content-Length: 99"), bytes(100))


def chunks_without_end(port: int, tab: Tab) -> str:
    chunk = b"%x\r\n%s\r\n" % (1 << 20, bytes(1 << 20))
    start = form("a.png", b"").removesuffix(b"\r\n--%s--\r\n" % BOUNDARY.encode())
    return raw(
        port,
        head(tab, "Transfer-Encoding: chunked"),
        b"%x\r\n%s\r\n" % (len(start), start),
        *[chunk] * 300,
        b"0\r\n\r\n",
        wait=30,
    )


def thousands_of_parts(_port: int, tab: Tab) -> str:
    part = form("a.png", b"x").removesuffix(b"--\r\n")
    return put(tab, b"\r\n".join([part] * 20_000) + b"--\r\n")


def hundreds_of_large_parts(_port: int, tab: Tab) -> str:
    part = form("a.png", bytes(1_100_000)).removesuffix(b"--\r\n")
    return put(tab, b"\r\n".join([part] * 150) + b"--\r\n")


def fields_and_no_file(_port: int, tab: Tab) -> str:
    return put(tab, form("", b"x" * 100).replace(b'; filename=""', b""))


def form_cut_short(_port: int, tab: Tab) -> str:
    return put(tab, form("a.png", bytes(1000))[:-20])


def header_of_a_part_without_end(_port: int, tab: Tab) -> str:
    return put(tab, f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode() + b"x" * (4 << 20))


def form_without_boundary(_port: int, tab: Tab) -> str:
    return put(tab, form("a.png", b"x"), Content_Type="multipart/form-data")


def names_of_files(_port: int, tab: Tab) -> str:
    answers = {put(tab, form(name, b"x"))[:3] for name in NAMES}
    return ", ".join(sorted(answers))


def to_another_session(_port: int, tab: Tab) -> str:
    return put(tab, form("a.png", b"x"), session=str(uuid.uuid4()))


def without_token(_port: int, tab: Tab) -> str:
    return put(tab, form("a.png", b"x"), X_Xsrftoken="")


def with_a_wrong_token(_port: int, tab: Tab) -> str:
    return put(tab, form("a.png", b"x"), X_Xsrftoken="2|00000000|00000000000000000000000000000000|1")


def under_a_foreign_name(port: int, tab: Tab) -> str:
    page, *_ = asked(port, "GET", "/", headers={"Host": "evil.example"})
    return f"{page}, {put(tab, form('a', b'x'), Host='evil.example')[:3]}"


def from_a_foreign_page(port: int, tab: Tab) -> str:
    return raw(port, upgrade(port, tab, "Origin: http://evil.example"))


UPLOADS = (
    *(oversized, length_that_lies_above, length_that_lies_below, length_that_is_negative, two_lengths, chunks_without_end),
    *(thousands_of_parts, hundreds_of_large_parts, fields_and_no_file, form_cut_short, header_of_a_part_without_end),
    *(form_without_boundary, names_of_files, to_another_session, without_token, with_a_wrong_token, under_a_foreign_name),
    from_a_foreign_page,
)
