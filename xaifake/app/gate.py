"""Who is let in to Streamlit's server, and how much they may send: an ASGI application before it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable

from google.protobuf.message import DecodeError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnected
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.server import UPLOAD_FILE_ENDPOINT
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from xaifake.app.room import Room
from xaifake.errors import UsageError

LOG = logging.getLogger(__name__)
NEEDED = ("rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request")
"""What the page has to be told. Of the rest, one clears the memory of all visitors, one tells what lies in a checkout."""
PAUSE, SPEED = 0.02, 2e6
"""Seconds between two messages of a browser, and bytes of them a second."""
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
}
"""Files are what they are called, other sites show no page of ours in a frame, and no address leaves with a link."""


class Gate:
    """Before an application.

    Args:
        app: Streamlit's.
        room: where the memory is counted that uploads take while they come in.
        spare: ends a visit that can be spared where there is no room for an upload; whether there was one.
        most: connections of browsers at the same time.
    """

    def __init__(self, app: ASGIApp, room: Room, spare: Callable[[], bool], most: int) -> None:
        self._app, self._room, self._spare, self._most = app, room, spare, most
        self._connected = 0
        self._numbers = itertools.count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or have it answered."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif not is_host_allowed(Headers(scope=scope).get("host")):
            await _refused(scope, receive, send, 403, "This page is not called so. Received: a name that it does not know")
        elif scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        elif scope["method"] == "PUT" and scope["path"].startswith(f"{UPLOAD_FILE_ENDPOINT}/"):
            await self._upload(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send))

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._connected >= self._most:
            await _refused(scope, receive, send, 503, "So many people use this page now; come back in a few minutes")
            return
        self._connected += 1
        try:
            await self._app(scope, lambda: _needed(receive), send)
        except WebSocketDisconnected:
            LOG.debug("a browser was gone before its connection could be closed")  # Streamlit closes it once more
        finally:
            self._connected -= 1

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        visitor, what, size = scope["path"].split("/")[-2], (Gate, next(self._numbers)), 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += (more := len(message.get("body", b"")))
            while not self._room.has(more) and self._spare():
                pass
            try:
                self._room.holds(visitor, what, size)
            except UsageError as error:
                self._room.holds(visitor, what, 0)  # for those that come in beside it
                while message.get("more_body"):  # whom nobody listens to hears no answer either
                    message = await receive()
                raise HTTPException(413, str(error)) from error
            return message

        try:
            await self._app(scope, counted, _with_headers(send))
        finally:
            self._room.holds(visitor, what, 0)


async def _needed(receive: Receive) -> Message:
    """The next message that the page needs, and not before its time."""
    while (message := await receive())["type"] == "websocket.receive":
        data = message.get("bytes") or b""  # text is no message of Streamlit's
        await asyncio.sleep(PAUSE + len(data) / SPEED)
        with contextlib.suppress(DecodeError):
            if BackMsg.FromString(data).WhichOneof("type") in NEEDED:
                break
    return message


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *HEADERS.items()]
        await send(message)

    return sent


async def _refused(scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
    """A refusal; where a browser would connect, Streamlit's page says that there is no connection."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
    else:
        await PlainTextResponse(reason, status, {"Connection": "close"})(scope, receive, send)
