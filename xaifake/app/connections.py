"""Connections that wait for their request to be whole: so many, and then the slowest one makes room."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from h11 import Request
from uvicorn.protocols.http.h11_impl import H11Protocol


class Bounded(H11Protocol):
    """One of so many connections. Of more, that one ends from which nothing has come for the longest, unless it is answered.

    A browser's connections last milliseconds, so whoever opens thousands and says nothing takes the place of their own.
    """

    most = 200
    """Connections, at most."""
    _open: ClassVar[dict[Bounded, None]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, and the slowest out."""
        super().connection_made(transport)
        self._open[self] = None
        if len(self._open) > self.most:
            slowest = next((one for one in self._open if not one.is_answered), self)
            del self._open[slowest]
            slowest.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Whatever comes shows that it is not the slowest."""
        if self in self._open:
            del self._open[self]
            self._open[self] = None
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """It makes room by itself."""
        self._open.pop(self, None)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: Request) -> None:
        """What becomes a visit is counted there."""
        self._open.pop(self, None)
        super().handle_websocket_upgrade(event)

    @property
    def is_answered(self) -> bool:
        """Whether its request is whole and the answer is not."""
        cycle: Any = self.cycle
        return cycle is not None and not cycle.more_body and not cycle.response_complete
