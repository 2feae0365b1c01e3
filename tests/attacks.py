"""What somebody might do to the page over the network. Each attack returns what became of it, in few words."""

from __future__ import annotations

import io
import re
import socket
import stat
import threading
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tabs import ADDRESS, BOUNDARY, Tab, asked, form

Attack = Callable[[int, Tab], str]
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


def raw(port: int, *parts: bytes, wait: float = 5) -> str:
    """The status line of the answer to bytes; what comes instead of one."""
    with socket.create_connection((ADDRESS, port), timeout=wait) as wire:
        try:
            for part in parts:
                wire.sendall(part)
            answer = wire.recv(200)
        except TimeoutError:
            return "waits"
        except OSError:
            return "closed"
    return answer.split(b"\r\n")[0].decode("latin-1").removeprefix("HTTP/1.1 ") or "closed"


def put(tab: Tab, body: bytes, *, session: str = "", **headers: str) -> str:
    """The answer to an upload with headers changed; without those that are empty."""
    path = f"/_stcore/upload_file/{session or tab.session}/{uuid.uuid4()}"
    named = {**tab.headers(), **{name.replace("_", "-"): value for name, value in headers.items()}}
    try:
        status, _, told = asked(tab.port, "PUT", path, body, {name: value for name, value in named.items() if value})
    except OSError as error:
        return type(error).__name__
    return f"{status} {told.decode()[:60]}".strip()


def head(tab: Tab, *lines: str) -> bytes:
    """The head of an upload."""
    own = [f"{name}: {value}" for name, value in tab.headers().items()]
    path = f"/_stcore/upload_file/{tab.session}/{uuid.uuid4()}"
    return "\r\n".join((f"PUT {path} HTTP/1.1", f"Host: {ADDRESS}:{tab.port}", *own, *lines, "", "")).encode()


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
    return raw(port, _upgrade(port, tab, "Origin: http://evil.example"))


def come_back_as_somebody(port: int, tab: Tab) -> str:
    """Reconnect by guesses of a session's id."""
    guesses = (str(uuid.uuid4()), "0" * 36, "x" * 3000, tab.session[:-1], tab.session.upper())
    others = [Tab(port, guess).runs() for guess in guesses]
    found = {other.session for other in others}
    for other in others:
        other.leaves()
    return "taken over" if tab.session in found else "a session of its own each time"


def media_by_guesses(port: int, _tab: Tab) -> str:
    paths = [f"/media/{name}" for name in ("0" * 64, "0" * 56, "..%2f..%2fetc%2fpasswd", "%00", "x" * 10_000)]
    return ", ".join(sorted({str(asked(port, "GET", path)[0]) for path in paths}))


def paths_that_lead_out(port: int, _tab: Tab) -> str:
    ways = (
        "..%2f..%2f..%2fetc%2fpasswd",
        "../../../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..\\..\\x",
        "/etc/passwd",
        "%00",
    )
    places = ("/", "/static/", "/component/x/", "/_stcore/bidi-components/x/", "/app/static/", "/media/")
    answers = [asked(port, "GET", place + way) for place in places for way in ways]
    assert not any(b"root:" in told for _, _, told in answers)
    return ", ".join(sorted({str(status) for status, _, _ in answers}))


def verbs(port: int, _tab: Tab) -> str:
    told = {asked(port, verb, "/")[0] for verb in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "XYZZY")}
    return ", ".join(sorted(map(str, told)))


def no_http(port: int, _tab: Tab) -> str:
    sent = (
        b"\x16\x03\x01" + bytes(500),
        b"\0" * 5000,
        b"GET " + b"a" * 200_000,
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 50_000,
    )
    return ", ".join(sorted({raw(port, one, wait=2)[:3] for one in sent}))


def frame_of_a_gigabyte(port: int, tab: Tab) -> str:
    return _framed(port, tab, b"\x82\xff" + (1 << 30).to_bytes(8, "big") + bytes(4) + bytes(1 << 20))


def frame_of_twenty_megabytes(port: int, tab: Tab) -> str:
    return _framed(port, tab, b"\x82\xff" + (20 << 20).to_bytes(8, "big") + bytes(4) + bytes(20 << 20))


def frame_that_is_no_message(port: int, _tab: Tab) -> str:
    return _said(port, lambda other: other.sends(b"\xff" * 1000))


def messages_by_the_thousand(port: int, _tab: Tab) -> str:
    def said(other: Tab) -> None:
        for _ in range(500):
            other.says(app_heartbeat=True)

    return _said(port, said)


def drawings_by_the_thousand(port: int, _tab: Tab) -> str:
    def said(other: Tab) -> None:
        for _ in range(2000):
            other.says(rerun_script={"query_string": "x" * 1000, "page_name": "audit"})

    return _said(port, said)


def millions_of_names(port: int, _tab: Tab) -> str:
    return _said(port, lambda other: other.says(file_urls_request={"request_id": "1", "file_names": [""] * 2_000_000}))


def clearing_everybody(port: int, tab: Tab) -> str:
    _said(port, lambda other: other.says(clear_cache=True))
    before = tab.session
    tab.runs()
    return "nothing came of it" if tab.session == before else "visits ended"


def asking_for_the_checkout(port: int, _tab: Tab) -> str:
    return _said(port, lambda other: other.says(load_git_info=True))


def values_beyond_the_page_s(port: int, _tab: Tab) -> str:
    """A billion calls, a method and a fill that do not exist, from a tab of its own."""
    other = Tab(port).runs()
    try:
        other.state = {
            other.widget("number_input", "at most"): ("double_value", 1e9),
            other.widget("button_group"): ("string_array_value", ["Grad-CAM", "../../x"]),
            other.widget("selectbox", "hides a region"): ("string_value", "../../x"),
        }
        other.presses("Explain the two example pictures")
        return "refused in words" if "../../x" in other.reads else "taken for what the page offers"
    finally:
        other.leaves()


def deep_links(port: int, tab: Tab) -> str:
    for page in ("audit", "../../etc", "x" * 10_000, "%00", "_stcore"):
        tab.runs(page)
    return f"{asked(port, 'GET', '/audit?' + 'x=1&' * 2000)[0]}"


def more_than_a_visitor_may_hold(port: int, _tab: Tab) -> str:
    other = Tab(port).runs()
    try:
        told = [put(other, form("a.png", bytes(120 << 20))) for _ in range(6)]
        return f"{sum(one.startswith('204') for one in told)} of 6 taken, then {told[-1][:50]}"
    finally:
        other.leaves()


def more_than_all_may_hold(port: int, _tab: Tab) -> str:
    others = [Tab(port).runs() for _ in range(8)]
    told = [put(other, form("a.png", bytes(120 << 20))) for other in others for _ in range(4)]
    for other in others:
        other.leaves()
    return f"{sum(one.startswith('204') for one in told)} of 32 taken"


def coming_and_going(port: int, _tab: Tab) -> str:
    for _ in range(120):
        Tab(port).breaks()
    return "the next one is let in"


def zips(port: int, tab: Tab) -> str:
    """Bombs, ways out, links, passwords and a million entries, each sent and asked to be audited."""
    found = []
    for name, data in archives():
        other = Tab(port).runs("audit")
        assert other.uploads(f"{name}.zip", data, page="audit") == 204
        other.presses("Audit", "audit")
        found.append(re.sub(r"Received.*", "", _refusal(other)) or "audited")
        other.leaves()
    tab.runs()
    return f"{sum(one != 'audited' for one in found)} of {len(found)} refused in words"


def archives() -> Iterator[tuple[str, bytes]]:
    """Zips that nobody packs who means well."""
    for name, entries in {
        "bomb": [(f"real/{n}.png", bytes(19 << 20)) for n in range(12)],
        "nested": [("real/a.zip", b"PK")],
        "many": [(f"real/{n}.png", b"") for n in range(70_000)],
    }.items():
        yield name, packed(*entries)
    link = zipfile.ZipInfo("real/a.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    yield "link", packed((link, b"/etc/passwd"))
    whole = packed(("real/a.png", b"x" * 100))
    yield "encrypted", whole.replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\1\0")
    yield "cut short", whole[:-30]
    yield "sizes that lie", whole.replace((100).to_bytes(4, "little"), (2**31).to_bytes(4, "little"))


def packed(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """A zip of these."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return memory.getvalue()


ATTACKS: tuple[Attack, ...] = (
    *(oversized, length_that_lies_above, length_that_lies_below, length_that_is_negative, two_lengths, chunks_without_end),
    *(thousands_of_parts, hundreds_of_large_parts, fields_and_no_file, form_cut_short, header_of_a_part_without_end),
    *(form_without_boundary, names_of_files, to_another_session, without_token, with_a_wrong_token, under_a_foreign_name),
    *(from_a_foreign_page, come_back_as_somebody, media_by_guesses, paths_that_lead_out, verbs, no_http),
    *(frame_of_a_gigabyte, frame_of_twenty_megabytes, frame_that_is_no_message, messages_by_the_thousand),
    *(drawings_by_the_thousand, millions_of_names, clearing_everybody, asking_for_the_checkout, values_beyond_the_page_s),
    *(deep_links, more_than_a_visitor_may_hold, more_than_all_may_hold, coming_and_going, zips),
)


@contextmanager
def idle(port: int, count: int, begun: bytes = b"GET / HT") -> Iterator[None]:
    """So many connections that never finish what they say, a byte now and then."""
    wires: list[socket.socket] = []
    ended = threading.Event()

    def drip() -> None:
        while not ended.wait(0.5):
            for wire in wires:
                with suppress(OSError):
                    wire.send(b"x")

    for _ in range(count):
        with suppress(OSError):
            wires.append(socket.create_connection((ADDRESS, port), timeout=5))
            wires[-1].send(begun)
    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        for wire in wires:
            wire.close()


def _upgrade(port: int, tab: Tab, *lines: str) -> bytes:
    """How a browser asks for its connection."""
    asked_for = (
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {'A' * 22}==",
    )
    first = ("GET /_stcore/stream HTTP/1.1", f"Host: {ADDRESS}:{port}", f"Cookie: _streamlit_xsrf={tab.token}")
    return "\r\n".join((*first, *asked_for, *lines, "", "")).encode()


def _framed(port: int, tab: Tab, frame: bytes) -> str:
    with socket.create_connection((ADDRESS, port), timeout=10) as wire:
        wire.sendall(_upgrade(port, tab))
        told = wire.recv(1000)
        with suppress(OSError):
            wire.sendall(frame)
        with suppress(OSError):
            while more := wire.recv(1000):
                told += more
    code = re.search(rb"\x88.(..)", told, re.DOTALL)
    return f"closed {int.from_bytes(code[1], 'big')}" if code else "closed"


def _said(port: int, say: Callable[[Tab], None]) -> str:
    """What becomes of a tab that says something."""
    from websockets.exceptions import ConnectionClosed

    other = Tab(port)
    try:
        say(other)
        other.runs()
    except ConnectionClosed as error:
        return f"closed {error.rcvd.code if error.rcvd else ''}".strip()
    else:
        return "answered"
    finally:
        other.leaves()


def _refusal(tab: Tab) -> str:
    """The first refusal that stands on the page."""
    found = re.search(r'role="alert">(.*?)</p>', tab.reads, re.DOTALL)
    return found[1] if found else ""
