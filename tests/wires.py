"""Bytes on the wire, as no browser would send them: requests, uploads, frames, and connections that stay idle."""

from __future__ import annotations

import re
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tabs import ADDRESS, Tab, asked


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


@contextmanager
def meanwhile(act: Callable[[], object], seconds: float) -> Iterator[None]:
    """Do something again and again, beside what is done within."""
    ended = threading.Event()

    def again() -> None:
        while not ended.wait(seconds):
            act()

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextmanager
def idle(port: int, count: int, begun: bytes = b"GET / HT") -> Iterator[None]:
    """So many connections that never finish what they say, a byte now and then."""
    wires: list[socket.socket] = []

    def drip() -> None:
        for wire in wires:
            with suppress(OSError):
                wire.send(b"x")

    for _ in range(count):
        with suppress(OSError):
            wires.append(socket.create_connection((ADDRESS, port), timeout=5))
            wires[-1].send(begun)
    try:
        with meanwhile(drip, 0.5):
            yield
    finally:
        for wire in wires:
            wire.close()


def upgrade(port: int, tab: Tab, *lines: str) -> bytes:
    """How a browser asks for its connection."""
    asked_for = (
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {'A' * 22}==",
    )
    first = ("GET /_stcore/stream HTTP/1.1", f"Host: {ADDRESS}:{port}", f"Cookie: _streamlit_xsrf={tab.token}")
    return "\r\n".join((*first, *asked_for, *lines, "", "")).encode()


def framed(port: int, tab: Tab, frame: bytes) -> str:
    with socket.create_connection((ADDRESS, port), timeout=10) as wire:
        wire.sendall(upgrade(port, tab))
        told = wire.recv(1000)
        with suppress(OSError):
            wire.sendall(frame)
        with suppress(OSError):
            while more := wire.recv(1000):
                told += more
    code = re.search(rb"\x88.(..)", told, re.DOTALL)
    return f"closed {int.from_bytes(code[1], 'big')}" if code else "closed"
