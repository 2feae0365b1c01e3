"""Memory that visitors take: what was sent and what was decoded, counted for each visitor and for all, and bounded."""

from __future__ import annotations

import functools
import threading
from collections.abc import Hashable

from xaifake.app.files import MB
from xaifake.app.settings import Settings
from xaifake.errors import UsageError


class Room:
    """How much there is, and who holds what of it.

    Args:
        each: bytes of one visitor, at most.
        together: bytes of all visitors, at most.
    """

    def __init__(self, each: int, together: int) -> None:
        self._each, self._together = each, together
        self._held: dict[str, dict[Hashable, int]] = {}
        self._lock = threading.Lock()

    def holds(self, visitor: str, what: Hashable, size: int, *, anyway: bool = False) -> None:
        """From now on a visitor holds that many bytes of something; less is never refused, nor is what is counted anyway.

        Raises:
            UsageError: the visitor, or all of them, would hold more than there is room for; what was held before still is.
        """
        with self._lock:
            more = size - self._held.get(visitor, {}).get(what, 0)
            if more > 0 and not anyway:
                self._check(visitor, more)
            self._held.setdefault(visitor, {})[what] = size
            if not size:
                del self._held[visitor][what]
            if not self._held[visitor]:
                del self._held[visitor]

    def has(self, more: int) -> bool:
        """Whether that many bytes more would fit for all."""
        return self.held() + more <= self._together

    def held(self) -> int:
        """Bytes that all hold."""
        with self._lock:
            return self._sum()

    def _sum(self) -> int:
        return sum(sum(held.values()) for held in self._held.values())

    def _check(self, visitor: str, more: int) -> None:
        mine = sum(self._held.get(visitor, {}).values()) + more
        if mine > self._each:
            raise UsageError(
                f"A visitor's files and pictures may take {self._each // MB:,} MB of memory together; remove some, or load "
                f"the page anew. Received: {mine / MB:,.0f} MB"
            )
        if self._sum() + more > self._together:
            raise UsageError(
                f"Visitors' files and pictures take all {self._together // MB:,} MB of memory that there are for them; come "
                f"back in a few minutes. Received: {more / MB:,.1f} MB more"
            )


@functools.cache
def room_of(settings: Settings) -> Room:
    """That of a page's visitors."""
    each = max(settings.max_visitor_mb, settings.largest_mb)
    return Room(each * MB, max(each, settings.max_memory_mb) * MB)
