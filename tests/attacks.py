"""What somebody might do to the page over the network. Each attack returns what became of it, in few words."""

from __future__ import annotations

import io
import re
import stat
import uuid
import zipfile
from collections.abc import Callable, Iterator

from attacks_by_upload import UPLOADS
from tabs import Tab, asked, form
from wires import framed, put, raw

Attack = Callable[[int, Tab], str]


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
    return framed(port, tab, b"\x82\xff" + (1 << 30).to_bytes(8, "big") + bytes(4) + bytes(1 << 20))


def frame_of_twenty_megabytes(port: int, tab: Tab) -> str:
    return framed(port, tab, b"\x82\xff" + (20 << 20).to_bytes(8, "big") + bytes(4) + bytes(20 << 20))


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
    *UPLOADS,
    *(come_back_as_somebody, media_by_guesses, paths_that_lead_out, verbs, no_http),
    *(frame_of_a_gigabyte, frame_of_twenty_megabytes, frame_that_is_no_message, messages_by_the_thousand),
    *(drawings_by_the_thousand, millions_of_names, clearing_everybody, asking_for_the_checkout, values_beyond_the_page_s),
    *(deep_links, more_than_a_visitor_may_hold, more_than_all_may_hold, coming_and_going, zips),
)


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
